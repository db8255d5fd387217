// GROUP BY and aggregates, by hashing.

import MartletCore
import MartletExpressions

/// Groups come out in the order in which they were first seen, so results do not depend on hashing.
final class AggregateOperator: Operator {
    private let context: ExecutionContext
    private let input: any Operator
    private let keys: [CompiledExpression]
    private let aggregates: [CompiledAggregate]
    /// For the aggregates with ORDER BY.
    private let ordered: [OrderedAggregate?]
    private let ranges: [SourceRange]
    private var isDone = false

    init(
        _ context: ExecutionContext, _ input: any Operator, keys: [BoundExpression], _ aggregates: [AggregateCall],
        inputTypes: [DataType]
    ) throws(Diagnostic) {
        self.context = context
        self.input = input
        self.keys = try ExpressionCompiler.compile(keys)
        var compiled: [CompiledAggregate] = []
        for aggregate in aggregates { compiled.append(try CompiledAggregate(aggregate)) }
        self.aggregates = compiled
        ranges = aggregates.map(\.range)
        var ordered: [OrderedAggregate?] = []
        for aggregate in aggregates {
            ordered.append(
                aggregate.order.isEmpty ? nil : try OrderedAggregate(context, aggregate, inputTypes: inputTypes))
        }
        self.ordered = ordered
    }

    func next() throws(Diagnostic) -> Batch? {
        if isDone { return nil }
        isDone = true
        let evaluation = context.evaluation
        let states = aggregates.map { $0.makeState(evaluation) }
        let table =
            keys.isEmpty
            ? nil : GroupTable(keyTypes: keys.map(\.type), memoryLimitBytes: evaluation.memoryLimitBytes)
        while let batch = try input.next() {
            var groups: [Int32]?
            if let table {
                var columns: [Column] = []
                for key in keys { columns.append(try key.evaluate(batch, evaluation)) }
                groups = try table.assign(columns, count: batch.count)
            }
            for (index, (aggregate, state)) in zip(aggregates, states).enumerated() {
                if let rows = ordered[index] {
                    try rows.add(batch, groups: groups)
                    continue
                }
                try aggregate.update(state, batch, groups: groups, groupCount: table?.groupCount ?? 1, evaluation)
            }
        }
        let groupCount = table?.groupCount ?? 1
        if groupCount == 0 { return nil }
        for (index, rows) in ordered.enumerated() {
            try rows?.finish(aggregates[index], states[index], isGrouped: table != nil, groupCount: groupCount)
        }
        var columns = table?.keyColumns() ?? []
        for (state, range) in zip(states, ranges) {
            do throws(Diagnostic) {
                columns.append(try state.finish(groupCount: groupCount))
            } catch {
                throw error.located(at: range)
            }
        }
        return Batch(columns: columns, count: groupCount)
    }
}
