// ORDER BY, and its first rows only.

import MartletCore
import MartletExpressions
import MartletPlanning

/// A stable sort: equal rows keep the input's order.
final class SortOperator: Operator {
    private let context: ExecutionContext
    private let input: any Operator
    private let expressions: [CompiledExpression]
    private let keys: [SortKey]
    private let types: [DataType]
    private let count: Int?
    private let offset: Int
    private var sorted: Batch?
    private var position = 0

    init(
        _ context: ExecutionContext, _ input: any Operator, _ keys: [OrderKey], types: [DataType],
        count: BoundExpression? = nil, offset: BoundExpression? = nil
    ) throws(Diagnostic) {
        self.context = context
        self.input = input
        self.types = types
        expressions = try ExpressionCompiler.compile(keys.map(\.expression))
        self.keys = keys.enumerated().map { index, key in
            SortKey(column: types.count + index, isDescending: key.isDescending, nullsFirst: key.nullsFirst)
        }
        self.count = if let count { try context.count(count, "LIMIT") } else { nil }
        self.offset = if let offset { try context.count(offset, "OFFSET") ?? 0 } else { 0 }
    }

    func next() throws(Diagnostic) -> Batch? {
        if sorted == nil { sorted = try sort() }
        guard let sorted, position < sorted.count else { return nil }
        let end = min(position + Limits.rowsPerBatch, sorted.count)
        defer { position = end }
        return sorted.slice(position..<end)
    }

    private func sort() throws(Diagnostic) -> Batch {
        let limit = count.map { $0.addingReportingOverflow(offset) }.map { $0.overflow ? Int.max : $0.partialValue }
        var top = limit.flatMap { $0 <= Limits.topRows ? TopRows(limit: $0, by: keys) : nil }
        var buffer = RowBuffer(
            types: types + expressions.map(\.type), memoryLimitBytes: context.evaluation.memoryLimitBytes)
        while let batch = try input.next() {
            var columns = batch.columns
            for expression in expressions { columns.append(try expression.evaluate(batch, context.evaluation)) }
            let keyed = Batch(columns: columns, count: batch.count)
            if top != nil { top?.add(keyed) } else { try buffer.append(keyed) }
        }
        var all: Batch
        if top != nil {
            all = top?.finish() ?? Batch(columns: [], count: 0)
        } else {
            let rows = buffer.joined()
            all = rows.gather(RowOrdering.sorted(rows.columns, count: rows.count, by: keys))
        }
        if offset > 0 || all.count > (limit ?? .max) {
            all = all.slice(min(offset, all.count)..<min(limit ?? .max, all.count))
        }
        return Batch(columns: Array(all.columns.prefix(types.count)), count: all.count)
    }
}
