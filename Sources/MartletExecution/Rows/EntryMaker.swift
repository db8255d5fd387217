// The entries of an ordered index, from rows and from batches.

import MartletCatalog
import MartletCore
import MartletExpressions
import MartletPlanning
import MartletStorage

/// What the index holds of a row:
///
/// | index      | key behind the prefix       | value  |
/// | ---------- | --------------------------- | ------ |
/// | plain      | parts, row id               | empty  |
/// | unique     | parts                       | row id |
/// | unique, with a NULL among them | parts, row id | row id |
///
/// A row for which the index's condition is not TRUE has no entry.
final class EntryMaker {
    struct Entry {
        var key: KeyWriter
        /// Whether an entry with the same key is another row with the same values.
        var isExclusive: Bool
        /// Of the parts.
        var values: [Value]
    }

    private enum Part {
        case column(Int)
        case expression(CompiledExpression)
    }

    let index: Index
    let bound: BoundIndex
    /// For messages.
    let names: [String]
    private let parts: [Part]
    private let filter: CompiledExpression?
    /// Its own, so that no setting of a session changes what an index holds.
    private let context = EvaluationContext()
    private let types: [DataType]
    private let isPlain: Bool

    /// - Parameter columns: The table's columns that rows and batches have, in that order; nil: all.
    init(
        _ bound: BoundIndex, _ table: Table, columns: [Int]? = nil
    ) throws(Diagnostic) {
        self.bound = bound
        index = bound.index
        names = bound.names(of: table)
        let columns = columns ?? Array(table.columns.indices)
        types = columns.map { table.columns[$0].type }
        func position(_ column: Int) -> Int { columns.firstIndex(of: column) ?? 0 }
        var parts: [Part] = []
        for key in bound.keys {
            if case .column(let column, _, _) = key {
                parts.append(.column(position(column)))
            } else {
                parts.append(.expression(try ExpressionCompiler.compile(key.remapColumns(position))))
            }
        }
        self.parts = parts
        filter =
            if let filter = bound.filter {
                try ExpressionCompiler.compile(filter.remapColumns(position))
            } else { nil }
        isPlain = filter == nil && parts.allSatisfy { if case .column = $0 { true } else { false } }
    }

    // MARK: Rows

    /// The entry of a row; nil if it has none.
    ///
    /// - Throws: what the index's expressions throw.
    func entry(_ row: [Value], _ rowID: Int64) throws(Diagnostic) -> Entry? {
        guard let values = try values(row) else { return nil }
        var key = KeyWriter(KeyPrefix(.index, index.id))
        var hasNull = false
        for (part, value) in zip(index.parts, values) {
            hasNull = hasNull || value.isNull
            key.append(value, part.isDescending ? .descending : .ascending)
        }
        let isExclusive = index.isUnique && !hasNull
        if !isExclusive { key.append(rowNumber: rowID) }
        return Entry(key: key, isExclusive: isExclusive, values: values)
    }

    private func values(_ row: [Value]) throws(Diagnostic) -> [Value]? {
        let batch = isPlain ? nil : Batch(rows: [row], types: types)
        if let filter, let batch, try filter.select(batch, context).isEmpty { return nil }
        var values: [Value] = []
        values.reserveCapacity(parts.count)
        for part in parts {
            switch part {
            case .column(let column): values.append(row[column])
            case .expression(let expression):
                if let batch { values.append(try expression.evaluate(batch, context)[0]) }
            }
        }
        return values
    }

    /// Whether an update changes the row's entry.
    func differs(
        _ old: [Value], _ oldRowID: Int64, _ new: [Value], _ newRowID: Int64
    ) throws(Diagnostic) -> Bool {
        if oldRowID != newRowID { return true }
        if isPlain {
            return parts.contains { part in
                if case .column(let column) = part { ValueOrder.compare(old[column], new[column]) != 0 } else { false }
            }
        }
        return try entry(old, oldRowID)?.key.bytes != entry(new, newRowID)?.key.bytes
    }

    // MARK: Batches

    /// The parts' values in the rows of a batch that have an entry, and those rows' ids.
    func parts(of batch: Batch, _ rowIDs: [Int64]) throws(Diagnostic) -> (parts: Batch, rowIDs: [Int64]) {
        var batch = batch
        var rowIDs = rowIDs
        if let filter {
            let rows = try filter.select(batch, context)
            if rows.count < batch.count {
                batch = batch.gather(rows)
                rowIDs = rows.map { rowIDs[$0] }
            }
        }
        var columns: [Column] = []
        for part in parts {
            switch part {
            case .column(let column): columns.append(batch.columns[column])
            case .expression(let expression): columns.append(try expression.evaluate(batch, context))
            }
        }
        return (Batch(columns: columns, count: batch.count), rowIDs)
    }

    /// The keys of the rows of a batch; nil if they must be made row by row: not every row has one, or making or storing
    /// one may fail.
    func keys(of batch: Batch, _ rowIDs: [Int64]) -> EntryKeys? {
        guard isPlain else { return nil }
        var columns: [Column] = []
        for part in parts { if case .column(let column) = part { columns.append(batch.columns[column]) } }
        return EntryKeys(index, Batch(columns: columns, count: batch.count), rowIDs)
    }
}

/// The keys of many entries of an ordered index, end to end.
struct EntryKeys: Sendable {
    private var bytes: [UInt8] = []
    private var ends: [Int] = []
    private var exclusive: [Bool] = []

    /// nil if a key is too long.
    fileprivate init?(_ index: Index, _ parts: Batch, _ rowIDs: [Int64]) {
        var key = KeyWriter(KeyPrefix(.index, index.id))
        ends.reserveCapacity(parts.count)
        exclusive.reserveCapacity(parts.count)
        for row in 0..<parts.count {
            let isExclusive = IndexEntry.setParts(&key, index, parts, row: row)
            if !isExclusive { key.append(rowNumber: rowIDs[row]) }
            guard key.count <= Limits.keyBytes else { return nil }
            key.withUnsafeBytes { bytes.append(contentsOf: $0) }
            ends.append(bytes.count)
            exclusive.append(isExclusive)
        }
    }

    /// Whether an entry with the same key is another row with the same values.
    func isExclusive(_ row: Int) -> Bool { exclusive[row] }

    func withKey<R>(
        _ row: Int, _ body: (UnsafeRawBufferPointer) throws(Diagnostic) -> R
    ) throws(Diagnostic) -> R {
        let range = (row == 0 ? 0 : ends[row - 1])..<ends[row]
        return try bytes.withRawBytes { (all) throws(Diagnostic) in
            try body(UnsafeRawBufferPointer(rebasing: all[range]))
        }
    }
}

/// Where an index's entry keeps its parts and the row id.
enum IndexEntry {
    /// The parts of a key, without the row id, from a row of the parts' values.
    ///
    /// - Parameter key: starts with the index's prefix; what follows it is replaced.
    /// - Returns: whether no other row may have the same; the row id is part of the key if not.
    static func setParts(_ key: inout KeyWriter, _ index: Index, _ parts: Batch, row: Int) -> Bool {
        key.truncate(to: KeyPrefix.byteCount)
        var hasNull = false
        for (column, part) in zip(parts.columns, index.parts) {
            hasNull = hasNull || column.isNull(row)
            key.append(column, at: row, part.isDescending ? .descending : .ascending)
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
