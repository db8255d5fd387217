// MartletLearning: pure learners and the measures that judge them.
//
// Owns     retrieval metrics and their averages (Evaluation), and the seeded assignment of rows to shards (Sharding).
// Imports  MartletCore and MartletKernels; no storage, no clock, no Foundation.
// Promises results are a function of the arguments alone; reductions have a fixed order; nothing here traps on data.
