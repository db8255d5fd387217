// The texts of an index's columns, where the rows lie.

import MartletCatalog
import MartletCore
import MartletStorage
import MartletText

final class RowTexts: DocumentTexts {
    private let view: TransactionView
    private let table: Table
    private let layout: RowLayout
    private let columns: [Int]
    private var key: KeyWriter

    init(_ table: Table, columns: [Int], in view: TransactionView) {
        self.view = view
        self.table = table
        self.columns = columns
        layout = table.layout
        key = KeyWriter(KeyPrefix(.row, table.id))
    }

    func text(ofRow rowID: Int64, field: Int) throws(Diagnostic) -> UnsafeRawBufferPointer? {
        key.truncate(to: KeyPrefix.byteCount)
        key.append(rowNumber: rowID)
        guard let row = try view.get(key) else {
            throw Diagnostic(.corrupt, "an index of table \(table.name) names row \(rowID), which is not there")
        }
        return try RowReader(row, layout: layout).bytes(columns[field])
    }
}
