// Stored rows → batches of the wanted columns.

import MartletCatalog
import MartletCore
import MartletPlanning
import MartletStorage

/// Collects rows of one table, decoding only the columns that a scan wants.
struct RowDecoder {
    /// nil when no column is wanted: rows are then only counted.
    private let projection: RowProjection?
    private let includesRowID: Bool
    private var rowIDs: [Int64] = []
    private(set) var count = 0

    /// - Parameter capacity: the most rows that a batch may have.
    init(_ scan: Scan, capacity: Int) {
        projection =
            scan.columns.isEmpty
            ? nil : RowProjection(layout: scan.layout, columns: scan.columns, capacity: capacity)
        includesRowID = scan.includesRowID
    }

    /// - Precondition: the batch has less rows than the capacity.
    mutating func append(rowID: @autoclosure () throws(Diagnostic) -> Int64, _ bytes: UnsafeRawBufferPointer)
        throws(Diagnostic)
    {
        try projection?.append(bytes)
        if includesRowID { rowIDs.append(try rowID()) }
        count += 1
    }

    /// The rows so far, and a fresh start.
    mutating func take() -> Batch {
        var columns = projection?.take().columns ?? []
        if includesRowID {
            columns.append(Column(type: .integer, storage: .integers(rowIDs)))
            rowIDs = []
        }
        defer { count = 0 }
        return Batch(columns: columns, count: count)
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
