// An aggregate with ORDER BY inside: its rows are kept, and added in their order at the end.

import MartletCore
import MartletExpressions

final class OrderedAggregate {
    private let context: ExecutionContext
    private let filter: CompiledExpression?
    private let keys: [CompiledExpression]
    private let order: [AggregateCall.Order]
    private var buffer: RowBuffer
    private let inputTypes: [DataType]

    init(_ context: ExecutionContext, _ call: AggregateCall, inputTypes: [DataType]) throws(Diagnostic) {
        self.context = context
        self.inputTypes = inputTypes
        order = call.order
        keys = try ExpressionCompiler.compile(call.order.map(\.expression))
        filter = if let filter = call.filter { try ExpressionCompiler.compile(filter) } else { nil }
        buffer = RowBuffer(
            types: inputTypes + [.integer] + keys.map(\.type), memoryLimitBytes: context.evaluation.memoryLimitBytes)
    }

    /// Keeps the rows that pass FILTER, with their groups.
    func add(_ batch: Batch, groups: [Int32]?) throws(Diagnostic) {
        var part = batch
        var numbers = groups?.map { Int64($0) } ?? [Int64](repeating: 0, count: batch.count)
        if let filter {
            let rows = try filter.select(batch, context.evaluation)
            part = batch.gather(rows)
            numbers = rows.map { numbers[$0] }
        }
        var columns = part.columns
        columns.append(Column(type: .integer, storage: .integers(numbers)))
        for key in keys { columns.append(try key.evaluate(part, context.evaluation)) }
        try buffer.append(Batch(columns: columns, count: part.count))
    }

    /// Gives the rows to the aggregate; equal rows in the order in which they came.
    func finish(
        _ aggregate: CompiledAggregate, _ state: any AggregateState, isGrouped: Bool, groupCount: Int
    ) throws(Diagnostic) {
        let rows = buffer.joined()
        let sorted = RowOrdering.sorted(
            rows.columns, count: rows.count,
            by: order.enumerated().map { index, key in
                SortKey(
                    column: inputTypes.count + 1 + index, isDescending: key.isDescending, nullsFirst: key.nullsFirst)
            })
        let all = rows.gather(sorted)
        var start = 0
        while start < all.count {
            try context.cancellation.check()
            let end = min(start + Limits.rowsPerBatch, all.count)
            let part = all.slice(start..<end)
            start = end
            guard case .integers(let numbers) = part.columns[inputTypes.count].storage else { continue }
            try aggregate.update(
                state, Batch(columns: Array(part.columns.prefix(inputTypes.count)), count: part.count),
                groups: isGrouped ? numbers.map { Int32(truncatingIfNeeded: $0) } : nil, groupCount: groupCount,
                context.evaluation)
        }
    }
}
