// Writes rows of the stored system tables, in the transaction of the change that they tell about.

package import MartletCatalog
package import MartletCore
import MartletPlanning
import MartletStorage

package enum SystemWriter {
    /// Adds a row; a NULL in the row id column gets the next id.
    ///
    /// - Returns: the row id.
    @discardableResult
    package static func append(
        _ values: [Value], to table: Table, _ context: ExecutionContext
    ) throws(Diagnostic) -> Int64 {
        let writer = try TableWriter(context, WriteTarget(table: table, indexes: [], checks: []))
        let rows = try writer.completed(Batch(rows: [values], types: table.types))
        try writer.insert(rows, row: 0)
        try writer.finish()
        return rows.rowIDs[0]
    }

    /// Adds several rows to a table without a row id column.
    package static func append(
        _ rows: [[Value]], to table: Table, _ context: ExecutionContext
    ) throws(Diagnostic) {
        let writer = try TableWriter(context, WriteTarget(table: table, indexes: [], checks: []))
        let completed = try writer.completed(Batch(rows: rows, types: table.types))
        for row in 0..<completed.count { try writer.insert(completed, row: row) }
        try writer.finish()
    }

    /// Replaces a row.
    package static func put(
        _ values: [Value], rowID: Int64, in table: Table, _ context: ExecutionContext
    ) throws(Diagnostic) {
        let writer = try TableWriter(context, WriteTarget(table: table, indexes: [], checks: []))
        try writer.endReplace(values, rowID, with: values, rowID)
        try writer.finish()
    }

    /// The values of a row; nil if there is none.
    package static func row(
        _ rowID: Int64, of table: Table, _ context: ExecutionContext
    ) throws(Diagnostic) -> [Value]? {
        guard let bytes = try context.view.get(RowKey.key(table.id, rowID)) else { return nil }
        return try RowReader(bytes, layout: table.layout).values()
    }
}
