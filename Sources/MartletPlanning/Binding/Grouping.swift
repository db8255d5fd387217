// Expressions of a grouped query: over the keys and the aggregates, not over the rows.

import MartletCore
import MartletExpressions
import MartletLanguage

final class Grouping {
    private let binder: Binder
    /// Binds the arguments of aggregates.
    private let input: ExpressionBinder
    private let keyNodes: [Expression]
    private let keys: [BoundExpression]
    private(set) var aggregates: [AggregateCall] = []
    private var aggregateNodes: [Expression] = []
    /// What is wrong with the columns that are neither keys nor aggregated, by provisional position.
    private var ungrouped: [Diagnostic] = []

    /// Behind every position of an input and of a window function.
    private static let firstUngrouped = 1 << 41

    init(binder: Binder, input: ExpressionBinder, keyNodes: [Expression], keys: [BoundExpression]) {
        self.binder = binder
        self.input = input
        self.keyNodes = keyNodes
        self.keys = keys
    }

    /// A key, an aggregate, or nil to look inside. A column that is neither is an error, unless `settled` finds that
    /// its value does not matter.
    func intercept(_ node: Expression) throws(Diagnostic) -> BoundExpression? {
        if let key = keyNodes.firstIndex(of: node) { return .column(key, keys[key].type, node.range) }
        switch node {
        case .column(let reference):
            if let known = aggregateNodes.firstIndex(of: node) { return column(known, node) }
            let bound = try input.bindColumn(reference)
            if case .outer = bound { return bound }
            if let key = keys.firstIndex(of: bound) { return .column(key, bound.type, node.range) }
            if binder.takesUngroupedColumns {
                let first = AggregateCall(
                    function: StandardAggregates.first, arguments: [bound], isDistinct: false, filter: nil,
                    type: bound.type, range: node.range)
                return append(first, node)
            }
            ungrouped.append(
                Diagnostic(
                    .notGrouped, "column '\(reference.column.name)' must be in GROUP BY or inside an aggregate",
                    at: reference.range))
            return .column(Self.firstUngrouped + ungrouped.count - 1, bound.type, node.range)
        case .call(let call)
        where binder.aggregates.contains(call.name.name) && !input.isScalarUse(call) && call.over == nil:
            return try bindAggregate(call, node)
        default: return nil
        }
    }

    /// The expression, without the columns in it that constants make superfluous, as in `coalesce(1, x)`.
    ///
    /// - Throws: `notGrouped` where such a column remains.
    func settled(_ expression: BoundExpression) throws(Diagnostic) -> BoundExpression {
        if ungrouped.isEmpty || !expression.columnsUsed.contains(where: { $0 >= Self.firstUngrouped }) {
            return expression
        }
        let folded = ConstantFolding.fold(expression)
        if let column = folded.columnsUsed.filter({ $0 >= Self.firstUngrouped }).min() {
            throw ungrouped[column - Self.firstUngrouped]
        }
        return folded
    }

    private func bindAggregate(_ call: FunctionCall, _ node: Expression) throws(Diagnostic) -> BoundExpression {
        if let known = aggregateNodes.firstIndex(of: node) { return column(known, node) }
        var arguments: [BoundExpression] = []
        for argument in call.arguments { arguments.append(try input.bind(argument)) }
        let filter = try call.filter.map { filter throws(Diagnostic) in try input.bindCondition(filter) }
        var order: [AggregateCall.Order] = []
        for term in call.orderBy {
            order.append(
                AggregateCall.Order(
                    expression: try input.bindKey(term.expression), isDescending: term.isDescending,
                    nullsFirst: term.nullsFirst ?? !term.isDescending))
        }
        if call.isDistinct, let first = order.first, order.count > 1 || !arguments.contains(first.expression) {
            throw Diagnostic(
                .misplaced, "with DISTINCT, ORDER BY can only use the aggregate's argument",
                at: first.expression.range)
        }
        var aggregate = try binder.aggregates.call(
            call.name.name, arguments, hasStar: call.hasStar, isDistinct: call.isDistinct, filter: filter,
            at: call.location.range)
        aggregate.order = order
        return append(aggregate, node)
    }

    /// Takes ungrouped columns from the row of the only min() or max(), if there is one, instead of from the first row.
    func followExtreme() {
        let extremes = aggregates.filter { ["min", "max"].contains($0.function.name) }
        guard extremes.count == 1, let extreme = extremes.first else { return }
        let function =
            extreme.function.name == "max" ? StandardAggregates.firstAtGreatest : StandardAggregates.firstAtLeast
        for index in aggregates.indices where aggregates[index].function === StandardAggregates.first {
            let column = aggregates[index]
            aggregates[index] = AggregateCall(
                function: function, arguments: column.arguments + extreme.arguments, isDistinct: false,
                filter: extreme.filter, type: column.type, range: column.range)
        }
    }

    private func append(_ aggregate: AggregateCall, _ node: Expression) -> BoundExpression {
        aggregates.append(aggregate)
        aggregateNodes.append(node)
        return column(aggregates.count - 1, node)
    }

    /// An aggregate, behind the keys.
    private func column(_ aggregate: Int, _ node: Expression) -> BoundExpression {
        .column(keys.count + aggregate, aggregates[aggregate].type, node.range)
    }
}
