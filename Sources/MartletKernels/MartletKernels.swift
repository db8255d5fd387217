// MartletKernels
