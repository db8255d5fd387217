// GROUP BY and aggregates, by hashing.

import MartletCore
import MartletExpressions

/// Groups come out in the order in which they were first seen, so results do not depend on hashing.
final class AggregateOperator: Operator {
    private let context: ExecutionContext
    private let input: any Operator
    private let aggregation: Aggregation
    private let inputTypes: [DataType]
    /// For the aggregates with ORDER BY.
    private let ordered: [OrderedAggregate?]
    private var spilled: SpilledGroups?
    private var isDone = false

    init(
        _ context: ExecutionContext, _ input: any Operator, _ aggregation: Aggregation, inputTypes: [DataType]
    ) throws(Diagnostic) {
        self.context = context
        self.input = input
        self.aggregation = aggregation
        self.inputTypes = inputTypes
        var ordered: [OrderedAggregate?] = []
        for aggregate in aggregation.aggregates {
            ordered.append(
                aggregate.call.order.isEmpty
                    ? nil : try OrderedAggregate(context, aggregate.call, inputTypes: inputTypes))
        }
        self.ordered = ordered
    }

    func next() throws(Diagnostic) -> Batch? {
        if isDone { return try spilled?.next() }
        isDone = true
        let state = AggregationState(aggregation, context.evaluation)
        // Rows that an aggregate puts in order are kept in memory.
        let canSpill = ordered.allSatisfy { $0 == nil }
        var count: Int64 = 0
        while let batch = try input.next() {
            if let spilled {
                let keys = try aggregation.keyColumns(batch, context.evaluation)
                try spilled.add(batch, keys: keys, rows: try state.addKnown(batch, keys: keys), from: count)
            } else {
                try state.add(batch, ordered: ordered)
                if canSpill, state.isTooLarge {
                    spilled = try SpilledGroups(context, aggregation, inputTypes: inputTypes)
                }
            }
            count += Int64(batch.count)
        }
        return try state.finish(ordered: ordered)
    }
}
