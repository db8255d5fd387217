// A compiled expression: a tree of nodes, each of which computes whole batches.

package import MartletCore

/// An expression ready to run. Immutable and shareable; state lives in the `EvaluationContext`.
package final class CompiledExpression: Sendable {
    package let type: DataType
    package let range: SourceRange
    let root: Node

    init(root: Node, type: DataType, range: SourceRange) {
        self.root = root
        self.type = type
        self.range = range
    }

    /// The input columns that it reads.
    package var columnsUsed: Set<Int> { root.columnsUsed }

    /// The value for each row of `batch`.
    ///
    /// - Throws: errors of the expression, for rows that it is evaluated for, with the range of the part that failed.
    package func evaluate(_ batch: Batch, _ context: EvaluationContext) throws(Diagnostic) -> Column {
        var column = try root.evaluate(batch, context).column(count: batch.count)
        if column.type != type, case .nulls = column.storage { column.type = type }
        return column
    }

    /// As `evaluate`, but a value that is the same for all rows stays single.
    package func evaluateOperand(_ batch: Batch, _ context: EvaluationContext) throws(Diagnostic) -> Operand {
        try root.evaluate(batch, context)
    }

    /// The rows for which a condition is TRUE, ascending. Cheaper than `evaluate`.
    package func select(_ batch: Batch, _ context: EvaluationContext) throws(Diagnostic) -> [Int] {
        try root.select(batch, context, among: nil)
    }

    /// The value of an expression that reads no column.
    package func value(_ context: EvaluationContext) throws(Diagnostic) -> Value {
        try root.evaluate(Batch(columns: [], count: 1), context).value(at: 0)
    }
}

/// A node of a compiled expression.
///
/// `@unchecked Sendable`: nodes are immutable after compilation; what varies is in the batch and the context.
class Node: @unchecked Sendable {
    /// Input columns that this node and its parts read.
    let columnsUsed: Set<Int>
    /// Whether evaluation can throw or is observable (random), so that rows that do not need it must be left out.
    let mustNotOvershoot: Bool

    init(columnsUsed: Set<Int>, mustNotOvershoot: Bool) {
        self.columnsUsed = columnsUsed
        self.mustNotOvershoot = mustNotOvershoot
    }

    func evaluate(_ batch: Batch, _ context: EvaluationContext) throws(Diagnostic) -> Operand {
        preconditionFailure("a node without an implementation")
    }

    /// The rows (among `rows`, or all) for which this BOOLEAN node is TRUE.
    func select(_ batch: Batch, _ context: EvaluationContext, among rows: [Int]?) throws(Diagnostic) -> [Int] {
        if let rows {
            if rows.isEmpty { return [] }
            if mustNotOvershoot || rows.count * 4 < batch.count {
                let operand = try evaluate(restrict(batch, to: rows), context)
                return select(where: operand, count: rows.count, among: nil).map { rows[$0] }
            }
        }
        return select(where: try evaluate(batch, context), count: batch.count, among: rows)
    }

    private func select(where operand: Operand, count: Int, among rows: [Int]?) -> [Int] {
        switch operand.booleans {
        case .null: return []
        case .single(let flag): return flag ? rows ?? Array(0..<count) : []
        case .values(let flags, let nulls):
            return flags.withUnsafeBufferPointer { flags in
                selectRows(count: count, among: rows, nulls: nulls) { flags[$0] }
            }
        }
    }

    /// The given rows of the columns that this node reads; the others are left as NULLs.
    final func restrict(_ batch: Batch, to rows: [Int]) -> Batch {
        var columns: [Column] = []
        columns.reserveCapacity(batch.columns.count)
        for (index, column) in batch.columns.enumerated() {
            columns.append(
                columnsUsed.contains(index)
                    ? column.gather(rows) : Column(type: column.type, storage: .nulls(count: rows.count)))
        }
        return Batch(columns: columns, count: rows.count)
    }
}
