// Rows written in the statement.

import MartletCore
import MartletExpressions

final class ValuesOperator: Operator {
    private enum Cell {
        case direct(DirectValue)
        case computed(CompiledExpression)
    }

    private let context: ExecutionContext
    private let rows: [[Cell]]
    private let types: [DataType]
    private var position = 0

    init(_ context: ExecutionContext, _ rows: [[BoundExpression]], types: [DataType]) throws(Diagnostic) {
        self.context = context
        self.types = types
        var cells: [[Cell]] = []
        cells.reserveCapacity(rows.count)
        for row in rows {
            var line: [Cell] = []
            line.reserveCapacity(row.count)
            for cell in row {
                if let direct = DirectValue(cell) {
                    line.append(.direct(direct))
                } else {
                    line.append(.computed(try ExpressionCompiler.compile(cell)))
                }
            }
            cells.append(line)
        }
        self.rows = cells
    }

    func next() throws(Diagnostic) -> Batch? {
        if position == rows.count { return nil }
        try context.cancellation.check()
        let end = min(position + Limits.rowsPerBatch, rows.count)
        var builders = types.map { ColumnBuilder(type: $0, reserving: end - position) }
        for row in position..<end {
            for column in types.indices {
                switch rows[row][column] {
                case .direct(let value): builders[column].append(try value.value(context.evaluation.parameters))
                case .computed(let expression): builders[column].append(try expression.value(context.evaluation))
                }
            }
        }
        let count = end - position
        position = end
        return Batch(columns: builders.map { $0.finish() }, count: count)
    }
}
