// MartletFormats
