// DELETE.

import MartletCatalog
import MartletCore
import MartletPlanning

/// Gives the RETURNING rows, or one row with the number of rows removed.
final class DeleteOperator: Operator {
    private let context: ExecutionContext
    private let input: any Operator
    private let plan: DeletePlan
    private let returning: ReturningRows?
    private var isDone = false

    init(_ context: ExecutionContext, _ input: any Operator, _ plan: DeletePlan) throws(Diagnostic) {
        self.context = context
        self.input = input
        self.plan = plan
        returning =
            if let returning = plan.returning { try ReturningRows(context, returning, plan.target.table) } else { nil }
    }

    func next() throws(Diagnostic) -> Batch? {
        if isDone { return nil }
        isDone = true
        let writer = try TableWriter(context, plan.target)
        let columnCount = writer.table.columns.count
        var batches: [Batch] = []
        while let batch = try input.next() { batches.append(batch) }
        var count = 0
        for batch in batches {
            try context.cancellation.check()
            for row in 0..<batch.count {
                guard case .integer(let rowID) = batch.columns[columnCount][row] else { continue }
                let values = Array(batch.row(row)[..<columnCount])
                try writer.delete(values, rowID: rowID)
                try returning?.append(values, rowID)
                count += 1
            }
        }
        do throws(Diagnostic) {
            try writer.finish()
        } catch {
            throw writer.located(error, plan.target)
        }
        if count > 0, plan.target.table.id == SystemTable.feedback.id {
            try FeedbackStore.noteDeletion(try context.writable())
        }
        return returning?.batch() ?? StatementRows.count(count)
    }
}
