// A place in the ordered keys of a transaction.

import CLMDB
package import MartletCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Walks the keys that start with a prefix, in order, in either direction.
///
/// A final class may store one. It stays valid while its transaction writes: after a write it finds its key again, and
/// if that was deleted, `key` and `value` are empty and the moves go on from where it was. After the transaction's end
/// every move throws `noTransaction`.
package struct Cursor: ~Copyable {
    private enum Position {
        case unset, onKey, beforeFirst, afterLast
    }

    private let view: TransactionView
    private let cursor: OpaquePointer
    private let prefix: [UInt8]
    private var position = Position.unset
    private var currentKey = MDB_val()
    private var currentValue = MDB_val()
    private var generation = 0
    /// The current key, kept only in write transactions, to find the place again after a write.
    private var savedKey: [UInt8] = []
    /// Whether it walks rows, whose values may lie elsewhere.
    private let isOfRows: Bool
    /// The block that the last packed row lay in.
    private var known: (block: PackedBlock, number: UInt32, generation: Int)?

    init(_ view: TransactionView, prefix: [UInt8]) throws(Diagnostic) {
        var cursor: OpaquePointer?
        let code = mdb_cursor_open(try view.live(), view.core.database, &cursor)
        guard code == MDB_SUCCESS, let cursor else {
            throw StorageError.diagnostic(code, "open a cursor", path: view.core.path)
        }
        self.view = view
        self.cursor = cursor
        self.prefix = prefix
        isOfRows = prefix.count >= KeyPrefix.byteCount && prefix[0] == KeySpace.row.rawValue
    }

    deinit {
        // LMDB frees the cursors of a write transaction when that ends, but leaves those of a read transaction.
        if view.isLive || !view.isWritable { mdb_cursor_close(cursor) }
    }

    /// Whether the cursor stands on a key.
    package var isOnKey: Bool { position == .onKey }

    /// The key, in place, prefix and all; empty if the cursor is not on a key.
    ///
    /// - Precondition: the transaction has not ended.
    package var key: UnsafeRawBufferPointer {
        mutating get {
            guard refresh() else { return UnsafeRawBufferPointer(start: nil, count: 0) }
            return UnsafeRawBufferPointer(currentKey)
        }
    }

    /// The key without the cursor's prefix.
    package var keySuffix: UnsafeRawBufferPointer {
        mutating get { UnsafeRawBufferPointer(rebasing: key.dropFirst(prefix.count)) }
    }

    /// The value, in place; of a row, wherever it lies. Empty if the cursor is not on a key.
    ///
    /// - Precondition: the transaction has not ended.
    package var value: UnsafeRawBufferPointer {
        mutating get {
            guard refresh() else { return UnsafeRawBufferPointer(start: nil, count: 0) }
            return found(currentKey, currentValue)
        }
    }

    /// What is stored under the key: of a packed row, its place.
    var storedValue: UnsafeRawBufferPointer {
        mutating get {
            guard refresh() else { return UnsafeRawBufferPointer(start: nil, count: 0) }
            return UnsafeRawBufferPointer(currentValue)
        }
    }

    private mutating func found(_ key: MDB_val, _ value: MDB_val) -> UnsafeRawBufferPointer {
        let value = UnsafeRawBufferPointer(value)
        guard isOfRows, let place = PackedPlace(value) else { return value }
        let key = UnsafeRawBufferPointer(key)
        if known.map({ $0.number != place.block || $0.generation != view.generation }) ?? true {
            guard let block = view.packedBlock(place.block, ofRow: key) else { return value }
            known = (block, place.block, view.generation)
        }
        return known?.block.row(place, suffix: TransactionView.suffix(key)) ?? value
    }

    /// Moves to the first key with the prefix. False if there is none.
    package mutating func first() throws(Diagnostic) -> Bool {
        if prefix.isEmpty { return try move(MDB_FIRST, ifNone: .afterLast) }
        return try prefix.withRawBytes { (bytes) throws(Diagnostic) in
            currentKey = MDB_val(bytes)
            return try move(MDB_SET_RANGE, ifNone: .afterLast)
        }
    }

    /// Moves to the last key with the prefix.
    package mutating func last() throws(Diagnostic) -> Bool {
        guard let end = successor(ofPrefix: prefix) else { return try move(MDB_LAST, ifNone: .beforeFirst) }
        return try end.withRawBytes { (bytes) throws(Diagnostic) in try seek(lastBefore: bytes) }
    }

    /// Moves to the next key. From a fresh cursor, to the first.
    package mutating func next() throws(Diagnostic) -> Bool {
        switch position {
        case .onKey:
            if generation != view.generation {
                // On the follower already if the key was deleted.
                guard try seekSavedKey() != .same else { return try move(MDB_NEXT, ifNone: .afterLast) }
                return settle(ifNone: .afterLast)
            }
            return try move(MDB_NEXT, ifNone: .afterLast)
        case .unset, .beforeFirst: return try first()
        case .afterLast:
            _ = try view.live()
            return false
        }
    }

    /// Adds the current entry and those that follow to a block.
    ///
    /// - Precondition: the cursor is on a key.
    mutating func fillFromCurrent(_ block: EntryBlock, limit: Int) throws(Diagnostic) {
        _ = try view.live()
        guard refresh() else { return }
        block.append(UnsafeRawBufferPointer(currentKey), found(currentKey, currentValue))
        var key = MDB_val()
        var value = MDB_val()
        while block.count < limit {
            let code = mdb_cursor_get(cursor, &key, &value, MDB_NEXT)
            guard code == MDB_SUCCESS || code == MDB_NOTFOUND else {
                throw StorageError.diagnostic(code, "read", path: view.core.path)
            }
            guard code == MDB_SUCCESS, Self.hasPrefix(key, prefix) else {
                position = .afterLast
                return
            }
            block.append(UnsafeRawBufferPointer(key), found(key, value))
            currentKey = key
            currentValue = value
        }
        _ = settle(ifNone: .afterLast)
    }

    /// Moves to the key before. From a fresh cursor, to the last.
    package mutating func previous() throws(Diagnostic) -> Bool {
        switch position {
        case .onKey:
            if generation != view.generation, try seekSavedKey() == .none {
                return try move(MDB_LAST, ifNone: .beforeFirst)
            }
            return try move(MDB_PREV, ifNone: .beforeFirst)
        case .unset, .afterLast: return try last()
        case .beforeFirst:
            _ = try view.live()
            return false
        }
    }

    /// Moves to the first key that is not below `key` (given with its prefix).
    package mutating func seek(toOrAfter key: UnsafeRawBufferPointer) throws(Diagnostic) -> Bool {
        if Self.isBelow(key, prefix: prefix) { return try first() }
        currentKey = MDB_val(key)
        return try move(MDB_SET_RANGE, ifNone: .afterLast)
    }

    package mutating func seek(toOrAfter key: [UInt8]) throws(Diagnostic) -> Bool {
        try key.withRawBytes { (bytes) throws(Diagnostic) in try seek(toOrAfter: bytes) }
    }

    package mutating func seek(toOrAfter key: KeyWriter) throws(Diagnostic) -> Bool {
        try seek(toOrAfter: key.bytes)
    }

    /// Moves to the last key that is below `key` (given with its prefix).
    package mutating func seek(lastBefore key: UnsafeRawBufferPointer) throws(Diagnostic) -> Bool {
        if key.isEmpty {
            _ = try view.live()
            position = .beforeFirst
            return false
        }
        _ = try view.live()
        currentKey = MDB_val(key)
        // The key that is found need not have the prefix: the one before it is wanted.
        switch mdb_cursor_get(cursor, &currentKey, &currentValue, MDB_SET_RANGE) {
        case MDB_SUCCESS: return try move(MDB_PREV, ifNone: .beforeFirst)
        case MDB_NOTFOUND: return try move(MDB_LAST, ifNone: .beforeFirst)
        case let code: throw StorageError.diagnostic(code, "read", path: view.core.path)
        }
    }

    package mutating func seek(lastBefore key: KeyWriter) throws(Diagnostic) -> Bool {
        try key.bytes.withRawBytes { (bytes) throws(Diagnostic) in try seek(lastBefore: bytes) }
    }

    /// Moves to exactly `key`; if it is absent, false, and the cursor stands on the key that follows, if any.
    package mutating func seek(exactly key: UnsafeRawBufferPointer) throws(Diagnostic) -> Bool {
        guard try seek(toOrAfter: key) else { return false }
        return currentKey.mv_size == key.count && UnsafeRawBufferPointer(currentKey).elementsEqual(key)
    }

    /// Deletes the key that the cursor stands on; `next()` then moves to the one that followed.
    ///
    /// - Throws: `readOnlyTransaction`; `noTransaction` if the cursor is not on a key.
    package mutating func deleteCurrent() throws(Diagnostic) {
        let writer = try writable()
        try writer.check(mdb_cursor_del(cursor, 0))
        writer.generation += 1
    }

    /// Replaces the value of the key that the cursor stands on.
    ///
    /// - Throws: `readOnlyTransaction`, `diskFull`, `databaseFull`; `noTransaction` if the cursor is not on a key.
    package mutating func replaceCurrent(with value: UnsafeRawBufferPointer) throws(Diagnostic) {
        let writer = try writable()
        try savedKey.withRawBytes { (bytes) throws(Diagnostic) in try writer.put(bytes, value) }
    }

    private mutating func writable() throws(Diagnostic) -> WriteView {
        _ = try view.live()
        guard let writer = view as? WriteView else {
            throw Diagnostic(.readOnlyTransaction, "cannot write in a read-only transaction")
        }
        guard refresh() else { throw Diagnostic(.noTransaction, "the cursor is not on a key") }
        return writer
    }

    private mutating func move(_ operation: MDB_cursor_op, ifNone: Position) throws(Diagnostic) -> Bool {
        _ = try view.live()
        let code = mdb_cursor_get(cursor, &currentKey, &currentValue, operation)
        if code == MDB_SUCCESS { return settle(ifNone: ifNone) }
        guard code == MDB_NOTFOUND else { throw StorageError.diagnostic(code, "read", path: view.core.path) }
        position = ifNone
        return false
    }

    /// Takes the key that LMDB's cursor is on, if there is one with the prefix.
    private mutating func settle(ifNone: Position) -> Bool {
        guard currentKey.mv_data != nil, Self.hasPrefix(currentKey, prefix) else {
            position = ifNone
            return false
        }
        if view.isWritable {
            savedKey.removeAll(keepingCapacity: true)
            savedKey.append(contentsOf: UnsafeRawBufferPointer(currentKey))
            generation = view.generation
        }
        position = .onKey
        return true
    }

    private enum Found {
        case same, follower, none
    }

    /// Puts LMDB's cursor on the saved key, or on the one that follows it.
    private mutating func seekSavedKey() throws(Diagnostic) -> Found {
        _ = try view.live()
        let code = savedKey.withRawBytes { bytes in
            currentKey = MDB_val(bytes)
            return mdb_cursor_get(cursor, &currentKey, &currentValue, MDB_SET_RANGE)
        }
        guard code == MDB_SUCCESS else {
            currentKey = MDB_val()
            guard code == MDB_NOTFOUND else { throw StorageError.diagnostic(code, "read", path: view.core.path) }
            return .none
        }
        let isSame = currentKey.mv_size == savedKey.count && Self.hasPrefix(currentKey, savedKey)
        return isSame ? .same : .follower
    }

    /// Fetches key and value again if the transaction has written since. False if there is none, or no more.
    private mutating func refresh() -> Bool {
        precondition(view.isLive, "a cursor was read after the end of its transaction")
        guard position == .onKey else { return false }
        if generation == view.generation { return true }
        guard (try? seekSavedKey()) == .same else { return false }
        generation = view.generation
        return true
    }

    private static func hasPrefix(_ key: MDB_val, _ prefix: [UInt8]) -> Bool {
        guard key.mv_size >= prefix.count else { return false }
        return prefix.withUnsafeBufferPointer { prefix in
            guard let start = prefix.baseAddress, let data = key.mv_data else { return prefix.isEmpty }
            return memcmp(data, start, prefix.count) == 0
        }
    }

    /// Whether `key` orders before every key with the prefix.
    private static func isBelow(_ key: UnsafeRawBufferPointer, prefix: [UInt8]) -> Bool {
        key.lexicographicallyPrecedes(prefix)
    }
}
