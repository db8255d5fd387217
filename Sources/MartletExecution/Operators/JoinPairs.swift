// The pairs of rows that a join finds.

import MartletCore
import MartletExpressions

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
        try joinedRows(leftRows, rightRows, residual: residual, keepingLeft: keepingLeft, evaluation).rows
    }

    /// As `joined`, with the left row of each.
    func joinedRows(
        _ leftRows: Batch, _ rightRows: Batch, residual: CompiledExpression?, keepingLeft: Bool,
        _ evaluation: EvaluationContext
    ) throws(Diagnostic) -> (rows: Batch, left: [Int]) {
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
        guard keepingLeft else { return (both, kept) }
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
        return (
            Batch(columns: leftRows.gather(leftIndices).columns + columns, count: leftIndices.count), leftIndices
        )
    }
}
