// The list of built-in aggregates.

import MartletCore

enum StandardAggregates {
    static let all: [AggregateFunction] = [count]

    private static let count = AggregateFunction(
        "count", arguments: 0...1, signature: "count(*) or count(ANY) → INTEGER",
        summary: "the number of rows, or of rows where the argument is not NULL",
        bind: { (arguments, _) throws(Diagnostic) in (arguments, .integer) },
        makeState: { _, _ in CountState() })
}
