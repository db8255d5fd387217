// = <> < <= > >= IS IS NOT, and the choice among several values: greatest and least.

import MartletCore

enum ComparisonFunctions {
    static let all: [ScalarFunction] = comparisons + extremes

    private static let comparisons: [ScalarFunction] = ComparisonOperator.allCases.flatMap { comparison in
        let summary =
            switch comparison {
            case .equal: "whether two values are equal; NULL if one is NULL"
            case .notEqual: "whether two values differ; NULL if one is NULL"
            case .less: "whether the left value is smaller"
            case .lessOrEqual: "whether the left value is smaller or equal"
            case .greater: "whether the left value is greater"
            case .greaterOrEqual: "whether the left value is greater or equal"
            case .is: "whether two values are equal or both NULL"
            case .isNot: "whether two values differ, NULL counting as a value"
            }
        return [
            // Numbers are compared exactly, so they stay as they are.
            ScalarFunction(
                comparison.rawValue, [.number, .number], returns: .type(.boolean), canFail: false, summary: summary,
                operatorPrecedence: 4, .comparison(comparison)),
            ScalarFunction(
                comparison.rawValue, [.common, .common], returns: .type(.boolean), canFail: false, summary: summary,
                operatorPrecedence: 4, .comparison(comparison)),
        ]
    }

    private static let extremes: [ScalarFunction] = [
        extreme("greatest", "the greatest of several values; NULLs are left out", .greater),
        extreme("least", "the least of several values; NULLs are left out", .less),
    ]

    private static func extreme(_ name: String, _ summary: String, _ wanted: ComparisonOperator) -> ScalarFunction {
        ScalarFunction(
            name, [.common], variadic: .common, returns: .argument(0), canFail: false, summary: summary,
            .row(nullIfAnyNull: false) { (values, _) throws(Diagnostic) in
                var best = Value.null
                for value in values where !value.isNull {
                    if best.isNull || Comparison.holds(wanted, ValueOrder.compare(value, best)) { best = value }
                }
                return best
            })
    }
}
