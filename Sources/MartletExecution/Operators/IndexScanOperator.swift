// Reads the rows that an ordered index finds, in the index's order.

import MartletCatalog
import MartletCore
import MartletExpressions
import MartletPlanning
import MartletStorage

final class IndexScanOperator: Operator {
    private let context: ExecutionContext
    private let scan: Scan
    private let index: Index
    /// The encoded equal columns; nil if one of them is NULL, which equals nothing.
    private var prefix: [UInt8]?
    /// Where to begin and how long to go on, behind the prefix.
    private var start: [UInt8] = []
    private var stop: (bytes: [UInt8], isInclusive: Bool)?
    /// Not checked for overlapping access, because it moves for every entry.
    @exclusivity(unchecked) private var cursor: Cursor?
    private var isDone = false

    init(
        _ context: ExecutionContext, _ scan: Scan, _ index: Index, _ prefix: [BoundExpression],
        _ lower: AccessPath.Bound?, _ upper: AccessPath.Bound?
    ) throws(Diagnostic) {
        self.context = context
        self.scan = scan
        self.index = index
        var key = KeyWriter(KeyPrefix(.index, index.id))
        for (part, expression) in zip(index.parts, prefix) {
            let value = try context.value(expression)
            if value.isNull { return }
            key.append(value, part.isDescending ? .descending : .ascending)
        }
        func encoded(_ value: Value) -> [UInt8] {
            var writer = KeyWriter()
            writer.append(value)
            return writer.bytes
        }
        if let lower {
            let value = try context.value(lower.value)
            if value.isNull { return }
            start = encoded(value)
            if !lower.isInclusive, !Self.increment(&start) { return }
        } else if upper != nil {
            // NULLs come first and compare with nothing.
            start = encoded(.null)
            if !Self.increment(&start) { return }
        }
        if let upper {
            let value = try context.value(upper.value)
            if value.isNull { return }
            stop = (encoded(value), upper.isInclusive)
        }
        self.prefix = key.bytes
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

    func next() throws(Diagnostic) -> Batch? {
        guard !isDone, let prefix else { return nil }
        try context.cancellation.check()
        var found: Bool
        if cursor == nil {
            cursor = try context.view.cursor(prefix: prefix)
            found = start.isEmpty ? try cursor!.first() : try cursor!.seek(toOrAfter: prefix + start)
        } else {
            found = try cursor!.next()
        }
        var rowIDs: [Int64] = []
        while found {
            if let stop, Self.isAfter(cursor!.keySuffix, stop.bytes, isInclusive: stop.isInclusive) { break }
            rowIDs.append(try IndexEntry.rowID(key: cursor!.key, value: cursor!.value))
            if rowIDs.count == Limits.rowsPerBatch { return try rows(rowIDs) }
            found = try cursor!.next()
        }
        isDone = true
        cursor = nil
        return rowIDs.isEmpty ? nil : try rows(rowIDs)
    }

    private func rows(_ rowIDs: [Int64]) throws(Diagnostic) -> Batch {
        // The entries say it all.
        if scan.columns.isEmpty, scan.includesRowID {
            return Batch(columns: [Column(type: .integer, storage: .integers(rowIDs))], count: rowIDs.count)
        }
        return try context.rows(scan, rowIDs)
    }

    private static func isAfter(_ key: UnsafeRawBufferPointer, _ stop: [UInt8], isInclusive: Bool) -> Bool {
        if key.starts(with: stop) { return !isInclusive }
        return stop.lexicographicallyPrecedes(key)
    }
}

/// The entries of an ordered index.
///
/// | index      | key behind the prefix       | value  |
/// | ---------- | --------------------------- | ------ |
/// | plain      | columns, row id             | empty  |
/// | unique     | columns                     | row id |
/// | unique, with a NULL among them | columns, row id | row id |
enum IndexEntry {
    static func key(_ index: Index, _ row: [Value], _ rowID: Int64) -> (key: KeyWriter, isExclusive: Bool) {
        var key = KeyWriter(KeyPrefix(.index, index.id))
        var hasNull = false
        for part in index.parts {
            hasNull = hasNull || row[part.column].isNull
            key.append(row[part.column], part.isDescending ? .descending : .ascending)
        }
        let isExclusive = index.isUnique && !hasNull
        if !isExclusive { key.append(rowNumber: rowID) }
        return (key, isExclusive)
    }

    /// As above, from the row of a batch that has the table's columns `columns`, in that order, among them the index's.
    ///
    /// - Parameter key: starts with the index's prefix; what follows it is replaced.
    static func set(
        _ key: inout KeyWriter, _ index: Index, _ batch: Batch, row: Int, of columns: [Int], _ rowID: Int64
    ) {
        key.truncate(to: KeyPrefix.byteCount)
        var hasNull = false
        for part in index.parts {
            guard let position = columns.firstIndex(of: part.column) else { continue }
            hasNull = hasNull || batch.columns[position].isNull(row)
            key.append(batch.columns[position], at: row, part.isDescending ? .descending : .ascending)
        }
        if !index.isUnique || hasNull { key.append(rowNumber: rowID) }
    }

    static func rowID(key: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) throws(Diagnostic) -> Int64 {
        let bytes = value.isEmpty ? UnsafeRawBufferPointer(rebasing: key.suffix(8)) : value
        guard bytes.count == 8 else { throw Diagnostic(.corrupt, "an index entry without a row id") }
        return try RowKey.rowID(bytes)
    }

    static func value(_ rowID: Int64) -> [UInt8] {
        var writer = KeyWriter()
        writer.append(rowNumber: rowID)
        return writer.bytes
    }
}
