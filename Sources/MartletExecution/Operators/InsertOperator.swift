// INSERT.

import MartletCatalog
import MartletCore
import MartletExpressions
import MartletPlanning

/// Gives the RETURNING rows, or one row with the number of rows inserted or updated.
final class InsertOperator: Operator {
    private let context: ExecutionContext
    private let input: any Operator
    private let plan: InsertPlan
    private let returning: ReturningRows?
    private let updates: [(column: Int, value: CompiledExpression)]
    private let updateFilter: CompiledExpression?
    private var isDone = false

    init(_ context: ExecutionContext, _ input: any Operator, _ plan: InsertPlan) throws(Diagnostic) {
        self.context = context
        self.input = input
        self.plan = plan
        returning =
            if let returning = plan.returning { try ReturningRows(context, returning, plan.target.table) } else { nil }
        var updates: [(column: Int, value: CompiledExpression)] = []
        var updateFilter: CompiledExpression?
        if case .update(let assignments, let filter) = plan.conflict {
            for (column, value) in assignments { updates.append((column, try ExpressionCompiler.compile(value))) }
            if let filter { updateFilter = try ExpressionCompiler.compile(filter) }
        }
        self.updates = updates
        self.updateFilter = updateFilter
    }

    func next() throws(Diagnostic) -> Batch? {
        if isDone { return nil }
        isDone = true
        let writer = try TableWriter(context, plan.target)
        // Read whole first: the source may read the table that is written.
        var source: [Batch] = []
        while let batch = try input.next() { source.append(batch) }
        var count = 0
        var first = 0
        for batch in source {
            try context.cancellation.check()
            var current: Int?
            do throws(Diagnostic) {
                let rows = try writer.completed(batch)
                for row in 0..<rows.count {
                    current = row
                    if case .fail = plan.conflict {
                        try writer.insert(rows, row: row)
                        count += 1
                        if let returning { try returning.append(rows.batch.row(row), rows.rowIDs[row]) }
                    } else {
                        count += try insertOrResolve(rows, row, writer) ? 1 : 0
                    }
                }
            } catch {
                throw writer.located(error, plan, row: first + (current ?? writer.refusedRow))
            }
            first += batch.count
        }
        do throws(Diagnostic) {
            try writer.finish()
        } catch {
            throw writer.located(error, plan.target)
        }
        return returning?.batch() ?? StatementRows.count(count)
    }

    private func insertOrResolve(
        _ rows: CompletedRows, _ row: Int, _ writer: TableWriter
    ) throws(Diagnostic) -> Bool {
        let values = rows.batch.row(row)
        let rowID = rows.rowIDs[row]
        if case .replace = plan.conflict {
            while let oldRowID = try writer.conflict(values, rowID: rowID, columns: nil) {
                try writer.delete(try writer.row(oldRowID), rowID: oldRowID)
            }
        }
        guard let oldRowID = try writer.conflict(values, rowID: rowID, columns: plan.conflictColumns) else {
            try writer.insert(rows, row: row)
            try returning?.append(values, rowID)
            return true
        }
        guard case .update = plan.conflict else { return false }
        let old = try writer.row(oldRowID)
        let types = writer.table.types
        let both = Batch(rows: [old + values], types: types + types)
        if let updateFilter, try updateFilter.select(both, context.evaluation).isEmpty { return false }
        var new = old
        for (column, value) in updates { new[column] = try value.evaluate(both, context.evaluation)[0] }
        try writer.check(Batch(rows: [new], types: types))
        let newRowID = writer.rowID(of: new, current: oldRowID)
        try writer.beginReplace(old, oldRowID, with: new, newRowID)
        try writer.endReplace(old, oldRowID, with: new, newRowID)
        try returning?.append(new, newRowID)
        return true
    }
}

extension TableWriter {
    /// The row id of a changed row: its INTEGER primary key, or what it was.
    func rowID(of values: [Value], current: Int64) -> Int64 {
        if let column = table.rowIDColumn, case .integer(let id) = values[column] { return id }
        return current
    }
}

/// Collects rows for RETURNING.
final class ReturningRows {
    private let context: ExecutionContext
    private let expressions: [CompiledExpression]
    private let types: [DataType]
    /// The table's columns and the row id.
    private let inputTypes: [DataType]
    private var rows: [[Value]] = []

    init(_ context: ExecutionContext, _ returning: Returning, _ table: Table) throws(Diagnostic) {
        self.context = context
        expressions = try ExpressionCompiler.compile(returning.expressions)
        types = returning.columns.map(\.type)
        inputTypes = table.types + [.integer]
    }

    /// A row's values after the change, and its id.
    func append(_ values: [Value], _ rowID: Int64) throws(Diagnostic) {
        let batch = Batch(rows: [values + [.integer(rowID)]], types: inputTypes)
        var row: [Value] = []
        for expression in expressions { row.append(try expression.evaluate(batch, context.evaluation)[0]) }
        rows.append(row)
    }

    func batch() -> Batch { Batch(rows: rows, types: types) }
}

/// The one-row results of statements that are not queries.
enum StatementRows {
    static func count(_ count: Int) -> Batch {
        Batch(columns: [Column(type: .integer, storage: .integers([Int64(count)]))], count: 1)
    }

    static func status(_ text: String) -> Batch { Batch(rows: [[.text(text)]], types: [.text]) }
}
