// The aggregate functions by name.

package import MartletCore

package struct AggregateRegistry: Sendable {
    private var functions: [String: AggregateFunction] = [:]

    package init(_ functions: [AggregateFunction] = []) {
        for function in functions { register(function) }
    }

    package static let standard = AggregateRegistry(StandardAggregates.all)

    package mutating func register(_ function: AggregateFunction) {
        functions[function.name.lowercased()] = function
    }

    package mutating func remove(_ name: String) {
        functions[name.lowercased()] = nil
    }

    package func contains(_ name: String) -> Bool { functions[name.lowercased()] != nil }

    package func function(_ name: String) -> AggregateFunction? { functions[name.lowercased()] }

    /// In alphabetical order.
    package var names: [String] { functions.keys.sorted() }

    /// Whether `name` with so many arguments is an aggregate: `min(x)` is, `min(x, y)` is the scalar `least`.
    package func isAggregate(_ name: String, argumentCount: Int, hasStar: Bool) -> Bool {
        guard let function = functions[name.lowercased()] else { return false }
        if ["min", "max"].contains(function.name) { return argumentCount == 1 }
        return true
    }

    /// An aggregate call; the arguments are coerced. `count(*)` has no arguments.
    ///
    /// - Throws: `unknownFunction`, `wrongArgumentCount`, `typeMismatch`.
    package func call(
        _ name: String, _ arguments: [BoundExpression], hasStar: Bool = false, isDistinct: Bool = false,
        filter: BoundExpression? = nil, at range: SourceRange
    ) throws(Diagnostic) -> AggregateCall {
        guard let function = functions[name.lowercased()] else {
            throw Diagnostic(
                .unknownFunction, "unknown aggregate '\(name)'", at: range,
                hint: Suggestion.hint(for: name, among: names))
        }
        let isCount = function.name == "count"
        guard function.argumentCounts.contains(arguments.count), !hasStar || (isCount && arguments.isEmpty),
            !isDistinct || !arguments.isEmpty
        else {
            throw Diagnostic(
                .wrongArgumentCount,
                "\(name)() does not take \(hasStar ? "*" : "\(arguments.count) argument\(arguments.count == 1 ? "" : "s")")",
                at: range, hint: "it is \(function.signature)")
        }
        let (bound, type) = try function.bind(arguments, range)
        var condition: BoundExpression?
        if let filter { condition = try Coercion.condition(filter) }
        return AggregateCall(
            function: function, arguments: bound, isDistinct: isDistinct, filter: condition, type: type, range: range)
    }
}
