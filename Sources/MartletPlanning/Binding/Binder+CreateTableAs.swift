// Binds CREATE TABLE … AS SELECT.

import MartletCatalog
import MartletCore
import MartletExpressions
import MartletLanguage

extension Binder {
    /// The columns are the query's; one that is only ever NULL becomes TEXT.
    func bindCreateTableAs(_ create: CreateTable, _ select: Select) throws(Diagnostic) -> LogicalPlan {
        let query = try bindSelect(select, context: nil)
        var table = Table(id: 0, name: create.name.name, columns: [])
        var values: [BoundExpression] = []
        for (position, column) in query.output.enumerated() where !column.isHidden {
            if table.columnIndex(named: column.name) != nil {
                throw Diagnostic(
                    .duplicateName, "the query gives two columns '\(column.name)'", at: select.location.range,
                    hint: "name one of them with AS")
            }
            try checkName(Identifier(column.name, select.location))
            let type: DataType = column.type == .null ? .text : column.type
            let value = BoundExpression.column(position, column.type, .none)
            values.append(column.type == .null ? .cast(value, type, .none) : value)
            table.columns.append(TableColumn(name: column.name, type: type))
        }
        if table.columns.count > Limits.columnsPerTable {
            throw Diagnostic(
                .limitExceeded, "a table has at most \(Limits.columnsPerTable) columns", at: create.name.range)
        }
        let columns = table.columns.map { OutputColumn(name: $0.name, type: $0.type) }
        return .createTableAs(
            CreateTableAsPlan(table: table, source: .project(query, values, columns: columns)))
    }
}
