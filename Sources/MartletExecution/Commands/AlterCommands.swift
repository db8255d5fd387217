// ALTER TABLE ADD COLUMN and DROP COLUMN.

import MartletCatalog
import MartletCore
import MartletExpressions
import MartletPlanning
import MartletStorage

enum AlterCommands {
    /// O(1), but O(rows) with a CHECK: earlier rows stay as they are, and are read with the value.
    static func addColumn(
        _ target: WriteTarget, _ value: BoundExpression, _ context: ExecutionContext
    ) throws(Diagnostic) {
        var table = target.table
        let view = try context.writable()
        guard let last = table.columns.indices.last else { return }
        let absent = try context.value(value)
        if absent.isNull, table.columns[last].isNotNull, try CatalogStore.rowCount(ofTable: table.id, view) > 0 {
            throw Diagnostic(
                .notNull, "column '\(table.columns[last].name)' would be NULL in the rows of table \(table.name)",
                hint: "give it a DEFAULT")
        }
        try table.columns[last].setAbsentValue(absent)
        if !target.checks.isEmpty {
            let writer = try TableWriter(context, WriteTarget(table: table, indexes: [], checks: target.checks))
            let scan = Scan(
                table: table, alias: table.name, columns: Array(table.columns.indices), includesRowID: false)
            let rows = TableScanOperator(context, scan)
            while let batch = try rows.next() { try writer.check(batch) }
        }
        let rowCount = try CatalogStore.rowCount(ofTable: table.id, view)
        for key in table.foreignKeys where key.columns == [last] && rowCount > 0 && !absent.isNull {
            try ForeignKeyEnforcer(context, view).checkTarget(of: key, [absent], in: table)
        }
        try CatalogStore.put(table, view)
    }

    /// Writes every row anew. O(rows).
    static func dropColumn(
        _ column: Int, from old: Table, _ table: Table, _ indexes: [Index], _ context: ExecutionContext
    ) throws(Diagnostic) {
        let view = try context.writable()
        let scan = Scan(table: old, alias: old.name, columns: Array(old.columns.indices), includesRowID: true)
        let rows = TableScanOperator(context, scan)
        var writer = RowWriter(layout: table.layout)
        var packed = PackedRows(view, objectID: table.id, packs: table.hasVectors)
        while let batch = try rows.next() {
            try context.cancellation.check()
            for row in 0..<batch.count {
                var values = batch.row(row)
                guard case .integer(let rowID) = values.removeLast() else { continue }
                values.remove(at: column)
                try writer.write(values)
                let key = RowKey.key(table.id, rowID)
                try writer.withUnsafeBytes { (bytes) throws(Diagnostic) in
                    try key.bytes.withRawBytes { (key) throws(Diagnostic) in try packed.put(key, bytes) }
                }
            }
        }
        for index in indexes { try CatalogStore.put(index, view) }
        try CatalogStore.removeStatistics(ofTable: table.id, view)
        try CatalogStore.put(table, view)
    }
}
