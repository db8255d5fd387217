// Numbers that are INTEGER in some rows and REAL in others, as what CASE and coalesce() choose from.

import MartletCore

/// A column has one type, so a CASE with INTEGER and REAL results is REAL. Only division can tell: `7 / 2` is 3 where the
/// chosen result was an INTEGER. So `/` and `%` of such a choice become a choice among divisions, each of the types that
/// were written.
///
/// `+`, `-` and `*` in between are taken along. A choice among more than `maximumLeaves` divisions is not worth it; it is
/// divided as REAL.
enum MixedNumbers {
    private static let maximumLeaves = 16
    /// A choice stands in each of its divisions again: what is large already does not grow any more.
    private static let maximumNodes = 600
    private static let maximumLevels = 24

    /// What an expression chooses from.
    private indirect enum Choice {
        case value(BoundExpression)
        case among([(condition: BoundExpression, result: Choice)], otherwise: Choice?)
    }

    /// `arguments[0] / arguments[1]`, or `%`, where a row's own type matters; nil otherwise.
    static func quotient(
        _ symbol: String, _ arguments: [BoundExpression], at range: SourceRange, in functions: FunctionRegistry
    ) throws(Diagnostic) -> BoundExpression? {
        guard arguments.count == 2, arguments.contains(where: { $0.type == .real && mayBeMixed($0) }) else {
            return nil
        }
        var budget = maximumNodes
        guard arguments.allSatisfy({ isSmall($0, levels: maximumLevels, &budget) }) else { return nil }
        let sides = arguments.map(choice)
        guard sides.contains(where: isMixed), sides.map(leafCount).reduce(1, *) <= maximumLeaves else { return nil }
        // What is left on each side is no choice any more, or not one that is looked into.
        let divided = try combined(sides[0], sides[1]) { (a, b) throws(Diagnostic) in
            try functions.call(symbol, [a, b], at: range)
        }
        return expression(divided, type: type(divided), range)
    }

    /// `expression` as REAL, so that it can still be seen that it was an INTEGER.
    static func widened(_ expression: BoundExpression) -> BoundExpression {
        expression.type == .integer ? .cast(expression, .real, expression.range) : expression
    }

    /// The INTEGER that was widened to REAL without being asked.
    private static func unwidened(_ expression: BoundExpression) -> BoundExpression? {
        guard case .cast(let inner, .real, let range) = expression, inner.type == .integer, range == inner.range else {
            return nil
        }
        return inner
    }

    /// Cheap: whether there is a CASE or coalesce() in what is computed at all.
    static func mayBeMixed(_ expression: BoundExpression) -> Bool {
        switch expression {
        case .conditional: true
        case .call(let function, let arguments, _, _):
            if case .coalesce = function.implementation { true } else { arguments.contains(where: mayBeMixed) }
        default: false
        }
    }

    private static func isSmall(_ expression: BoundExpression, levels: Int, _ budget: inout Int) -> Bool {
        budget -= 1
        if levels == 0 || budget < 0 { return false }
        for child in expression.children where !isSmall(child, levels: levels - 1, &budget) { return false }
        return true
    }

    private static func choice(_ expression: BoundExpression) -> Choice {
        if let inner = unwidened(expression) { return choice(inner) }
        guard expression.type == .real, !expression.isVolatile, !expression.containsSubquery else {
            return .value(expression)
        }
        switch expression {
        case .conditional(let branches, let otherwise, _, _):
            return chosen(branches.map { ($0.condition, $0.result) }, otherwise: otherwise)
        case .call(let function, let arguments, _, let range):
            if case .coalesce = function.implementation {
                return chosen(
                    arguments.map { (.isNull(plain($0), negated: true, $0.range), $0) }, otherwise: nil)
            }
            guard ["+", "-", "*"].contains(function.name), arguments.contains(where: mayBeMixed) else { break }
            let sides = arguments.map(choice)
            guard sides.map(leafCount).reduce(1, *) <= maximumLeaves else { break }
            let functions = FunctionRegistry.standard
            let result: Choice? =
                sides.count == 2
                ? try? combined(sides[0], sides[1]) { (a, b) throws(Diagnostic) in
                    try functions.call(operator: function.name, [a, b], at: range)
                }
                : try? mapped(sides[0]) { (a) throws(Diagnostic) in
                    try functions.call(operator: function.name, [a], at: range)
                }
            if let result { return result }
        default: break
        }
        return .value(expression)
    }

    private static func plain(_ expression: BoundExpression) -> BoundExpression { unwidened(expression) ?? expression }

    /// Without the branches that constants rule out.
    private static func chosen(
        _ branches: [(condition: BoundExpression, result: BoundExpression)], otherwise: BoundExpression?
    ) -> Choice {
        var kept: [(condition: BoundExpression, result: Choice)] = []
        for branch in branches {
            let condition = ConstantFolding.fold(branch.condition)
            if let known = condition.constantValue {
                if known != .boolean(true) { continue }
                let last = choice(branch.result)
                return kept.isEmpty ? last : .among(kept, otherwise: last)
            }
            kept.append((branch.condition, choice(branch.result)))
        }
        let last = otherwise.map(choice)
        if kept.isEmpty { return last ?? .value(.constant(.null, .real, .none)) }
        return .among(kept, otherwise: last)
    }

    private static func leafCount(_ choice: Choice) -> Int {
        switch choice {
        case .value: 1
        case .among(let branches, let otherwise):
            branches.reduce(0) { $0 + leafCount($1.result) } + (otherwise.map(leafCount) ?? 1)
        }
    }

    private static func types(_ choice: Choice) -> Set<DataType> {
        switch choice {
        case .value(let value): value.isNullConstant ? [] : [value.type]
        case .among(let branches, let otherwise):
            branches.reduce(otherwise.map(types) ?? []) { $0.union(types($1.result)) }
        }
    }

    /// Whether an INTEGER may be chosen from what is REAL as a whole.
    private static func isMixed(_ choice: Choice) -> Bool {
        if case .value(let value) = choice { return value.type == .integer }
        return types(choice).contains(.integer)
    }

    private static func type(_ choice: Choice) -> DataType { types(choice) == [.integer] ? .integer : .real }

    private static func mapped(
        _ choice: Choice, _ body: (BoundExpression) throws(Diagnostic) -> BoundExpression
    ) throws(Diagnostic) -> Choice {
        try substituted(choice) { (value) throws(Diagnostic) in .value(try body(value)) }
    }

    private static func combined(
        _ left: Choice, _ right: Choice,
        _ body: (BoundExpression, BoundExpression) throws(Diagnostic) -> BoundExpression
    ) throws(Diagnostic) -> Choice {
        try substituted(left) { (a) throws(Diagnostic) in
            try substituted(right) { (b) throws(Diagnostic) in .value(try body(a, b)) }
        }
    }

    private static func substituted(
        _ choice: Choice, _ body: (BoundExpression) throws(Diagnostic) -> Choice
    ) throws(Diagnostic) -> Choice {
        switch choice {
        case .value(let value): return try body(value)
        case .among(let branches, let otherwise):
            var results: [(condition: BoundExpression, result: Choice)] = []
            for branch in branches { results.append((branch.condition, try substituted(branch.result, body))) }
            var last: Choice?
            if let otherwise { last = try substituted(otherwise, body) }
            return .among(results, otherwise: last)
        }
    }

    private static func expression(_ choice: Choice, type: DataType, _ range: SourceRange) -> BoundExpression {
        switch choice {
        case .value(let value):
            if value.isNullConstant { return .constant(.null, type, value.range) }
            return type == .real ? widened(value) : value
        case .among(let branches, let otherwise):
            return .conditional(
                branches.map { branch in
                    BoundExpression.Branch(
                        condition: branch.condition, result: expression(branch.result, type: type, range))
                },
                otherwise: otherwise.map { expression($0, type: type, range) }, type, range)
        }
    }
}
