// UPDATE.

import MartletCatalog
import MartletCore
import MartletExpressions
import MartletPlanning

/// Gives the RETURNING rows, or one row with the number of rows changed.
final class UpdateOperator: Operator {
    private struct Change {
        var old: [Value]
        var oldRowID: Int64
        var new: [Value]
        var newRowID: Int64
    }

    private let context: ExecutionContext
    private let input: any Operator
    private let plan: UpdatePlan
    private let assignments: [(column: Int, value: CompiledExpression)]
    private let returning: ReturningRows?
    private var isDone = false

    init(_ context: ExecutionContext, _ input: any Operator, _ plan: UpdatePlan) throws(Diagnostic) {
        self.context = context
        self.input = input
        self.plan = plan
        var assignments: [(column: Int, value: CompiledExpression)] = []
        for (column, value) in plan.assignments { assignments.append((column, try ExpressionCompiler.compile(value))) }
        self.assignments = assignments
        returning =
            if let returning = plan.returning { try ReturningRows(context, returning, plan.target.table) } else { nil }
    }

    func next() throws(Diagnostic) -> Batch? {
        if isDone { return nil }
        isDone = true
        let writer = try TableWriter(context, plan.target)
        do throws(Diagnostic) {
            return try update(writer)
        } catch {
            throw writer.located(error, plan)
        }
    }

    private func update(_ writer: TableWriter) throws(Diagnostic) -> Batch {
        let columnCount = writer.table.columns.count
        var changes: [Change] = []
        // Read whole first: a changed row must not be met again.
        var met: Set<Int64> = []
        while var batch = try input.next() {
            if plan.isJoined { batch = firstMatches(batch, columnCount, &met) }
            var columns = Array(batch.columns[..<columnCount])
            for (column, value) in assignments { columns[column] = try value.evaluate(batch, context.evaluation) }
            let updated = Batch(columns: columns, count: batch.count)
            try writer.check(updated)
            for row in 0..<batch.count {
                guard case .integer(let rowID) = batch.columns[columnCount][row] else { continue }
                let new = updated.row(row)
                changes.append(
                    Change(
                        old: Array(batch.row(row)[..<columnCount]), oldRowID: rowID, new: new,
                        newRowID: writer.rowID(of: new, current: rowID)))
            }
        }
        if plan.conflict != .fail { return try resolve(changes, writer) }
        for change in changes {
            try writer.beginReplace(change.old, change.oldRowID, with: change.new, change.newRowID)
        }
        for (number, change) in changes.enumerated() {
            if number % Limits.rowsPerBatch == 0 { try context.cancellation.check() }
            try writer.endReplace(change.old, change.oldRowID, with: change.new, change.newRowID)
            try returning?.append(change.new, change.newRowID)
        }
        try writer.finish()
        return returning?.batch() ?? StatementRows.count(changes.count)
    }

    /// Row by row: a row that is in another one's way is removed, or the other one stays as it is.
    private func resolve(_ changes: [Change], _ writer: TableWriter) throws(Diagnostic) -> Batch {
        var removed: Set<Int64> = []
        var count = 0
        for (number, change) in changes.enumerated() where !removed.contains(change.oldRowID) {
            if number % Limits.rowsPerBatch == 0 { try context.cancellation.check() }
            var isFree = true
            while let other = try writer.conflict(
                change.new, rowID: change.newRowID, columns: nil, replacing: change.oldRowID)
            {
                guard plan.conflict == .replace else {
                    isFree = false
                    break
                }
                try writer.delete(try writer.row(other), rowID: other)
                removed.insert(other)
            }
            guard isFree else { continue }
            try writer.beginReplace(change.old, change.oldRowID, with: change.new, change.newRowID)
            try writer.endReplace(change.old, change.oldRowID, with: change.new, change.newRowID)
            count += 1
            try returning?.append(change.new, change.newRowID)
        }
        try writer.finish()
        return returning?.batch() ?? StatementRows.count(count)
    }

    /// The rows whose row id was not met before.
    private func firstMatches(_ batch: Batch, _ rowIDColumn: Int, _ met: inout Set<Int64>) -> Batch {
        guard case .integers(let rowIDs) = batch.columns[rowIDColumn].storage else { return batch }
        return batch.gather(rowIDs.indices.filter { met.insert(rowIDs[$0]).inserted })
    }
}
