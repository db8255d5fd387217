// Rows written in the statement.

import MartletCore
import MartletExpressions

final class ValuesOperator: Operator {
    private let context: ExecutionContext
    private let rows: [[CompiledExpression?]]
    /// Constants, taken as they are.
    private let constants: [[Value]]
    private let types: [DataType]
    private var position = 0

    init(_ context: ExecutionContext, _ rows: [[BoundExpression]], types: [DataType]) throws(Diagnostic) {
        self.context = context
        self.types = types
        var compiled: [[CompiledExpression?]] = []
        var constants: [[Value]] = []
        compiled.reserveCapacity(rows.count)
        constants.reserveCapacity(rows.count)
        for row in rows {
            var expressions: [CompiledExpression?] = []
            var values: [Value] = []
            for cell in row {
                expressions.append(cell.constantValue == nil ? try ExpressionCompiler.compile(cell) : nil)
                values.append(cell.constantValue ?? .null)
            }
            compiled.append(expressions)
            constants.append(values)
        }
        self.rows = compiled
        self.constants = constants
    }

    func next() throws(Diagnostic) -> Batch? {
        if position == rows.count { return nil }
        try context.cancellation.check()
        let end = min(position + Limits.rowsPerBatch, rows.count)
        var builders = types.map { ColumnBuilder(type: $0, reserving: end - position) }
        for row in position..<end {
            for column in types.indices {
                if let expression = rows[row][column] {
                    builders[column].append(try expression.value(context.evaluation))
                } else {
                    builders[column].append(constants[row][column])
                }
            }
        }
        let count = end - position
        position = end
        return Batch(columns: builders.map { $0.finish() }, count: count)
    }
}
