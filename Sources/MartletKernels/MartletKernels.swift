// MartletKernels: the tight loops, behind calls that cannot go wrong.
//
// Owns     block packing of numbers, BM25F accumulation, checksums, the top-k heap, what learners spend their time in
//          (matrix products, histograms of trees, sparse products, exponentials), and work on several threads.
// Imports  CKernels, MartletCore, and the C library for threads.
// Promises every call checks its bounds before a pointer reaches C; results do not depend on the number of threads,
//          nor on the processor (matrix products: on whether it has fused multiply-add).
