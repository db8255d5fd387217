// Joins on equal keys: the right input is hashed, the left one streams.

import MartletCore
import MartletExpressions
import MartletPlanning

/// Rows come out in the left input's order, and for one left row in the right input's order.
final class HashJoinOperator: Operator {
    private let context: ExecutionContext
    private let left: any Operator
    private let right: any Operator
    private let kind: Join.Kind
    private let leftKeys: [CompiledExpression]
    private let rightKeys: [CompiledExpression]
    private let residual: CompiledExpression?
    private let rightTypes: [DataType]
    private var rightRows: Batch?
    private var table: JoinTable?

    init(
        _ context: ExecutionContext, _ left: any Operator, _ right: any Operator, _ kind: Join.Kind,
        _ leftKeys: [BoundExpression], _ rightKeys: [BoundExpression], _ residual: BoundExpression?,
        leftTypes: [DataType], rightTypes: [DataType]
    ) throws(Diagnostic) {
        self.context = context
        self.left = left
        self.right = right
        self.kind = kind
        self.leftKeys = try ExpressionCompiler.compile(leftKeys)
        self.rightKeys = try ExpressionCompiler.compile(rightKeys)
        self.residual = if let residual { try ExpressionCompiler.compile(residual) } else { nil }
        self.rightTypes = rightTypes
    }

    private func build() throws(Diagnostic) {
        let table = JoinTable(
            keyTypes: rightKeys.map(\.type), memoryLimitBytes: context.evaluation.memoryLimitBytes)
        var buffer = RowBuffer(types: rightTypes, memoryLimitBytes: context.evaluation.memoryLimitBytes)
        while let batch = try right.next() {
            try table.add(try columns(rightKeys, batch), count: batch.count)
            try buffer.append(batch)
        }
        rightRows = buffer.joined()
        self.table = table
    }

    private func columns(_ keys: [CompiledExpression], _ batch: Batch) throws(Diagnostic) -> [Column] {
        var columns: [Column] = []
        for key in keys { columns.append(try key.evaluate(batch, context.evaluation)) }
        return columns
    }

    func next() throws(Diagnostic) -> Batch? {
        if rightRows == nil { try build() }
        guard let table, let rightRows else { return nil }
        while let batch = try left.next() {
            try context.cancellation.check()
            let (leftMatches, rightMatches) = try table.probe(try columns(leftKeys, batch), count: batch.count)
            let pairs = JoinPairs(left: leftMatches, right: rightMatches)
            let joined = try pairs.joined(
                batch, rightRows, residual: residual, keepingLeft: kind == .left, context.evaluation)
            if joined.count > 0 { return joined }
        }
        return nil
    }
}

/// Matching row numbers of two sides, and the rows that they make.
struct JoinPairs {
    /// Ascending.
    var left: [Int] = []
    var right: [Int] = []

    mutating func append(_ leftRow: Int, _ rightRow: Int) {
        left.append(leftRow)
        right.append(rightRow)
    }

    /// The pairs that pass the residual; with `keepingLeft`, left rows without any are kept with NULLs.
    func joined(
        _ leftRows: Batch, _ rightRows: Batch, residual: CompiledExpression?, keepingLeft: Bool,
        _ evaluation: EvaluationContext
    ) throws(Diagnostic) -> Batch {
        var both = Batch(
            columns: leftRows.gather(left).columns + rightRows.gather(right).columns, count: left.count)
        var kept = left
        var keptRight = right
        if let residual {
            let rows = try residual.select(both, evaluation)
            if rows.count < both.count {
                both = both.gather(rows)
                kept = rows.map { left[$0] }
                keptRight = rows.map { right[$0] }
            }
        }
        guard keepingLeft else { return both }
        // Left rows in order, those without a match with NULLs.
        var leftIndices: [Int] = []
        var rightIndices: [Int] = []
        var position = 0
        for row in 0..<leftRows.count {
            var found = false
            while position < kept.count, kept[position] == row {
                leftIndices.append(row)
                rightIndices.append(keptRight[position])
                position += 1
                found = true
            }
            if !found {
                leftIndices.append(row)
                rightIndices.append(-1)
            }
        }
        let columns = rightRows.columns.map { column in
            var builder = ColumnBuilder(type: column.type, reserving: rightIndices.count)
            for index in rightIndices { builder.append(index < 0 ? .null : column[index]) }
            return builder.finish()
        }
        return Batch(columns: leftRows.gather(leftIndices).columns + columns, count: leftIndices.count)
    }
}
