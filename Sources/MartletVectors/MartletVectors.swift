// MartletVectors: nearest neighbours.
//
// Owns     8-bit codes of vectors, exact scans over them, the graph (HNSW), segments, and the index in a transaction.
// Imports  MartletCore, MartletStorage, MartletKernels.
// Promises an exact search finds what a scan of the floats finds; a graph is the same bytes for any number of threads;
//          damaged bytes are errors.
