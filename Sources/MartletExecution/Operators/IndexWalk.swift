// Walks the entries of an ordered index that a path names.

import MartletCatalog
import MartletCore
import MartletExpressions
import MartletPlanning
import MartletStorage

/// Gives row ids in the order of the path. Used by one operator; `restart` begins again with another prefix.
final class IndexWalk {
    private let context: ExecutionContext
    private let path: IndexPath
    private let orders: [KeyOrder]
    /// The encoded equal parts, with the index's own prefix; nil if nothing can equal them.
    private var prefix: [UInt8]?
    /// Where entries begin and end, behind the prefix.
    private var first: [UInt8] = []
    private var stop: (bytes: [UInt8], isInclusive: Bool)?
    /// Not checked for overlapping access, because it moves for every entry.
    @exclusivity(unchecked) private var cursor: Cursor?
    private lazy var entries = EntryBlock(capacity: Limits.rowsPerBatch)
    private var isDone = false
    /// Of the group that is being given, in ascending order, and how many were given.
    private var group: [Int64] = []
    /// Their keys, in the same order, if columns are read from them.
    private var groupKeys: [[UInt8]] = []
    private var given = 0
    private var isOnNextGroup = false
    private var columns: EntryColumns?

    /// - Parameter scan: whose columns are read from the entries, if the path covers them.
    init(_ context: ExecutionContext, _ path: IndexPath, covering scan: Scan? = nil) throws(Diagnostic) {
        self.context = context
        self.path = path
        columns = if path.isCovering, let scan { EntryColumns(context, scan, path.index) } else { nil }
        orders = path.index.index.parts.map { $0.isDescending ? .descending : .ascending }
        try setBounds()
    }

    /// Begins with these values of the prefix.
    func restart(_ values: [Value]) {
        cursor = nil
        isDone = false
        group = []
        given = 0
        isOnNextGroup = false
        var key = KeyWriter(KeyPrefix(.index, path.index.index.id))
        prefix = nil
        for (place, value) in values.enumerated() {
            if value.isNull, !path.prefix[place].isNull { return }
            key.append(value, orders[place])
        }
        prefix = key.bytes
    }

    /// Begins with the path's own values.
    func start() throws(Diagnostic) {
        var values: [Value] = []
        for equal in path.prefix { values.append(try context.value(equal.value)) }
        restart(values)
    }

    private var isEmpty = false

    private func setBounds() throws(Diagnostic) {
        guard path.prefix.count < orders.count else { return }
        let order = orders[path.prefix.count]
        func encoded(_ value: Value) -> [UInt8] {
            var writer = KeyWriter()
            writer.append(value, order)
            return writer.bytes
        }
        func bound(_ bound: AccessPath.Bound?) throws(Diagnostic) -> (bytes: [UInt8], isInclusive: Bool)? {
            guard let bound else { return nil }
            let value = try context.value(bound.value)
            // Nothing compares with NULL.
            if value.isNull { isEmpty = true }
            return (encoded(value), bound.isInclusive)
        }
        var lower = try bound(path.lower)
        var upper = try bound(path.upper)
        if order == .descending { (lower, upper) = (upper, lower) }
        // NULLs are first, or last in descending order.
        if path.skipsNulls || path.lower != nil || path.upper != nil {
            if order == .ascending, lower == nil { lower = (encoded(.null), false) }
            if order == .descending, upper == nil { upper = (encoded(.null), false) }
        }
        if let lower {
            first = lower.bytes
            if !lower.isInclusive, !Self.increment(&first) { isEmpty = true }
        }
        stop = upper
    }

    /// The bytes directly after all that start with `bytes`.
    private static func increment(_ bytes: inout [UInt8]) -> Bool {
        while let last = bytes.last {
            if last < 0xFF {
                bytes[bytes.count - 1] = last + 1
                return true
            }
            bytes.removeLast()
        }
        return false
    }

    // MARK: Walking

    /// Whether the entries say all that the scan asks for.
    var isCovering: Bool { columns != nil }

    /// The rows that were given since the last call, from their entries.
    func takeRows(_ rowIDs: [Int64]) -> Batch? { columns?.take(rowIDs) }

    /// Up to `limit` row ids; none at the end.
    func next(_ limit: Int) throws(Diagnostic) -> [Int64] {
        guard let prefix, !isEmpty else { return [] }
        if !path.isDescending, path.orderedParts == nil { return try nextBlock(prefix, limit) }
        var rowIDs: [Int64] = []
        while rowIDs.count < limit {
            if given < group.count {
                let taken = min(limit - rowIDs.count, group.count - given)
                rowIDs += group[given..<given + taken]
                for index in given..<given + taken where isCovering {
                    try groupKeys[index].withRawBytes { (key) throws(Diagnostic) in
                        try columns?.append(key, rowID: group[index])
                    }
                }
                given += taken
                continue
            }
            if isDone { break }
            if let parts = path.orderedParts {
                try readGroup(prefix, parts: parts - path.prefix.count)
            } else if try move(prefix) {
                let rowID = try IndexEntry.rowID(key: cursor!.key, value: cursor!.value)
                rowIDs.append(rowID)
                try columns?.append(cursor!.key, rowID: rowID)
            }
        }
        return rowIDs
    }

    /// The next entries in ascending order, read in one go.
    private func nextBlock(_ prefix: [UInt8], _ limit: Int) throws(Diagnostic) -> [Int64] {
        if isDone { return [] }
        let isStarted = cursor != nil
        if !isStarted {
            cursor = try context.view.cursor(prefix: prefix)
            _ = try seekFirst(prefix)
        }
        let limit = min(limit, entries.capacity)
        try cursor?.fill(entries, limit: limit, includingCurrent: !isStarted)
        var count = entries.count
        isDone = count < limit
        while count > 0 {
            let suffix = UnsafeRawBufferPointer(rebasing: entries.keys[count - 1].dropFirst(prefix.count))
            guard isAfterStop(suffix) else { break }
            count -= 1
        }
        if count < entries.count { isDone = true }
        if isDone { cursor = nil }
        entries.truncate(to: count)
        let rowIDs = try IndexEntry.rowIDs(entries)
        if isCovering {
            for (key, rowID) in zip(entries.keys, rowIDs) { try columns?.append(key, rowID: rowID) }
        }
        return rowIDs
    }

    /// To the next entry within the bounds; false at the end.
    private func move(_ prefix: [UInt8]) throws(Diagnostic) -> Bool {
        var found: Bool
        if cursor != nil {
            found = path.isDescending ? try cursor!.previous() : try cursor!.next()
        } else {
            cursor = try context.view.cursor(prefix: prefix)
            found = path.isDescending ? try seekLast(prefix) : try seekFirst(prefix)
        }
        if found {
            found = path.isDescending ? !isBelowStart(cursor!.keySuffix) : !isAfterStop(cursor!.keySuffix)
        }
        if !found {
            isDone = true
            cursor = nil
        }
        return found
    }

    private func seekFirst(_ prefix: [UInt8]) throws(Diagnostic) -> Bool {
        first.isEmpty ? try cursor!.first() : try cursor!.seek(toOrAfter: prefix + first)
    }

    private func seekLast(_ prefix: [UInt8]) throws(Diagnostic) -> Bool {
        guard let stop else { return try cursor!.last() }
        var end = stop.bytes
        if stop.isInclusive, !Self.increment(&end) { return try cursor!.last() }
        return try cursor!.seek(lastBefore: KeyWriter(prefix: prefix + end))
    }

    private func isAfterStop(_ key: UnsafeRawBufferPointer) -> Bool {
        guard let stop else { return false }
        if key.starts(with: stop.bytes) { return !stop.isInclusive }
        return stop.bytes.lexicographicallyPrecedes(key)
    }

    private func isBelowStart(_ key: UnsafeRawBufferPointer) -> Bool { key.lexicographicallyPrecedes(first) }

    /// Reads the entries that are equal in the next so many parts.
    private func readGroup(_ prefix: [UInt8], parts: Int) throws(Diagnostic) {
        group.removeAll(keepingCapacity: true)
        groupKeys.removeAll(keepingCapacity: true)
        given = 0
        if !isOnNextGroup {
            if try !move(prefix) { return }
        }
        isOnNextGroup = false
        let own = try groupBytes(parts)
        while true {
            group.append(try IndexEntry.rowID(key: cursor!.key, value: cursor!.value))
            if isCovering { groupKeys.append(Array(cursor!.key)) }
            if group.count % Limits.rowsPerBatch == 0 { try context.cancellation.check() }
            if try !move(prefix) { break }
            if !cursor!.keySuffix.starts(with: own) {
                isOnNextGroup = true
                break
            }
        }
        if isCovering {
            let order = group.indices.sorted { group[$0] < group[$1] }
            groupKeys = order.map { groupKeys[$0] }
        }
        group.sort()
    }

    private func groupBytes(_ parts: Int) throws(Diagnostic) -> [UInt8] {
        let suffix = cursor!.keySuffix
        var reader = KeyReader(suffix)
        for part in 0..<parts { try reader.skip(orders[path.prefix.count + part]) }
        return Array(suffix.prefix(reader.offset))
    }
}
