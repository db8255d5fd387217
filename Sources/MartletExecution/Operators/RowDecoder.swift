// Stored rows → batches of the wanted columns.

import MartletCatalog
import MartletCore
import MartletExpressions
import MartletPlanning
import MartletStorage

/// Decodes only the columns that a scan wants; with a condition, the columns that it does not read only of the rows that
/// pass.
struct RowDecoder {
    private let context: ExecutionContext
    private let scan: Scan
    private let condition: CompiledExpression?
    /// All columns, or those that the condition reads.
    private let first: RowProjection
    /// The other columns.
    private let rest: RowProjection?
    /// For each column of the scan: whether it is one of the first, and its place there.
    private let places: [(isFirst: Bool, place: Int)]

    init(_ context: ExecutionContext, _ scan: Scan, _ condition: CompiledExpression? = nil) {
        self.context = context
        self.scan = scan
        self.condition = condition
        let layout = scan.layout
        let used = condition?.columnsUsed
        var firstColumns: [Int] = []
        var restColumns: [Int] = []
        var places: [(isFirst: Bool, place: Int)] = []
        for (position, column) in scan.columns.enumerated() {
            if used?.contains(position) ?? true {
                places.append((true, firstColumns.count))
                firstColumns.append(column)
            } else {
                places.append((false, restColumns.count))
                restColumns.append(column)
            }
        }
        self.places = places
        first = RowProjection(layout: layout, columns: firstColumns)
        rest = restColumns.isEmpty ? nil : RowProjection(layout: layout, columns: restColumns)
    }

    /// The rows of a block that pass the condition; the block is left with these.
    ///
    /// - Parameter rowIDs: of the block's rows, where they are not the ends of its keys.
    func batch(_ block: EntryBlock, rowIDs: [Int64]? = nil) throws(Diagnostic) -> Batch {
        var ids: [Int64]?
        if scan.includesRowID { ids = if let rowIDs { rowIDs } else { try RowKey.rowIDs(block) } }
        let read = try columns(first, block, rowIDs)
        guard let condition else { return assembled(read, [], ids, block.count) }
        let unread = (rest == nil ? [] : scan.columns).map { column in
            Column(type: scan.table.columns[column].type, storage: .nulls(count: block.count))
        }
        let columns = places.enumerated().map { $1.isFirst ? read[$1.place] : unread[$0] }
        let all = Batch(columns: columns + rowIDColumn(ids), count: block.count)
        let rows = try condition.select(all, context.evaluation)
        if rows.count == block.count, rest == nil { return all }
        if rows.count == block.count { return assembled(read, try self.columns(rest, block, rowIDs), ids, rows.count) }
        block.keep(rows)
        let kept = rowIDs.map { rowIDs in rows.map { rowIDs[$0] } }
        return assembled(
            read.map { $0.gather(rows) }, try self.columns(rest, block, kept), ids.map { ids in rows.map { ids[$0] } },
            rows.count)
    }

    private func assembled(_ read: [Column], _ others: [Column], _ ids: [Int64]?, _ count: Int) -> Batch {
        let columns = rest == nil ? read : places.map { $0.isFirst ? read[$0.place] : others[$0.place] }
        return Batch(columns: columns + rowIDColumn(ids), count: count)
    }

    private func rowIDColumn(_ ids: [Int64]?) -> [Column] {
        ids.map { [Column(type: .integer, storage: .integers($0))] } ?? []
    }

    private func columns(
        _ projection: RowProjection?, _ block: EntryBlock, _ rowIDs: [Int64]?
    ) throws(Diagnostic) -> [Column] {
        guard let projection else { return [] }
        do throws(Diagnostic) {
            return try projection.columns(of: block.values)
        } catch {
            // Row by row, to find the one that cannot be read.
            let ids = if let rowIDs { rowIDs } else { try RowKey.rowIDs(block) }
            for row in 0..<block.count {
                do throws(Diagnostic) {
                    _ = try projection.columns(of: UnsafeBufferPointer(rebasing: block.values[row...row]))
                } catch {
                    throw context.located(error, scan.table.name, ids[row])
                }
            }
            throw error
        }
    }
}

/// The keys under which a table's rows lie.
enum RowKey {
    static let rowIDBytes = 8

    static func key(_ table: UInt32, _ rowID: Int64) -> KeyWriter {
        var key = KeyWriter(KeyPrefix(.row, table))
        key.append(rowNumber: rowID)
        return key
    }

    /// The row id in what follows a row key's prefix.
    static func rowID(_ suffix: UnsafeRawBufferPointer) throws(Diagnostic) -> Int64 {
        var reader = KeyReader(suffix)
        return try reader.rowNumber()
    }

    /// The row id of a whole row key.
    static func rowID(key: UnsafeRawBufferPointer) throws(Diagnostic) -> Int64 {
        var reader = KeyReader(key, at: KeyPrefix.byteCount)
        return try reader.rowNumber()
    }

    /// The row ids of a block of rows.
    static func rowIDs(_ block: EntryBlock) throws(Diagnostic) -> [Int64] {
        var rowIDs: [Int64] = []
        rowIDs.reserveCapacity(block.count)
        for key in block.keys { rowIDs.append(try rowID(key: key)) }
        return rowIDs
    }
}
