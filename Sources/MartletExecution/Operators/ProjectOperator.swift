// Computes columns from columns.

import MartletCore
import MartletExpressions

final class ProjectOperator: Operator {
    private let context: ExecutionContext
    private let input: any Operator
    private let expressions: [CompiledExpression]

    init(_ context: ExecutionContext, _ input: any Operator, _ expressions: [CompiledExpression]) {
        self.context = context
        self.input = input
        self.expressions = expressions
    }

    func next() throws(Diagnostic) -> Batch? {
        guard let batch = try input.next() else { return nil }
        var columns: [Column] = []
        columns.reserveCapacity(expressions.count)
        for expression in expressions { columns.append(try expression.evaluate(batch, context.evaluation)) }
        return Batch(columns: columns, count: batch.count)
    }
}
