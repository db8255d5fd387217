// Binds the window functions of one SELECT and puts them below its select list.

import MartletCore
import MartletExpressions
import MartletLanguage

/// Gathers the calls while the select list and ORDER BY are bound. What they are computed over, the rows or the groups,
/// is complete only afterwards, so that their columns get provisional positions first.
final class WindowCollector {
    /// Provisional positions start here, above every position of an input.
    private static let firstPosition = 1 << 40

    private struct Group {
        var partition: [BoundExpression]
        var order: [OrderKey]
        var calls: [Int]
    }

    let binder: Binder
    /// Of the WINDOW clause; each may go on from those before it.
    private let definitions: [NamedWindow]
    private var calls: [WindowCall] = []
    private var groups: [Group] = []

    init(_ binder: Binder, _ definitions: [NamedWindow]) throws(Diagnostic) {
        self.binder = binder
        self.definitions = definitions
        // Each may go on from the one before it.
        if definitions.count > Limits.nestingDepth {
            throw Diagnostic(
                .limitExceeded, "a SELECT has at most \(Limits.nestingDepth) named windows",
                at: definitions[Limits.nestingDepth].name.range)
        }
        for (index, definition) in definitions.enumerated() {
            if definitions[..<index].contains(where: { $0.name.name.matches(definition.name.name) }) {
                throw Diagnostic(
                    .duplicateName, "window '\(definition.name.name)' is defined twice", at: definition.name.range)
            }
            // Also those that nothing uses must be right.
            _ = try resolved(definition.window, among: definitions[..<index])
        }
    }

    /// The window with the parts of those that it goes on from.
    private func resolved(
        _ window: Window, among known: ArraySlice<NamedWindow>
    ) throws(Diagnostic) -> Window {
        guard let base = window.base else { return window }
        guard let index = known.firstIndex(where: { $0.name.name.matches(base.name) }) else {
            throw Diagnostic(
                .unknownObject, "unknown window '\(base.name)'", at: base.range,
                hint: Suggestion.hint(for: base.name, among: known.map(\.name.name))
                    ?? "define it: WINDOW \(base.name) AS (…)")
        }
        let inner = try resolved(known[index].window, among: known[..<index])
        if window.isReference { return inner }
        func refuse(_ part: String) throws(Diagnostic) {
            throw Diagnostic(.misplaced, "window '\(base.name)' has \(part) already", at: base.range)
        }
        if !window.partitionBy.isEmpty {
            throw Diagnostic(
                .misplaced, "PARTITION BY cannot be added to window '\(base.name)'", at: base.range)
        }
        if !inner.orderBy.isEmpty, !window.orderBy.isEmpty { try refuse("an ORDER BY") }
        if inner.frame != nil { try refuse("a frame") }
        return Window(
            partitionBy: inner.partitionBy, orderBy: inner.orderBy.isEmpty ? window.orderBy : inner.orderBy,
            frame: window.frame)
    }

    static let names =
        WindowCall.Ranking.allCases.map(\.rawValue) + ["lag", "lead", "first_value", "last_value", "nth_value"]

    /// The provisional column of a call with OVER.
    func bind(
        _ call: FunctionCall, over window: Window, with expressions: ExpressionBinder
    ) throws(Diagnostic) -> BoundExpression {
        let window = try resolved(window, among: definitions[...])
        // Neither the arguments nor the window may hold another window function.
        let clause = expressions.clause
        expressions.windows = nil
        expressions.clause = "a window function"
        defer {
            expressions.windows = self
            expressions.clause = clause
        }
        var partition: [BoundExpression] = []
        for expression in window.partitionBy { partition.append(try expressions.bindWhole(expression)) }
        var order: [OrderKey] = []
        for term in window.orderBy {
            order.append(
                OrderKey(
                    expression: try expressions.bindWhole(term.expression), isDescending: term.isDescending,
                    nullsFirst: term.nullsFirst))
        }
        let frame = try window.frame.map { frame throws(Diagnostic) in
            try bindFrame(frame, order, call.location.range)
        }
        let bound = try bindFunction(call, frame ?? .standard, expressions)
        let number = calls.count
        calls.append(bound)
        if let known = groups.firstIndex(where: { $0.partition == partition && Self.same($0.order, order) }) {
            groups[known].calls.append(number)
        } else {
            groups.append(Group(partition: partition, order: order, calls: [number]))
        }
        return .column(Self.firstPosition + number, bound.type, call.location.range)
    }

    private static func same(_ a: [OrderKey], _ b: [OrderKey]) -> Bool {
        a.count == b.count
            && zip(a, b).allSatisfy {
                $0.expression == $1.expression && $0.isDescending == $1.isDescending && $0.nullsFirst == $1.nullsFirst
            }
    }

    /// The plan with a `window` node for each distinct window, and what turns provisional positions into its columns:
    /// nil where there are none.
    func wrap(_ plan: LogicalPlan) -> (plan: LogicalPlan, settle: ((BoundExpression) -> BoundExpression)?) {
        if calls.isEmpty { return (plan, nil) }
        var plan = plan
        var next = plan.output.count
        var positions = [Int](repeating: 0, count: calls.count)
        for group in groups {
            for number in group.calls {
                positions[number] = next
                next += 1
            }
            let members = group.calls.map { calls[$0] }
            plan = .window(
                Windowing(
                    input: plan, partition: group.partition, order: group.order, calls: members,
                    columns: members.map { OutputColumn(name: binder.source($0.range), type: $0.type) }))
        }
        return (
            plan,
            { expression in
                expression.remapColumns { $0 < Self.firstPosition ? $0 : positions[$0 - Self.firstPosition] }
            }
        )
    }

    // MARK: Functions

    private func bindFunction(
        _ call: FunctionCall, _ frame: WindowFrame, _ expressions: ExpressionBinder
    ) throws(Diagnostic) -> WindowCall {
        let range = call.location.range
        let name = call.name.name.lowercased()
        var arguments: [BoundExpression] = []
        for argument in call.arguments { arguments.append(try expressions.bindWhole(argument)) }
        if binder.aggregates.contains(name), !expressions.isScalarUse(call) {
            if !call.orderBy.isEmpty {
                throw .notSupported("ORDER BY inside an aggregate with OVER", at: range)
            }
            let filter = try call.filter.map { filter throws(Diagnostic) in
                let condition = try expressions.bindCondition(filter)
                return try expressions.settle?(condition) ?? condition
            }
            let aggregate = try binder.aggregates.call(
                name, arguments, hasStar: call.hasStar, isDistinct: call.isDistinct, filter: filter, at: range)
            return WindowCall(
                name: name, function: .aggregate(aggregate), arguments: aggregate.arguments, filter: aggregate.filter,
                frame: frame, type: aggregate.type, range: range)
        }
        guard Self.names.contains(name) else {
            throw Diagnostic(
                .unknownFunction, "\(call.name.name)() is no window function", at: call.name.range,
                hint: Suggestion.hint(for: name, among: Self.names + binder.aggregates.names)
                    ?? "there are \(Self.names.joined(separator: ", ")), and the aggregates")
        }
        if call.hasStar || call.isDistinct || call.filter != nil || !call.orderBy.isEmpty {
            throw Diagnostic(
                .misplaced, "\(name)() is not an aggregate: *, DISTINCT, ORDER BY and FILTER do not apply", at: range)
        }
        func require(_ counts: ClosedRange<Int>, _ signature: String) throws(Diagnostic) {
            guard counts.contains(arguments.count) else {
                throw Diagnostic(
                    .wrongArgumentCount,
                    "\(name)() does not take \(arguments.count) argument\(arguments.count == 1 ? "" : "s")", at: range,
                    hint: "it is \(signature)")
            }
        }
        func requireInteger(_ index: Int) throws(Diagnostic) {
            guard index < arguments.count else { return }
            guard arguments[index].type == .integer || arguments[index].type == .null else {
                throw Diagnostic(
                    .typeMismatch,
                    "argument \(index + 1) of \(name)() must be an INTEGER, not \(arguments[index].type)",
                    at: arguments[index].range)
            }
            arguments[index] = try Coercion.coerce(arguments[index], to: .integer, purpose: .comparison)
        }
        let function: WindowCall.Function
        let type: DataType
        switch name {
        case "lag", "lead":
            try require(1...3, "\(name)(value [, distance [, default]])")
            try requireInteger(1)
            if arguments.count == 3 {
                guard let common = Coercion.commonType(ofAll: [arguments[0], arguments[2]]) else {
                    throw Diagnostic(
                        .typeMismatch,
                        "the default of \(name)() is \(arguments[2].type) for a value of \(arguments[0].type)",
                        at: arguments[2].range)
                }
                arguments[0] = try Coercion.coerce(arguments[0], to: common, purpose: .comparison)
                arguments[2] = try Coercion.coerce(arguments[2], to: common, purpose: .comparison)
            }
            function = name == "lag" ? .lag : .lead
            type = arguments[0].type
        case "first_value", "last_value":
            try require(1...1, "\(name)(value)")
            function = name == "first_value" ? .firstValue : .lastValue
            type = arguments[0].type
        case "nth_value":
            try require(2...2, "nth_value(value, n)")
            try requireInteger(1)
            function = .nthValue
            type = arguments[0].type
        default:
            let ranking = WindowCall.Ranking(rawValue: name) ?? .rowNumber
            if ranking == .ntile { try require(1...1, "ntile(parts)") } else { try require(0...0, "\(name)()") }
            try requireInteger(0)
            function = .ranking(ranking)
            type = ranking == .percentRank || ranking == .cumulativeDistribution ? .real : .integer
        }
        return WindowCall(
            name: name, function: function, arguments: arguments, filter: nil, frame: frame, type: type, range: range)
    }
}
