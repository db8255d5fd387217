// MartletKernels: the tight loops, behind calls that cannot go wrong.
//
// Owns     block packing of numbers, BM25F accumulation, checksums, the top-k heap, and running work on several threads.
// Imports  CKernels, MartletCore, and the C library for threads.
// Promises every call checks its bounds before a pointer reaches C; results do not depend on the processor or on the
//          number of threads.
