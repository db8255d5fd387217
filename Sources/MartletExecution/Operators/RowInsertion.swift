// INSERT of one row, without operators and batches.

package import MartletCatalog
package import MartletCore
import MartletExpressions
package import MartletPlanning
package import MartletStorage

/// `INSERT INTO t VALUES (?, …)` into a table of which nothing else must be kept true.
///
/// Made once a plan. Does what the plan's operators would do, in a fraction of the time that it takes to build them.
package final class RowInsertion: Sendable {
    private let table: Table
    private let layout: RowLayout
    private let values: [DirectValue]

    /// nil if the plan is anything else than an INSERT of one row of constants and parameters, or the table has
    /// indexes, conditions or foreign keys.
    package init?(_ plan: PhysicalPlan, _ catalog: Catalog) {
        guard case .insert(let insert) = plan.operation, case .fail = insert.conflict, insert.returning == nil,
            insert.target.indexes.isEmpty, insert.target.checks.isEmpty, insert.target.table.foreignKeys.isEmpty,
            catalog.foreignKeys(to: insert.target.table.id).isEmpty,
            case .values(let rows)? = plan.inputs.first?.operation, rows.count == 1
        else { return nil }
        table = insert.target.table
        layout = insert.target.layout
        var values: [DirectValue] = []
        for cell in rows[0] {
            guard let value = DirectValue(cell) else { return nil }
            values.append(value)
        }
        guard values.count == table.columns.count else { return nil }
        self.values = values
    }

    /// The result; nil if nothing was done, because the row is one that the operators have to refuse.
    package func run(_ parameters: [Value], _ view: WriteView) throws(Diagnostic) -> Batch? {
        guard var row = try? values.map({ try $0.value(parameters) }) else { return nil }
        for (index, value) in row.enumerated() {
            if value.isNull ? table.columns[index].isNotNull && index != table.rowIDColumn : !fits(value, index) {
                return nil
            }
        }
        let rowID: Int64
        if let column = table.rowIDColumn, case .integer(let given) = row[column] {
            rowID = given
        } else {
            guard let next = try nextRowID(view) else { return nil }
            rowID = next
            if let column = table.rowIDColumn { row[column] = .integer(next) }
        }
        var writer = RowWriter(layout: layout)
        do {
            try writer.write(row)
        } catch {
            return nil
        }
        let isNew = try writer.withUnsafeBytes { (bytes) throws(Diagnostic) in
            try KeyPrefix(.row, table.id).withKey(rowNumber: rowID) { (key) throws(Diagnostic) in
                guard table.hasVectors else {
                    if try view.append(ifLast: key, bytes) { return true }
                    return try view.insert(key, bytes)
                }
                var packed = PackedRows(view, objectID: table.id)
                return try packed.insertFillingPages(key, bytes)
            }
        }
        guard isNew else { return nil }
        CatalogStore.addRows(1, toTable: table.id, view)
        return StatementRows.count(1)
    }

    private func fits(_ value: Value, _ column: Int) -> Bool {
        let type = table.columns[column].type
        if case .integer = value, type == .real { return true }
        return value.type == type
    }

    /// nil if the table has used up its ids.
    private func nextRowID(_ view: WriteView) throws(Diagnostic) -> Int64? {
        var cursor = try view.cursor(KeyPrefix(.row, table.id))
        let last = try cursor.last() ? max(0, RowKey.rowID(cursor.keySuffix)) : 0
        return last < .max ? last + 1 : nil
    }
}
