// MartletStorage: one file of ordered keys and values, its transactions and its writer.
//
// Owns     the LMDB environment, key spaces, read and write transactions with their cursors, the writer thread with
//          group commit, durability, growth of the map, the format record, integrity check and page statistics.
// Imports  CLMDB and MartletCore.
// Promises every failure is a Diagnostic; a view or cursor that is used after its transaction throws, and touches no
//          freed memory; a commit that returned is durable as the durability setting says.
//
// From the bottom: StorageError → EnvironmentCore (map, locks, transaction pool) → TransactionView, Cursor →
// ReadTransaction, WriteTransaction → Writer (queue, batches, interactive transactions) → Environment.
