// Martlet: the public API.
//
// Database/  an open file: single statements, transactions, streams of rows and of progress, the threads behind them
// Session/   statements in order: SQL with its interpolation, cursors, prepared statements, savepoints
// Values/    values, rows, and Swift types made of them
//
// Owns     the only `public` declarations of the package, and the documentation catalog.
// Imports  everything below.
// Promises everything here is Sendable or bound to one closure; an async call never blocks a thread of Swift's
//          cooperative pool; a cancelled Task cancels its statement; no input traps.
