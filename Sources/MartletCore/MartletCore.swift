// MartletCore: the vocabulary that every other layer speaks.
//
// Owns     values and their types, columns and batches, the ordered key codec and the row codec, diagnostics with
//          source ranges, limits, cancellation and progress, and the seams for clock and randomness.
// Imports  the standard library (and Synchronization) only.
// Promises nothing here touches a file, a thread or ambient time; nothing here traps on data.
