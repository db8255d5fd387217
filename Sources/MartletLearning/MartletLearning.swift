// MartletLearning: pure learners and the measures that judge them.
//
// Owns     a folder a learner (BoostedTrees, TextClassifier, Linear, Neural, KMeans, Embedding), what they share
//          (Training: rows of features, texts, encodings, threads and reports), the bytes of models (ModelFormat),
//          retrieval metrics and their averages (Evaluation), the assignment of rows to shards and the mean of their
//          weights (Sharding).
// Imports  MartletCore, MartletKernels and MartletFormats (JSON numbers); no storage, no clock, no Foundation.
// Promises results are a function of the arguments alone; reductions have a fixed order; nothing here traps on data.
