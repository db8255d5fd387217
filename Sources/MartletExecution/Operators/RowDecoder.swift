// Stored rows → batches of the wanted columns.

import MartletCatalog
import MartletCore
import MartletPlanning
import MartletStorage

/// Collects rows of one table, decoding only the columns that a scan wants.
struct RowDecoder {
    private let layout: RowLayout
    private let columns: [Int]
    private let types: [DataType]
    private let includesRowID: Bool
    private var builders: [ColumnBuilder] = []
    private var rowIDs: [Int64] = []

    init(_ scan: Scan, reserving capacity: Int = Limits.rowsPerBatch) {
        layout = RowLayout(types: scan.table.types)
        columns = scan.columns
        types = scan.columns.map { scan.table.columns[$0].type }
        includesRowID = scan.includesRowID
        begin(capacity)
    }

    private(set) var count = 0

    private mutating func begin(_ capacity: Int) {
        builders = types.map { ColumnBuilder(type: $0, reserving: capacity) }
        rowIDs = []
        if includesRowID { rowIDs.reserveCapacity(capacity) }
        count = 0
    }

    mutating func append(rowID: Int64, _ bytes: UnsafeRawBufferPointer) throws(Diagnostic) {
        if !columns.isEmpty {
            let reader = try RowReader(bytes, layout: layout)
            for index in columns.indices { try reader.append(columns[index], to: &builders[index]) }
        }
        if includesRowID { rowIDs.append(rowID) }
        count += 1
    }

    /// The rows so far, and a fresh start.
    mutating func take(reserving capacity: Int = Limits.rowsPerBatch) -> Batch {
        var result = builders.map { $0.finish() }
        if includesRowID { result.append(Column(type: .integer, storage: .integers(rowIDs))) }
        let batch = Batch(columns: result, count: count)
        begin(capacity)
        return batch
    }
}

/// The keys under which a table's rows lie.
enum RowKey {
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
}
