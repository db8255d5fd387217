// VALUES of one row, for many rows of parameters.

import MartletCore
import MartletExpressions

/// Evaluates the row's expressions over the parameters as over the columns of a table: once a batch, not once a row.
final class ParameterRowsOperator: Operator {
    private let context: ExecutionContext
    private let expressions: [CompiledExpression]
    private var parameters: Batch?

    init(_ context: ExecutionContext, _ row: [BoundExpression], _ parameters: Batch) throws(Diagnostic) {
        self.context = context
        self.parameters = parameters
        var expressions: [CompiledExpression] = []
        for cell in row {
            let overColumns = cell.rewrite { (node: BoundExpression) -> BoundExpression in
                guard case .parameter(let index, let type, let range) = node, index < parameters.columns.count else {
                    return node
                }
                let given = parameters.columns[index].type
                if given == .null { return .constant(.null, type, range) }
                let column = BoundExpression.column(index, given, range)
                return given == type ? column : .cast(column, type, range)
            }
            expressions.append(try ExpressionCompiler.compile(overColumns))
        }
        self.expressions = expressions
    }

    func next() throws(Diagnostic) -> Batch? {
        guard let parameters else { return nil }
        self.parameters = nil
        var columns: [Column] = []
        for expression in expressions { columns.append(try expression.evaluate(parameters, context.evaluation)) }
        return Batch(columns: columns, count: parameters.count)
    }
}
