// A function in FROM that reads the row beside it.

import MartletCore
import MartletExpressions
import MartletPlanning

/// Each row of the input, in order, with each row that the function gives for it.
final class LateralOperator: Operator {
    private let context: ExecutionContext
    private let input: any Operator
    private let plan: TableFunctionPlan
    private let arguments: [CompiledExpression]
    private let isOuter: Bool
    private var batch: Batch?
    private var values: [Column] = []
    /// The row of `batch` that is looked at, and what is left of its function's rows.
    private var row = 0
    private var rows: TableFunctionRows?
    private var hasGiven = false

    init(
        _ context: ExecutionContext, _ input: any Operator, _ plan: TableFunctionPlan,
        _ arguments: [CompiledExpression], isOuter: Bool
    ) {
        self.context = context
        self.input = input
        self.plan = plan
        self.arguments = arguments
        self.isOuter = isOuter
    }

    /// The rows of the function for several rows of the input come together, up to a batch.
    func next() throws(Diagnostic) -> Batch? {
        try context.cancellation.check()
        while true {
            if batch == nil {
                guard let next = try input.next() else { return nil }
                batch = next
                row = 0
                values = []
                for argument in arguments { values.append(try argument.evaluate(next, context.evaluation)) }
            }
            guard let batch else { return nil }
            var places: [Int] = []
            var parts: [Batch] = []
            var count = 0
            while row < batch.count, count < Limits.rowsPerBatch {
                if rows == nil {
                    rows = try TableFunctionRows(plan, values.map { $0[row] }, context)
                    hasGiven = false
                }
                if let part = rows?.next() {
                    hasGiven = true
                    places += repeatElement(row, count: part.count)
                    parts.append(part)
                    count += part.count
                    continue
                }
                if isOuter, !hasGiven {
                    places.append(row)
                    parts.append(Batch(rows: [plan.columns.map { _ in .null }], types: plan.columns.map(\.type)))
                    count += 1
                }
                rows = nil
                row += 1
            }
            let left = batch
            if row == batch.count { self.batch = nil }
            if count == 0 { continue }
            let right = Batch(
                rows: parts.flatMap { part in (0..<part.count).map { part.row($0) } }, types: plan.columns.map(\.type))
            return Batch(columns: left.gather(places).columns + right.columns, count: count)
        }
    }
}
