// Keeps the rows for which a condition is TRUE.

import MartletCore
import MartletExpressions

final class FilterOperator: Operator {
    private let context: ExecutionContext
    private let input: any Operator
    private let condition: CompiledExpression

    init(_ context: ExecutionContext, _ input: any Operator, _ condition: CompiledExpression) {
        self.context = context
        self.input = input
        self.condition = condition
    }

    func next() throws(Diagnostic) -> Batch? {
        while let batch = try input.next() {
            let rows = try condition.select(batch, context.evaluation)
            if rows.count == batch.count { return batch }
            if !rows.isEmpty { return batch.gather(rows) }
        }
        return nil
    }
}
