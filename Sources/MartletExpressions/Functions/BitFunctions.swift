// & | ~ << >> on INTEGER.

import MartletCore

enum BitFunctions {
    static let all: [ScalarFunction] = [
        binary("&", 6, "bits set in both") { $0 & $1 },
        binary("|", 5, "bits set in either") { $0 | $1 },
        // Shifting by 64 and more gives 0 (or -1 for a negative number to the right), by a negative count the other way.
        binary("<<", 6, "bits shifted to the left") { $0 << $1 },
        binary(">>", 6, "bits shifted to the right, keeping the sign") { $0 >> $1 },
        ScalarFunction(
            "~", [.type(.integer)], returns: .type(.integer), canFail: false, summary: "every bit inverted",
            operatorPrecedence: 10,
            .batch { (arguments, count, _) throws(Diagnostic) in
                .integers(map(arguments[0].integers, count: count) { ~$0 })
            }),
    ]

    private static func binary(
        _ name: String, _ precedence: Int, _ summary: String, _ body: @escaping @Sendable (Int64, Int64) -> Int64
    ) -> ScalarFunction {
        ScalarFunction(
            name, [.type(.integer), .type(.integer)], returns: .type(.integer), canFail: false, summary: summary,
            operatorPrecedence: precedence,
            .batch { (arguments, count, _) throws(Diagnostic) in
                .integers(map(arguments[0].integers, arguments[1].integers, count: count, body))
            })
    }
}
