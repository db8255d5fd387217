// Binds neighbours(table, column, k) and neighbours(queries, column, table, column, k) in FROM.

import MartletCatalog
import MartletCore
import MartletExpressions
import MartletLanguage

extension Binder {
    func bindNeighbours(
        _ call: FunctionCall, qualifier: String, context: SubqueryContext?
    ) throws(Diagnostic) -> TableFunctionPlan {
        let arguments = call.arguments
        guard arguments.count == 3 || arguments.count == 5 else {
            throw Diagnostic(
                .wrongArgumentCount,
                "neighbours() does not take \(arguments.count) argument\(arguments.count == 1 ? "" : "s")",
                at: call.location.range,
                hint: "it is neighbours(table, column, k) or neighbours(queries, column, table, column, k)")
        }
        let (queryTable, queryColumn) = try vectorColumn(arguments[0], arguments[1], call)
        let (table, column) =
            arguments.count == 3 ? (queryTable, queryColumn) : try vectorColumn(arguments[2], arguments[3], call)
        let queries = queryTable.columns[queryColumn]
        let searched = table.columns[column]
        guard case .vector(let dimension, let element) = searched.type,
            case .vector(let queryDimension, _) = queries.type
        else { throw Diagnostic(.typeMismatch, "neighbours() compares vectors", at: call.location.range) }
        guard dimension == queryDimension else {
            throw Diagnostic(
                .invalidVector,
                "column \(searched.name) has vectors of \(dimension) elements, and \(queries.name) of \(queryDimension)",
                at: call.location.range)
        }
        let indexes = catalog.indexes(of: table.id).filter {
            $0.state == .ready && $0.parts.first?.column == column && $0.vectorOptions != nil
        }
        let index = fastest(indexes)
        let binder = ExpressionBinder(self, columns: [], context: context, clause: "FROM")
        let count = try Coercion.coerce(
            try binder.bind(arguments[arguments.count - 1]), to: .integer, purpose: .argument("neighbours()"))
        func output(_ name: String, _ type: DataType) -> OutputColumn {
            OutputColumn(name: name, type: type, qualifier: qualifier)
        }
        var plan = TableFunctionPlan(
            function: .neighbours, arguments: [count],
            columns: [
                output("row", queryTable.keyType), output("id", table.keyType), output("rank", .integer),
                output("score", .real),
            ])
        plan.neighbours = NeighboursPlan(
            queryTable: queryTable, queryColumn: queryColumn, table: table, column: column, index: index,
            metric: index?.vectorOptions?.metric ?? (element == .bit ? .hamming : .cosine))
        return plan
    }

    private func vectorColumn(
        _ tableName: Expression, _ columnName: Expression, _ call: FunctionCall
    ) throws(Diagnostic) -> (Table, Int) {
        guard case .column(let tableReference) = tableName, case .column(let reference) = columnName,
            tableReference.schema == nil, reference.table == nil
        else {
            throw Diagnostic(
                .misplaced, "neighbours() takes the names of tables and their columns", at: call.location.range,
                hint: "neighbours(docs, emb, 10)")
        }
        let name = QualifiedName(schema: tableReference.table, name: tableReference.column)
        guard case .user(let table) = try self.table(name) else {
            throw Diagnostic(.misplaced, "neighbours() reads tables of the user", at: name.range)
        }
        let column = try columnIndex(reference.column, in: table)
        guard case .vector = table.columns[column].type else {
            throw Diagnostic(
                .typeMismatch,
                "neighbours() compares vectors; \(reference.column.name) is \(table.columns[column].type)",
                at: reference.range)
        }
        return (table, column)
    }
}

extension Table {
    /// Of the key by which functions name rows: the primary key, if it is one column, else the row id.
    fileprivate var keyType: DataType { primaryKey.count == 1 ? columns[primaryKey[0]].type : .integer }
}
