// Columns that are read from the keys of an ordered index, without the rows.

import MartletCatalog
import MartletCore
import MartletExpressions
import MartletPlanning
import MartletStorage

/// Decodes the columns of a scan from entries of an index that covers it, entry by entry.
struct EntryColumns {
    private struct Part {
        var type: DataType
        var order: KeyOrder
        /// The place among the scan's columns; nil for a part that nobody asks for.
        var place: Int?
    }

    private let context: ExecutionContext
    private let scan: Scan
    /// Up to the last part that is asked for.
    private let parts: [Part]
    /// The place of the column that is the row id.
    private let rowIDPlace: Int?
    private var builders: [ColumnBuilder] = []

    init(_ context: ExecutionContext, _ scan: Scan, _ index: BoundIndex) {
        self.context = context
        self.scan = scan
        rowIDPlace = scan.table.rowIDColumn.flatMap { scan.columns.firstIndex(of: $0) }
        var taken: Set<Int> = []
        if let rowIDPlace { taken.insert(rowIDPlace) }
        var parts: [Part] = []
        for (part, key) in zip(index.index.parts, index.keys) {
            var place: Int?
            if let column = part.column, let found = scan.columns.firstIndex(of: column),
                taken.insert(found).inserted
            {
                place = found
            }
            parts.append(Part(type: key.type, order: part.isDescending ? .descending : .ascending, place: place))
        }
        while let last = parts.last, last.place == nil { parts.removeLast() }
        self.parts = parts
        begin()
    }

    private mutating func begin() {
        builders = scan.columns.map { ColumnBuilder(type: scan.table.columns[$0].type) }
    }

    /// - Parameter key: whole, with the index's prefix.
    mutating func append(_ key: UnsafeRawBufferPointer, rowID: Int64) throws(Diagnostic) {
        var reader = KeyReader(key, at: KeyPrefix.byteCount)
        for part in parts {
            guard let place = part.place else {
                try reader.skip(part.order)
                continue
            }
            var value = try reader.next(part.type, part.order)
            // The key of 0.0 stands for -0.0 too.
            if case .real(0) = value { value = try stored(place, rowID) }
            builders[place].append(value)
        }
        if let rowIDPlace { builders[rowIDPlace].append(integer: rowID) }
    }

    private func stored(_ place: Int, _ rowID: Int64) throws(Diagnostic) -> Value {
        let column = scan.columns[place]
        let bytes = try KeyPrefix(.row, scan.table.id).withKey(rowNumber: rowID) { (key) throws(Diagnostic) in
            try context.view.get(key)
        }
        guard let bytes else { return .real(0) }
        return try RowReader(bytes, layout: scan.layout).value(column) ?? scan.layout.absentValue(column)
    }

    /// The rows since the last call, as the scan gives them.
    mutating func take(_ rowIDs: [Int64]) -> Batch {
        var columns = builders.map { $0.finish() }
        begin()
        if scan.includesRowID { columns.append(Column(type: .integer, storage: .integers(rowIDs))) }
        return Batch(columns: columns, count: rowIDs.count)
    }
}
