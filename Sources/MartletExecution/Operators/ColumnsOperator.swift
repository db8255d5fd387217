// Gives columns as they are.

import MartletCore
import MartletExpressions

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
