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

/// Gives some columns of its input, in an order of their own.
final class ColumnsOperator: Operator {
    private let input: any Operator
    private let positions: [Int]

    /// nil if an expression is more than a column.
    init?(_ input: any Operator, _ expressions: [BoundExpression]) {
        var positions: [Int] = []
        positions.reserveCapacity(expressions.count)
        for expression in expressions {
            guard case .column(let position, _, _) = expression else { return nil }
            positions.append(position)
        }
        self.input = input
        self.positions = positions
    }

    func next() throws(Diagnostic) -> Batch? {
        guard let batch = try input.next() else { return nil }
        return Batch(columns: positions.map { batch.columns[$0] }, count: batch.count)
    }
}
