// Joins on any condition: each left row meets every right row.

import MartletCore
import MartletExpressions
import MartletPlanning

final class NestedLoopJoinOperator: Operator {
    private let context: ExecutionContext
    private let left: any Operator
    private let right: any Operator
    private let kind: Join.Kind
    private let condition: CompiledExpression?
    private let rightTypes: [DataType]
    private var rightRows: Batch?
    private var leftRows: Batch?
    private var row = 0

    init(
        _ context: ExecutionContext, _ left: any Operator, _ right: any Operator, _ kind: Join.Kind,
        _ condition: BoundExpression?, rightTypes: [DataType]
    ) throws(Diagnostic) {
        self.context = context
        self.left = left
        self.right = right
        self.kind = kind
        self.condition = if let condition { try ExpressionCompiler.compile(condition) } else { nil }
        self.rightTypes = rightTypes
    }

    func next() throws(Diagnostic) -> Batch? {
        if rightRows == nil {
            var buffer = RowBuffer(types: rightTypes, memoryLimitBytes: context.evaluation.memoryLimitBytes)
            try buffer.appendAll(of: right)
            rightRows = buffer.joined()
        }
        guard let rightRows else { return nil }
        while true {
            try context.cancellation.check()
            if leftRows == nil || row == leftRows?.count {
                leftRows = try left.next()
                row = 0
                if leftRows == nil { return nil }
            }
            guard let batch = leftRows, row < batch.count else { continue }
            // As many left rows at once as make about one batch.
            let taken = max(1, min(batch.count - row, Limits.rowsPerBatch / max(1, rightRows.count)))
            let part = batch.slice(row..<row + taken)
            row += taken
            var pairs = JoinPairs()
            for leftRow in 0..<part.count {
                for rightRow in 0..<rightRows.count { pairs.append(leftRow, rightRow) }
            }
            let joined = try pairs.joined(
                part, rightRows, residual: condition, keepingLeft: kind == .left, context.evaluation)
            if joined.count > 0 { return joined }
        }
    }
}
