// coalesce, ifnull, nullif, iif, typeof.

import MartletCore

enum NullFunctions {
    static let all: [ScalarFunction] = [
        ScalarFunction(
            "coalesce", [.common], variadic: .common, returns: .argument(0), canFail: false,
            summary: "the first argument that is not NULL; later ones are evaluated only where needed", .coalesce),
        ScalarFunction(
            "ifnull", [.common, .common], returns: .argument(0), canFail: false,
            summary: "the first argument, or the second where it is NULL", .coalesce),
        ScalarFunction(
            "iif", [.type(.boolean), .common, .common], returns: .argument(1), canFail: false,
            summary: "the second argument where the first is TRUE, else the third", .conditional),
        // A number keeps its type, whatever it is compared with.
        nullif(.number), nullif(.common),
        ScalarFunction(
            "typeof", [.any], returns: .type(.text), canFail: false,
            summary: "the type's name in lower case, or 'null'",
            .row(nullIfAnyNull: false) { (values, _) throws(Diagnostic) in
                .text(values[0].type.description.lowercased())
            }),
    ]

    private static func nullif(_ parameter: ScalarFunction.ParameterType) -> ScalarFunction {
        ScalarFunction(
            "nullif", [parameter, parameter], returns: .argument(0), canFail: false,
            summary: "NULL where both arguments are equal, else the first",
            .row(nullIfAnyNull: false) { (values, _) throws(Diagnostic) in
                !values[0].isNull && ValueOrder.compare(values[0], values[1]) == 0 ? .null : values[0]
            })
    }
}
