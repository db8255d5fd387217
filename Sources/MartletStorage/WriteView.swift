// Writing within a transaction.

import CLMDB
package import MartletCore

/// A reference to a running write transaction: everything of a `TransactionView`, and changes.
///
/// `@unchecked Sendable` as its superclass; a write transaction is used by one thread at a time.
package final class WriteView: TransactionView, @unchecked Sendable {
    /// The transaction that this one is nested in.
    private let parent: WriteView?
    private let durability: Durability
    private var commitHooks: [@Sendable (_ transactionID: Int) -> Void] = []
    /// The number of keys of the commit that the outermost transaction started from.
    private let firstKeyCount: Int
    /// Of this transaction alone; see Counters.
    var counterChanges: [UInt32: Int64] = [:]

    /// Begins a transaction; waits for the write lock.
    init(writing core: EnvironmentCore) throws(Diagnostic) {
        parent = nil
        let transaction = try core.beginWrite()
        durability = core.durability
        var statistics = MDB_stat()
        mdb_stat(transaction, core.database, &statistics)
        firstKeyCount = statistics.ms_entries
        super.init(core: core, transaction: transaction)
    }

    /// Begins a nested transaction, which ends before `parent` is used again.
    init(nestedIn parent: WriteView) throws(Diagnostic) {
        var transaction: OpaquePointer?
        let code = mdb_txn_begin(parent.core.environment, try parent.live(), 0, &transaction)
        guard code == MDB_SUCCESS, let transaction else {
            throw StorageError.diagnostic(code, "begin a nested transaction", path: parent.core.path)
        }
        self.parent = parent
        durability = parent.durability
        firstKeyCount = parent.firstKeyCount
        super.init(core: parent.core, transaction: transaction)
    }

    package override var isWritable: Bool { true }

    override func end() {
        guard let transaction else { return }
        self.transaction = nil
        mdb_txn_abort(transaction)
        ended()
    }

    /// Keeps the changes: durably, or in the parent. Returns the hooks to run then.
    ///
    /// - Throws: `diskFull`, `databaseFull`, `inputOutput`; nothing is kept then.
    func commit() throws(Diagnostic) -> [@Sendable (_ transactionID: Int) -> Void] {
        let transaction = try live()
        if parent == nil {
            do throws(Diagnostic) {
                if generation > 0, !core.hasOwnFormat { try FormatRecord.raise(self) }
                try keepFreePagesTogether()
                try settleCounters()
                if let fault = core.fault(at: .commit) {
                    throw StorageError.diagnostic(fault, "commit", path: core.path)
                }
            } catch {
                end()
                throw error
            }
        }
        self.transaction = nil
        let transactionID = mdb_txn_id(transaction)
        let code = mdb_txn_commit(transaction)
        defer { ended() }
        try check(code, "commit")
        if let parent {
            parent.commitHooks += commitHooks
            for (object, change) in counterChanges { parent.addToCounter(object, change) }
            return []
        }
        try core.finishCommit(transactionID, durability)
        if generation > 0 { core.hasOwnFormat = true }
        return commitHooks
    }

    /// Adds to an object's counter; kept, or forgotten, with the transaction's other changes.
    package func addToCounter(_ object: UInt32, _ amount: Int64) {
        counterChanges[object, default: 0] &+= amount
    }

    override func counterChange(_ object: UInt32) -> Int64 {
        counterChanges[object, default: 0] &+ (parent?.counterChange(object) ?? 0)
    }

    override func settledKeyCount() throws(Diagnostic) -> Int { firstKeyCount }

    private func ended() {
        if let parent { parent.generation += 1 } else { core.writeEnded() }
    }

    /// Runs `hook` after the whole transaction is committed, on the thread that wrote and before the callers return.
    ///
    /// Forgotten if the transaction, or the nested one it was set in, is rolled back. A hook must not write.
    package func onCommit(_ hook: @escaping @Sendable (_ transactionID: Int) -> Void) {
        commitHooks.append(hook)
    }

    /// Has LMDB write some changed pages to the file, so that it can note others: 131,071 at once, those of the transactions
    /// that one is nested in among them. It does so by itself where a change needs more than is left, but then only for
    /// the pages of the innermost transaction.
    ///
    /// To be called where a nested transaction found no room. Costs the writing of 64 MB.
    func makeRoom() throws(Diagnostic) {
        let key: [UInt8] = [0xFF, 0xFF]
        // Of more pages than can be left when so little fails.
        try put(key, [UInt8](repeating: 0, count: 4 << 20))
        _ = try delete(key)
    }

    // MARK: Changes

    /// Sets a key's value. O(log n).
    ///
    /// - Throws: `keyTooLong`, `rowTooLarge` (a value of 4 GiB and more), `databaseFull`, `diskFull`, `noTransaction`.
    package func put(_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) throws(Diagnostic) {
        _ = try put(key, value, flags: 0)
    }

    package func put(_ key: KeyWriter, _ value: UnsafeRawBufferPointer) throws(Diagnostic) {
        try key.bytes.withRawBytes { (key) throws(Diagnostic) in try put(key, value) }
    }

    package func put(_ key: KeyWriter, _ value: [UInt8]) throws(Diagnostic) {
        try value.withRawBytes { (value) throws(Diagnostic) in try put(key, value) }
    }

    package func put(_ key: [UInt8], _ value: [UInt8]) throws(Diagnostic) {
        try key.withRawBytes { (key) throws(Diagnostic) in
            try value.withRawBytes { (value) throws(Diagnostic) in try put(key, value) }
        }
    }

    /// Sets a key's value if the key is new. False, and no change, if it exists: one descent for unique keys.
    package func insert(_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) throws(Diagnostic) -> Bool {
        try put(key, value, flags: UInt32(MDB_NOOVERWRITE))
    }

    package func insert(_ key: KeyWriter, _ value: UnsafeRawBufferPointer) throws(Diagnostic) -> Bool {
        try key.bytes.withRawBytes { (key) throws(Diagnostic) in try insert(key, value) }
    }

    /// As `put`, for keys that come in order: fills pages completely if `key` is the last of the file.
    package func append(_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) throws(Diagnostic) {
        // LMDB says KEYEXIST for a key that is not the last.
        if try !put(key, value, flags: UInt32(MDB_APPEND)) { try put(key, value) }
    }

    package func append(_ key: KeyWriter, _ value: UnsafeRawBufferPointer) throws(Diagnostic) {
        try key.bytes.withRawBytes { (key) throws(Diagnostic) in try append(key, value) }
    }

    /// Sets a key's value if the key comes after all others of the file, filling pages completely. False, and no
    /// change, if it does not.
    package func append(ifLast key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) throws(Diagnostic) -> Bool
    {
        try put(key, value, flags: UInt32(MDB_APPEND))
    }

    package func append(ifLast key: KeyWriter, _ value: UnsafeRawBufferPointer) throws(Diagnostic) -> Bool {
        try key.bytes.withRawBytes { (key) throws(Diagnostic) in try append(ifLast: key, value) }
    }

    /// Sets a key's value of `byteCount` bytes, which `fill` writes straight into the page.
    ///
    /// `fill` gets zeroed bytes and must not use the transaction.
    package func put(
        _ key: UnsafeRawBufferPointer, reserving byteCount: Int, _ fill: (UnsafeMutableRawBufferPointer) -> Void
    ) throws(Diagnostic) {
        let transaction = try prepare(key, byteCount)
        var mdbKey = MDB_val(key)
        var mdbValue = MDB_val(mv_size: byteCount, mv_data: nil)
        try check(mdb_put(transaction, core.database, &mdbKey, &mdbValue, UInt32(MDB_RESERVE)))
        generation += 1
        let reserved = UnsafeMutableRawBufferPointer(start: mdbValue.mv_data, count: mdbValue.mv_size)
        reserved.initializeMemory(as: UInt8.self, repeating: 0)
        fill(reserved)
    }

    package func put(
        _ key: KeyWriter, reserving byteCount: Int, _ fill: (UnsafeMutableRawBufferPointer) -> Void
    ) throws(Diagnostic) {
        try key.bytes.withRawBytes { (key) throws(Diagnostic) in try put(key, reserving: byteCount, fill) }
    }

    /// Changes a large value in place: `change` gets its bytes, and must not use the transaction. O(log n), and once a
    /// transaction the value's length.
    ///
    /// - Throws: `corrupt` if there is no value of at least `byteCount` bytes.
    func change(
        _ key: UnsafeRawBufferPointer, ofAtLeast byteCount: Int, _ change: (UnsafeMutableRawBufferPointer) -> Void
    ) throws(Diagnostic) {
        guard let old = try stored(key), old.count >= byteCount else {
            throw Diagnostic(.corrupt, "a block of packed rows is damaged")
        }
        let transaction = try prepare(key, old.count)
        var mdbKey = MDB_val(key)
        var mdbValue = MDB_val(mv_size: old.count, mv_data: nil)
        try check(mdb_put(transaction, core.database, &mdbKey, &mdbValue, UInt32(MDB_RESERVE)))
        generation += 1
        let new = UnsafeMutableRawBufferPointer(start: mdbValue.mv_data, count: mdbValue.mv_size)
        // Pages that this transaction has written before are given again as they are; of others LMDB gives new ones, and
        // the old stay as they are until the transaction ends.
        if let start = new.baseAddress, UnsafeRawPointer(start) != old.baseAddress { new.copyMemory(from: old) }
        change(new)
    }

    /// Removes a key. False if it did not exist.
    package func delete(_ key: UnsafeRawBufferPointer) throws(Diagnostic) -> Bool {
        let transaction = try live()
        try failIfAsked()
        var mdbKey = MDB_val(key)
        let code = mdb_del(transaction, core.database, &mdbKey, nil)
        if code == MDB_NOTFOUND { return false }
        try check(code)
        generation += 1
        return true
    }

    package func delete(_ key: KeyWriter) throws(Diagnostic) -> Bool {
        try key.bytes.withRawBytes { (key) throws(Diagnostic) in try delete(key) }
    }

    package func delete(_ key: [UInt8]) throws(Diagnostic) -> Bool {
        try key.withRawBytes { (key) throws(Diagnostic) in try delete(key) }
    }

    /// Removes all keys of an object, and returns their number. O(number).
    @discardableResult
    package func deleteAll(_ prefix: KeyPrefix) throws(Diagnostic) -> Int {
        try deleteAll(prefix: prefix.bytes)
    }

    /// Removes all keys that start with `prefix`. O(number).
    @discardableResult
    package func deleteAll(prefix: [UInt8]) throws(Diagnostic) -> Int {
        try delete(from: prefix, upTo: successor(ofPrefix: prefix))
    }

    /// Removes the keys in `start..<end` (to the very end if nil), and returns their number. O(number).
    @discardableResult
    package func delete(from start: [UInt8], upTo end: [UInt8]?) throws(Diagnostic) -> Int {
        let transaction = try live()
        try failIfAsked()
        var cursor: OpaquePointer?
        try check(mdb_cursor_open(transaction, core.database, &cursor))
        defer { mdb_cursor_close(cursor) }
        var count = 0
        var key = MDB_val()
        var value = MDB_val()
        var code = start.withRawBytes { bytes in
            if bytes.isEmpty { return mdb_cursor_get(cursor, &key, &value, MDB_FIRST) }
            key = MDB_val(bytes)
            return mdb_cursor_get(cursor, &key, &value, MDB_SET_RANGE)
        }
        while code == MDB_SUCCESS {
            if let end, !UnsafeRawBufferPointer(key).lexicographicallyPrecedes(end) { break }
            try check(mdb_cursor_del(cursor, 0))
            count += 1
            generation += 1
            // After a deletion, NEXT is the key that followed.
            code = mdb_cursor_get(cursor, &key, &value, MDB_NEXT)
        }
        if code != MDB_NOTFOUND { try check(code) }
        return count
    }

    /// Adds to a stored number, which starts at 0, and returns the sum: object ids, versions.
    ///
    /// - Throws: `corrupt` if the key holds something else; `integerOverflow`.
    package func increment(_ key: KeyWriter, by amount: Int64 = 1) throws(Diagnostic) -> Int64 {
        var current: Int64 = 0
        if let bytes = try get(key) {
            guard bytes.count == 8 else { throw Diagnostic(.corrupt, "a counter of \(bytes.count) bytes") }
            current = Int64(littleEndian: bytes.loadUnaligned(as: Int64.self))
        }
        let (sum, overflow) = current.addingReportingOverflow(amount)
        if overflow { throw Diagnostic(.integerOverflow, "a counter has reached its end") }
        try withUnsafeBytes(of: sum.littleEndian) { (bytes) throws(Diagnostic) in try put(key, bytes) }
        return sum
    }

    private func put(
        _ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer, flags: UInt32
    ) throws(Diagnostic) -> Bool {
        let transaction = try prepare(key, value.count)
        var mdbKey = MDB_val(key)
        var mdbValue = MDB_val(value)
        let code = mdb_put(transaction, core.database, &mdbKey, &mdbValue, flags)
        if code == MDB_KEYEXIST { return false }
        try check(code)
        generation += 1
        return true
    }

    private func prepare(_ key: UnsafeRawBufferPointer, _ valueBytes: Int) throws(Diagnostic) -> OpaquePointer {
        let transaction = try live()
        guard key.count <= core.maximumKeyBytes, !key.isEmpty else {
            throw Diagnostic(
                .keyTooLong, "a key of \(key.count) bytes; the limit is \(core.maximumKeyBytes)")
        }
        guard valueBytes <= Int(UInt32.max) else {
            throw Diagnostic(.rowTooLarge, "a value of \(valueBytes) bytes; the limit is 4 GiB")
        }
        try failIfAsked()
        return transaction
    }

    func failIfAsked() throws(Diagnostic) {
        if let fault = core.fault(at: .put) { try check(fault) }
    }

    func check(_ code: Int32, _ doing: @autoclosure () -> String = "write") throws(Diagnostic) {
        if code == MDB_SUCCESS { return }
        if code == MDB_MAP_FULL { core.noteMapFull() }
        throw StorageError.diagnostic(code, doing(), path: core.path)
    }
}
