// Entering many keys in ascending order, anywhere in the file, so that pages become full.

import CLMDB
package import MartletCore

/// Takes new keys in ascending order and enters them a page's worth at a time.
///
/// LMDB splits a full page in half, but for a new last key it leaves the old page as it is. Three things follow:
/// - The first key must come after all others of its page. Where it does not, large fences are put before it until it
///   does, and taken away at the end.
/// - Of a page's worth, the first key, which no longer fits on the page before, opens a new one. The last is entered
///   next: the others are then known to lie on that page, and are entered without a descent from the root.
/// - A page's worth is counted in bytes, as LMDB counts them.
///
/// All this decides only how full pages get and how long it takes; the entries are the same as after single puts.
package struct OrderedInsertion: ~Copyable {
    private struct Entry {
        var start: Int
        var keyBytes: Int
        var valueBytes: Int
    }

    private let view: WriteView
    private let cursor: OpaquePointer
    /// What a page holds, and the largest node that stays on a page.
    private let pageCapacity: Int
    private let nodeLimit: Int
    /// The entries that wait for their page to be full, keys and values end to end.
    private var bytes: [UInt8] = []
    private var entries: [Entry] = []
    private var waitingBytes = 0
    /// What the key before them takes on the page that they will share.
    private var sharedBytes: Int
    private var fences: [[UInt8]] = []
    private var hasBegun = false

    private static let pageHeaderBytes = 16
    private static let nodeHeaderBytes = 8
    private static let slotBytes = 2
    private static let fenceLimit = 8

    /// - Throws: `noTransaction`, `outOfMemory`.
    package init(_ view: WriteView) throws(Diagnostic) {
        var cursor: OpaquePointer?
        let code = mdb_cursor_open(try view.live(), view.core.database, &cursor)
        guard code == MDB_SUCCESS, let cursor else {
            throw StorageError.diagnostic(code, "open a cursor", path: view.core.path)
        }
        self.view = view
        self.cursor = cursor
        pageCapacity = view.core.pageBytes - Self.pageHeaderBytes
        nodeLimit = (pageCapacity / 2) & ~1 - Self.slotBytes
        sharedBytes = nodeLimit + Self.slotBytes
    }

    deinit {
        if view.isLive { mdb_cursor_close(cursor) }
    }

    /// Takes one entry.
    ///
    /// - Precondition: the key is longer than an object's prefix, that of all the keys; it comes after those before it,
    ///   and no key of the file lies between them.
    /// - Throws: `keyTooLong`, `databaseFull`, `diskFull`, `noTransaction`.
    package mutating func append(
        _ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer
    ) throws(Diagnostic) {
        let nodeBytes = nodeBytes(key.count, value.count)
        if sharedBytes + waitingBytes + nodeBytes > pageCapacity { try enterWaiting() }
        entries.append(Entry(start: bytes.count, keyBytes: key.count, valueBytes: value.count))
        bytes.append(contentsOf: key)
        bytes.append(contentsOf: value)
        waitingBytes += nodeBytes
    }

    /// Enters what still waits. Call it after the last entry; without it, entries and fences are left as they are.
    package mutating func finish() throws(Diagnostic) {
        try enterWaiting()
        for fence in fences { _ = try view.delete(fence) }
        fences = []
    }

    private func nodeBytes(_ keyBytes: Int, _ valueBytes: Int) -> Int {
        let whole = Self.nodeHeaderBytes + keyBytes + valueBytes
        let onPage = whole > nodeLimit ? Self.nodeHeaderBytes + keyBytes + MemoryLayout<UInt64>.size : whole
        return (onPage + 1) & ~1 + Self.slotBytes
    }

    private mutating func enterWaiting() throws(Diagnostic) {
        guard let last = entries.indices.last else { return }
        if !hasBegun {
            hasBegun = true
            try putFences()
        }
        try view.failIfAsked()
        try bytes.withRawBytes { (bytes) throws(Diagnostic) in
            try put(entries[0], bytes)
            if last > 0 { try put(entries[last], bytes) }
            for entry in entries[1..<max(1, last)] { try put(entry, bytes) }
        }
        sharedBytes = nodeBytes(entries[last].keyBytes, entries[last].valueBytes)
        bytes.removeAll(keepingCapacity: true)
        entries.removeAll(keepingCapacity: true)
        waitingBytes = 0
    }

    private func put(_ entry: Entry, _ bytes: UnsafeRawBufferPointer) throws(Diagnostic) {
        let middle = entry.start + entry.keyBytes
        try put(
            UnsafeRawBufferPointer(rebasing: bytes[entry.start..<middle]),
            UnsafeRawBufferPointer(rebasing: bytes[middle..<middle + entry.valueBytes]))
    }

    private func put(_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) throws(Diagnostic) {
        _ = try view.live()
        guard key.count <= view.core.maximumKeyBytes else {
            throw Diagnostic(.keyTooLong, "a key of \(key.count) bytes; the limit is \(view.core.maximumKeyBytes)")
        }
        var mdbKey = MDB_val(key)
        var mdbValue = MDB_val(value)
        try view.check(mdb_cursor_put(cursor, &mdbKey, &mdbValue, UInt32(MDB_NOOVERWRITE)))
        view.generation += 1
    }

    // MARK: Fences

    /// Makes the place of the first entry the end of a page.
    private mutating func putFences() throws(Diagnostic) {
        let prefix = Array(bytes.prefix(KeyPrefix.byteCount))
        for number in 0..<Self.fenceLimit {
            guard try sharesPage(bytes.prefix(entries[0].keyBytes)) else { return }
            // Zeros come before everything that an entry's key may begin with.
            let fence = prefix + [0, UInt8(number)]
            let value = [UInt8](repeating: 0, count: nodeLimit - Self.nodeHeaderBytes - fence.count)
            try view.put(fence, value)
            fences.append(fence)
        }
    }

    /// Whether the keys around the place of `key` may lie on one page. Nodes of one page are less than a page apart in
    /// memory; that they are so near by chance costs a needless fence.
    private func sharesPage(_ key: ArraySlice<UInt8>) throws(Diagnostic) -> Bool {
        _ = try view.live()
        var found = MDB_val()
        var value = MDB_val()
        let code = Array(key).withRawBytes { bytes in
            found = MDB_val(bytes)
            return mdb_cursor_get(cursor, &found, &value, MDB_SET_RANGE)
        }
        if code == MDB_NOTFOUND { return false }
        try view.check(code, "read")
        let next = Int(bitPattern: found.mv_data)
        let codeBefore = mdb_cursor_get(cursor, &found, &value, MDB_PREV)
        if codeBefore == MDB_NOTFOUND { return false }
        try view.check(codeBefore, "read")
        return abs(next - Int(bitPattern: found.mv_data)) < view.core.pageBytes
    }
}
