// What operators read through: a transaction as a shared object that knows when it has ended.

import CKernels
import CLMDB
package import MartletCore

/// A reference to a running transaction. Operators keep it, and cursors on it, across many calls.
///
/// Returned buffers point into the map; they hold until the next write of the transaction, or its end.
/// `@unchecked Sendable`: a view may move between threads, and several may read a read transaction at once (LMDB's
/// readers change nothing shared); that no thread ends it meanwhile, or writes, is the promise of its owner.
package class TransactionView: @unchecked Sendable {
    final let core: EnvironmentCore
    // Looked at for every row, so not checked for overlapping access: the checks took a quarter of a scan.
    /// nil when the transaction has ended.
    @exclusivity(unchecked) final var transaction: OpaquePointer?
    /// Rises with every write: buffers from before it may be gone.
    @exclusivity(unchecked) final var generation = 0
    /// Where a read transaction's pages are; nil if that is not known.
    final let pages: ck_page_tree?

    init(core: EnvironmentCore, transaction: OpaquePointer) {
        self.core = core
        self.transaction = transaction
        pages = nil
    }

    /// Begins a read transaction.
    init(reading core: EnvironmentCore) throws(Diagnostic) {
        self.core = core
        let transaction = try core.beginRead()
        self.transaction = transaction
        pages = core.pages(transaction)
    }

    deinit { end() }

    /// Ends the transaction without keeping its changes. Idempotent.
    func end() {
        guard let transaction else { return }
        self.transaction = nil
        core.endRead(transaction)
    }

    final func live() throws(Diagnostic) -> OpaquePointer {
        guard let transaction else { throw StorageError.ended() }
        return transaction
    }

    /// Whether the transaction is still running.
    package final var isLive: Bool { transaction != nil }

    package var isWritable: Bool { false }

    /// The number of the commit that a read transaction sees, or that a write transaction will make.
    package final var transactionID: Int {
        guard let transaction else { return 0 }
        return mdb_txn_id(transaction)
    }

    /// The value of a key, in place; of a row, wherever it lies. O(log n), well under a microsecond when cached.
    ///
    /// - Throws: `noTransaction` after the transaction's end; `corrupt`.
    package final func get(_ key: UnsafeRawBufferPointer) throws(Diagnostic) -> UnsafeRawBufferPointer? {
        guard let value = try stored(key) else { return nil }
        guard key[0] == KeySpace.row.rawValue, let place = PackedPlace(value) else { return value }
        // What cannot be found is reported as a damaged row by those who read it.
        return packedBlock(place.block, ofRow: key)?.row(place, suffix: Self.suffix(key)) ?? value
    }

    /// The block with a number of the table that a row's key belongs to.
    final func packedBlock(_ number: UInt32, ofRow key: UnsafeRawBufferPointer) -> PackedBlock? {
        guard let transaction, let prefix = KeyPrefix(of: key) else { return nil }
        let start = UInt64(KeySpace.packed.rawValue) << 56 | UInt64(prefix.objectID) << 24 | UInt64(number >> 8)
        var words = (start.bigEndian, UInt8(truncatingIfNeeded: number))
        return withUnsafeBytes(of: &words) { bytes in
            var key = MDB_val(UnsafeRawBufferPointer(rebasing: bytes[..<(KeyPrefix.byteCount + 4)]))
            var value = MDB_val()
            guard mdb_get(transaction, core.database, &key, &value) == MDB_SUCCESS else { return nil }
            return PackedBlock(bytes: UnsafeRawBufferPointer(value))
        }
    }

    static func suffix(_ key: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: key.dropFirst(KeyPrefix.byteCount))
    }

    /// What is stored under a key: of a packed row, its place.
    final func stored(_ key: UnsafeRawBufferPointer) throws(Diagnostic) -> UnsafeRawBufferPointer? {
        let transaction = try live()
        var mdbKey = MDB_val(key)
        var value = MDB_val()
        switch mdb_get(transaction, core.database, &mdbKey, &value) {
        case MDB_SUCCESS: return UnsafeRawBufferPointer(value)
        case MDB_NOTFOUND: return nil
        case let code: throw StorageError.diagnostic(code, "read", path: core.path)
        }
    }

    package final func get(_ key: KeyWriter) throws(Diagnostic) -> UnsafeRawBufferPointer? {
        try key.bytes.withRawBytes { (bytes) throws(Diagnostic) in try get(bytes) }
    }

    package final func get(_ key: [UInt8]) throws(Diagnostic) -> UnsafeRawBufferPointer? {
        try key.withRawBytes { (bytes) throws(Diagnostic) in try get(bytes) }
    }

    /// A cursor over the keys that start with `prefix`.
    package final func cursor(_ prefix: KeyPrefix) throws(Diagnostic) -> Cursor {
        try Cursor(self, prefix: prefix.bytes)
    }

    package final func cursor(prefix: [UInt8] = []) throws(Diagnostic) -> Cursor {
        try Cursor(self, prefix: prefix)
    }

    /// The number of keys in the whole file. O(1).
    package final func keyCount() throws(Diagnostic) -> Int {
        var statistics = MDB_stat()
        try StorageError.check(mdb_stat(try live(), core.database, &statistics), "read")
        return statistics.ms_entries
    }

    /// That of the commit that the transaction started from: what the stored counters are true for.
    func settledKeyCount() throws(Diagnostic) -> Int { try keyCount() }

    /// What the running transaction has added to an object's counter.
    func counterChange(_ object: UInt32) -> Int64 { 0 }
}

extension MDB_val {
    init(_ bytes: UnsafeRawBufferPointer) {
        self.init(mv_size: bytes.count, mv_data: UnsafeMutableRawPointer(mutating: bytes.baseAddress))
    }
}

extension UnsafeRawBufferPointer {
    init(_ value: MDB_val) {
        self.init(start: value.mv_data, count: value.mv_size)
    }
}
