// MartletText: full-text search.
//
// Owns     analyzers (words, stop words, stems, folding), text segments (build, read, merge, check), BM25F scoring,
//          snippets and explanations, and the text index: segments, tombstones and statistics under one key prefix.
// Imports  CStemmer, MartletCore, MartletStorage, MartletKernels.
// Promises the same documents make the same bytes in any order of insertion and with any number of threads; scores are the
//          same floats however the documents are divided into segments; damaged segment bytes are errors, never traps.
