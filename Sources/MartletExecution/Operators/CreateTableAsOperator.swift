// CREATE TABLE … AS SELECT.

import MartletCatalog
import MartletCore
import MartletPlanning

/// Makes the table, fills it, and gives one row with the number of its rows.
final class CreateTableAsOperator: Operator {
    private let context: ExecutionContext
    private let input: any Operator
    private let plan: CreateTableAsPlan
    private var isDone = false

    init(_ context: ExecutionContext, _ input: any Operator, _ plan: CreateTableAsPlan) {
        self.context = context
        self.input = input
        self.plan = plan
    }

    func next() throws(Diagnostic) -> Batch? {
        if isDone { return nil }
        isDone = true
        let table = try TableCommands.create(plan.table, uniques: [], context)
        let writer = try TableWriter(context, WriteTarget(table: table, indexes: [], checks: []))
        var count = 0
        // The query cannot read the new table, so it may go on while rows are written.
        while let batch = try input.next() {
            try context.cancellation.check()
            let rows = try writer.completed(batch)
            for row in 0..<rows.count { try writer.insert(rows, row: row) }
            count += rows.count
        }
        try writer.finish()
        return StatementRows.count(count)
    }
}
