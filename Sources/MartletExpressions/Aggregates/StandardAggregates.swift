// The list of built-in aggregates.

import MartletCore

package enum StandardAggregates {
    /// The value in a group's first row, NULL or not: what a column that is not grouped means. These have no names of
    /// their own in the language.
    package static let first = rowValue("first", 1, wantsGreatest: nil)
    /// The value in the row with the least, or the greatest, second argument.
    package static let firstAtLeast = rowValue("first_at_min", 2, wantsGreatest: false)
    package static let firstAtGreatest = rowValue("first_at_max", 2, wantsGreatest: true)

    private static func rowValue(_ name: String, _ count: Int, wantsGreatest: Bool?) -> AggregateFunction {
        AggregateFunction(
            name, arguments: count...count, signature: "\(name)(ANY\(count > 1 ? ", ANY" : "")) → ANY",
            summary: "the value in one row of the group",
            bind: { (arguments, _) throws(Diagnostic) in (arguments, arguments[0].type) },
            makeState: { types, _ in FirstState(types.first ?? .null, wantsGreatest: wantsGreatest) })
    }

    static let all: [AggregateFunction] =
        [
            count,
            number("sum", "the sum; NULL for no rows; INTEGER sums that do not fit are an error", .sum),
            number("total", "the sum as REAL; 0 for no rows", .total),
            number("avg", "the mean as REAL; NULL for no rows", .average),
            extreme("min", "the least value", wantsGreatest: false),
            extreme("max", "the greatest value", wantsGreatest: true),
            flag("bool_and", "whether all values are TRUE", isAnd: true),
            flag("every", "whether all values are TRUE", isAnd: true),
            flag("bool_or", "whether any value is TRUE", isAnd: false),
            flag("bool_any", "whether any value is TRUE", isAnd: false),
            join("group_concat"), join("string_agg"),
            quantile("median", 1, "the middle value, interpolated"),
            quantile("quantile", 2, "the value at a fraction between 0 and 1 of the sorted values, interpolated"),
        ]
        + [
            ("variance", true, false), ("var_samp", true, false), ("var_pop", false, false), ("stddev", true, true),
            ("stddev_samp", true, true), ("stddev_pop", false, true),
        ].map { spread($0.0, isSample: $0.1, isDeviation: $0.2) }

    private static let count = AggregateFunction(
        "count", arguments: 0...1, signature: "count(*) or count(ANY) → INTEGER",
        summary: "the number of rows, or of rows where the argument is not NULL",
        bind: { (arguments, _) throws(Diagnostic) in (arguments, .integer) },
        makeState: { _, _ in CountState() })

    private static func number(_ name: String, _ summary: String, _ kind: SumKind) -> AggregateFunction {
        AggregateFunction(
            name, arguments: 1...1, signature: "\(name)(NUMBER) → \(kind == .sum ? "NUMBER" : "REAL")",
            summary: summary,
            bind: { (arguments, _) throws(Diagnostic) in
                let type = arguments[0].type
                if type == .integer { return (arguments, kind == .sum ? .integer : .real) }
                return ([try real(arguments[0], name)], .real)
            },
            makeState: { types, _ in
                if types.first == .integer { return IntegerSumState(kind) }
                return RealSumState(kind)
            })
    }

    private static func extreme(_ name: String, _ summary: String, wantsGreatest: Bool) -> AggregateFunction {
        AggregateFunction(
            name, arguments: 1...1, signature: "\(name)(ANY) → ANY", summary: summary,
            bind: { (arguments, _) throws(Diagnostic) in (arguments, arguments[0].type) },
            makeState: { types, _ in ExtremeState(types.first ?? .null, wantsGreatest: wantsGreatest) })
    }

    /// FALSE is smaller than TRUE, so all is the least and any the greatest.
    private static func flag(_ name: String, _ summary: String, isAnd: Bool) -> AggregateFunction {
        AggregateFunction(
            name, arguments: 1...1, signature: "\(name)(BOOLEAN) → BOOLEAN", summary: summary,
            bind: { (arguments, _) throws(Diagnostic) in
                ([try Coercion.coerce(arguments[0], to: .boolean, purpose: .argument("\(name)()"))], .boolean)
            },
            makeState: { _, _ in ExtremeState(.boolean, wantsGreatest: !isAnd) })
    }

    private static func join(_ name: String) -> AggregateFunction {
        AggregateFunction(
            name, arguments: 1...2, signature: "\(name)(ANY [, TEXT]) → TEXT",
            summary: "the values as text in the order of rows, joined by ',' or the given separator",
            bind: { (arguments, _) throws(Diagnostic) in
                var bound = [arguments[0].type == .text ? arguments[0] : .cast(arguments[0], .text, arguments[0].range)]
                if arguments.count > 1 {
                    bound.append(try Coercion.coerce(arguments[1], to: .text, purpose: .argument("\(name)()")))
                }
                return (bound, .text)
            },
            makeState: { _, limit in TextJoinState(memoryLimitBytes: limit) })
    }

    private static func quantile(_ name: String, _ count: Int, _ summary: String) -> AggregateFunction {
        AggregateFunction(
            name, arguments: count...count, signature: "\(name)(NUMBER\(count > 1 ? ", REAL" : "")) → REAL",
            summary: summary,
            bind: { (arguments, _) throws(Diagnostic) in
                var bound: [BoundExpression] = []
                for argument in arguments { bound.append(try real(argument, name)) }
                return (bound, .real)
            },
            makeState: { _, limit in QuantileState(memoryLimitBytes: limit) })
    }

    private static func spread(_ name: String, isSample: Bool, isDeviation: Bool) -> AggregateFunction {
        let what = isDeviation ? "standard deviation" : "variance"
        return AggregateFunction(
            name, arguments: 1...1, signature: "\(name)(NUMBER) → REAL",
            summary: "the \(what) of \(isSample ? "a sample (n − 1)" : "the whole population (n)")",
            bind: { (arguments, _) throws(Diagnostic) in ([try real(arguments[0], name)], .real) },
            makeState: { _, _ in VarianceState(isSample: isSample, isDeviation: isDeviation) })
    }

    private static func real(_ argument: BoundExpression, _ name: String) throws(Diagnostic) -> BoundExpression {
        try Coercion.coerce(argument, to: .real, purpose: .argument("\(name)()"))
    }
}
