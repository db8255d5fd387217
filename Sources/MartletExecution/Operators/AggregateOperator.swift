// GROUP BY and aggregates, by hashing.

import MartletCore
import MartletExpressions

/// Groups come out in the order in which they were first seen, so results do not depend on hashing.
final class AggregateOperator: Operator {
    private let context: ExecutionContext
    private let input: any Operator
    private let aggregation: Aggregation
    /// For the aggregates with ORDER BY.
    private let ordered: [OrderedAggregate?]
    private var isDone = false

    init(
        _ context: ExecutionContext, _ input: any Operator, keys: [BoundExpression], _ aggregates: [AggregateCall],
        inputTypes: [DataType]
    ) throws(Diagnostic) {
        self.context = context
        self.input = input
        aggregation = try Aggregation(keys: keys, aggregates)
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
        let state = AggregationState(aggregation, context.evaluation)
        while let batch = try input.next() { try state.add(batch, ordered: ordered) }
        return try state.finish(ordered: ordered)
    }
}
