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
    /// Rows that may still come, and those to leave out before them.
    private var remaining: Int
    private var toSkip: Int
    private var sorted: ExternalSort?

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
        remaining = if let count { try context.count(count, "LIMIT") ?? .max } else { .max }
        toSkip = if let offset { try context.count(offset, "OFFSET") ?? 0 } else { 0 }
    }

    func next() throws(Diagnostic) -> Batch? {
        let sorted = if let sorted { sorted } else { try sort() }
        self.sorted = sorted
        while remaining > 0, let batch = try sorted.next() {
            let skipped = min(toSkip, batch.count)
            let count = min(batch.count - skipped, remaining)
            toSkip -= skipped
            remaining -= count
            if count == 0 { continue }
            let rows = batch.slice(skipped..<skipped + count)
            return Batch(columns: Array(rows.columns.prefix(types.count)), count: count)
        }
        return nil
    }

    private func sort() throws(Diagnostic) -> ExternalSort {
        let all = ExternalSort(context, types: types + expressions.map(\.type), by: keys)
        let (limit, overflow) = remaining.addingReportingOverflow(toSkip)
        var top = !overflow && limit <= Limits.topRows ? TopRows(limit: limit, by: keys) : nil
        while let batch = try input.next() {
            var columns = batch.columns
            for expression in expressions { columns.append(try expression.evaluate(batch, context.evaluation)) }
            let keyed = Batch(columns: columns, count: batch.count)
            if top == nil {
                try all.add(keyed)
                continue
            }
            top?.add(keyed)
            if all.isTooLarge(top?.batches ?? []) { top?.prune() }
            if let kept = top?.batches, all.isTooLarge(kept) {
                // The first rows alone are too many: they go the way of all.
                for batch in kept { try all.add(batch) }
                top = nil
            }
        }
        if let first = top?.finish() { all.give(first) }
        return all
    }
}
