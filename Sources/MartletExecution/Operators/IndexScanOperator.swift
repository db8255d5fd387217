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
    private let decoder: RowDecoder
    private let condition: CompiledExpression?
    private let entries = EntryBlock(capacity: Limits.rowsPerBatch)
    private let rows = EntryBlock(capacity: Limits.rowsPerBatch)
    /// The encoded equal columns; nil if one of them is NULL, which equals nothing.
    private var prefix: [UInt8]?
    /// Where to begin and how long to go on, behind the prefix.
    private var start: [UInt8] = []
    private var stop: (bytes: [UInt8], isInclusive: Bool)?
    private var cursor: Cursor?
    /// Small at first: many scans find few rows, or are stopped early.
    private var batchSize = 64
    private var isDone = false

    init(
        _ context: ExecutionContext, _ scan: Scan, _ index: Index, _ prefix: [BoundExpression],
        _ lower: AccessPath.Bound?, _ upper: AccessPath.Bound?, where condition: CompiledExpression? = nil
    ) throws(Diagnostic) {
        decoder = RowDecoder(context, scan, condition)
        self.condition = condition
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
        guard let prefix else { return nil }
        while !isDone {
            try context.cancellation.check()
            try fillEntries(prefix)
            if entries.count == 0 { break }
            let batch = try batch(try IndexEntry.rowIDs(entries))
            if batch.count > 0 { return batch }
        }
        isDone = true
        cursor = nil
        return nil
    }

    private func batch(_ rowIDs: [Int64]) throws(Diagnostic) -> Batch {
        if !scan.columns.isEmpty {
            return try decoder.batch(rows, rowIDs: try context.fetch(scan.table, rowIDs, into: rows))
        }
        // The entries say it all.
        let ids = Column(type: .integer, storage: .integers(rowIDs))
        let all = Batch(columns: scan.includesRowID ? [ids] : [], count: rowIDs.count)
        guard let condition else { return all }
        return all.gather(try condition.select(all, context.evaluation))
    }

    private func fillEntries(_ prefix: [UInt8]) throws(Diagnostic) {
        let isStarted = cursor != nil
        if !isStarted {
            var cursor = try context.view.cursor(prefix: prefix)
            _ = start.isEmpty ? try cursor.first() : try cursor.seek(toOrAfter: prefix + start)
            self.cursor = consume cursor
        }
        try cursor?.fill(entries, limit: batchSize, includingCurrent: !isStarted)
        isDone = entries.count < batchSize
        batchSize = min(batchSize * 8, Limits.rowsPerBatch)
        guard let stop else { return }
        var count = entries.count
        while count > 0 {
            let suffix = UnsafeRawBufferPointer(rebasing: entries.keys[count - 1].dropFirst(prefix.count))
            guard Self.isAfter(suffix, stop.bytes, isInclusive: stop.isInclusive) else { break }
            count -= 1
        }
        if count < entries.count { isDone = true }
        entries.truncate(to: count)
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

    /// The columns of a key, without the row id, from the row of a batch that has the table's columns `columns`, in that
    /// order, among them the index's.
    ///
    /// - Parameter key: starts with the index's prefix; what follows it is replaced.
    /// - Returns: whether no other row may have the same; the row id is part of the key if not.
    static func setColumns(
        _ key: inout KeyWriter, _ index: Index, _ batch: Batch, row: Int, of columns: [Int]
    ) -> Bool {
        key.truncate(to: KeyPrefix.byteCount)
        var hasNull = false
        for part in index.parts {
            guard let position = columns.firstIndex(of: part.column) else { continue }
            hasNull = hasNull || batch.columns[position].isNull(row)
            key.append(batch.columns[position], at: row, part.isDescending ? .descending : .ascending)
        }
        return index.isUnique && !hasNull
    }

    static func rowIDs(_ entries: EntryBlock) throws(Diagnostic) -> [Int64] {
        let (keys, values) = (entries.keys, entries.values)
        var rowIDs: [Int64] = []
        rowIDs.reserveCapacity(entries.count)
        for index in 0..<entries.count { rowIDs.append(try rowID(key: keys[index], value: values[index])) }
        return rowIDs
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
