// Aggregate functions: signatures, and the interface of their states.

package import MartletCore

/// One aggregate function: how it types its arguments and how it starts.
package final class AggregateFunction: Sendable {
    package let name: String
    /// Least and most arguments; `count(*)` is `count` without any.
    package let argumentCounts: ClosedRange<Int>
    package let summary: String
    package let signature: String
    /// Coerces the arguments and gives the result's type.
    let bind:
        @Sendable ([BoundExpression], SourceRange) throws(Diagnostic) -> (arguments: [BoundExpression], type: DataType)
    let makeState: @Sendable (_ argumentTypes: [DataType], _ memoryLimitBytes: Int) -> any AggregateState

    package init(
        _ name: String, arguments argumentCounts: ClosedRange<Int>, signature: String, summary: String,
        bind:
            @escaping @Sendable ([BoundExpression], SourceRange) throws(Diagnostic) -> (
                arguments: [BoundExpression], type: DataType
            ),
        makeState: @escaping @Sendable (_ argumentTypes: [DataType], _ memoryLimitBytes: Int) -> any AggregateState
    ) {
        self.name = name
        self.argumentCounts = argumentCounts
        self.signature = signature
        self.summary = summary
        self.bind = bind
        self.makeState = makeState
    }
}

/// The running state of one aggregate for all groups.
///
/// Sums of REAL add in the order of rows. For results that do not depend on the number of threads, cut the input into
/// chunks of fixed size, give each chunk a fresh state, and merge the states in the order of the chunks — also when
/// only one thread runs.
package protocol AggregateState: AnyObject {
    /// Adds `count` rows. `groups[i]` is the group of row `i`, below `groupCount`; nil puts every row into group 0.
    func update(
        groups: [Int32]?, groupCount: Int, arguments: [Column], count: Int
    ) throws(Diagnostic)

    /// Adds another state of the same aggregate; its group `g` is this one's group `groupMap[g]`.
    func merge(_ other: any AggregateState, groupMap: [Int32], groupCount: Int) throws(Diagnostic)

    /// One value per group. Groups that no row reached give the aggregate's value for no rows.
    func finish(groupCount: Int) throws(Diagnostic) -> Column
}

/// A call of an aggregate in a query, bound: what GROUP BY evaluates beside its keys.
package struct AggregateCall: Hashable, Sendable {
    package let function: AggregateFunction
    /// Empty for `count(*)`.
    package var arguments: [BoundExpression]
    package var isDistinct: Bool
    package var filter: BoundExpression?
    /// `group_concat(x ORDER BY y)`: the order in which a group's rows are added.
    package var order: [Order] = []
    package let type: DataType
    package let range: SourceRange

    package init(
        function: AggregateFunction, arguments: [BoundExpression], isDistinct: Bool, filter: BoundExpression?,
        type: DataType, range: SourceRange
    ) {
        self.function = function
        self.arguments = arguments
        self.isDistinct = isDistinct
        self.filter = filter
        self.type = type
        self.range = range
    }

    package static func == (left: AggregateCall, right: AggregateCall) -> Bool {
        left.function === right.function && left.arguments == right.arguments && left.isDistinct == right.isDistinct
            && left.filter == right.filter && left.order == right.order
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(ObjectIdentifier(function))
        hasher.combine(arguments)
        hasher.combine(isDistinct)
    }

    package struct Order: Hashable, Sendable {
        package var expression: BoundExpression
        package var isDescending: Bool
        package var nullsFirst: Bool

        package init(expression: BoundExpression, isDescending: Bool, nullsFirst: Bool) {
            self.expression = expression
            self.isDescending = isDescending
            self.nullsFirst = nullsFirst
        }
    }

    /// A fresh state, with DISTINCT inside it; FILTER is `CompiledAggregate`'s business.
    package func makeState(memoryLimitBytes: Int) -> any AggregateState {
        let types = arguments.map(\.type)
        let inner = function.makeState(types, memoryLimitBytes)
        return isDistinct && !types.isEmpty
            ? DistinctState(inner, argumentTypes: types, memoryLimitBytes: memoryLimitBytes) : inner
    }

    /// SQL-like text for EXPLAIN.
    package func description(columnNames: [String]) -> String {
        let list = arguments.map { $0.description(columnNames: columnNames) }.joined(separator: ", ")
        var text = "\(function.name)(\(isDistinct ? "DISTINCT " : "")\(arguments.isEmpty ? "*" : list)"
        if !order.isEmpty {
            let keys = order.map {
                $0.expression.description(columnNames: columnNames) + ($0.isDescending ? " DESC" : "")
            }
            text += " ORDER BY \(keys.joined(separator: ", "))"
        }
        text += ")"
        if let filter { text += " FILTER (WHERE \(filter.description(columnNames: columnNames)))" }
        return text
    }
}

/// An aggregate call with its expressions compiled. Shareable; the states belong to their threads.
package final class CompiledAggregate: Sendable {
    package let call: AggregateCall
    private let arguments: [CompiledExpression]
    private let filter: CompiledExpression?

    package init(_ call: AggregateCall) throws(Diagnostic) {
        self.call = call
        arguments = try ExpressionCompiler.compile(call.arguments)
        filter = if let filter = call.filter { try ExpressionCompiler.compile(filter) } else { nil }
    }

    /// A state for one chunk of the input.
    package func makeState(_ context: EvaluationContext) -> any AggregateState {
        call.makeState(memoryLimitBytes: context.memoryLimitBytes)
    }

    /// Adds the rows of `batch` to `state`; `groups` as in `AggregateState.update`.
    package func update(
        _ state: any AggregateState, _ batch: Batch, groups: [Int32]?, groupCount: Int, _ context: EvaluationContext
    ) throws(Diagnostic) {
        do {
            if let filter {
                let rows = try filter.select(batch, context)
                if rows.count < batch.count {
                    if rows.isEmpty { return }
                    let part = batch.gather(rows)
                    let partGroups = groups.map { groups in rows.map { groups[$0] } }
                    try state.update(
                        groups: partGroups, groupCount: groupCount, arguments: try columns(part, context),
                        count: part.count)
                    return
                }
            }
            try state.update(
                groups: groups, groupCount: groupCount, arguments: try columns(batch, context), count: batch.count)
        } catch {
            throw error.located(at: call.range)
        }
    }

    private func columns(_ batch: Batch, _ context: EvaluationContext) throws(Diagnostic) -> [Column] {
        var columns: [Column] = []
        for argument in arguments { columns.append(try argument.evaluate(batch, context)) }
        return columns
    }
}
