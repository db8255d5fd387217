// MartletRuntime: an open database and the sessions that use it.
//
// Owns     the engine (file, catalog cache, plan cache), sessions with their transactions, result streams, and training
//          runs, which span several transactions.
// Imports  everything below.
// Promises a session is used by one thread at a time, and only `cancel` may come from another; what a session leaves
//          open is rolled back; an interrupted training run leaves nothing but its record.
