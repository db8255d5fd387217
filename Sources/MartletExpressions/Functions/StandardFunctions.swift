// The list of built-in functions, by area.

import MartletCore

enum StandardFunctions {
    static let all: [ScalarFunction] = [
        ArithmeticFunctions.all, ComparisonFunctions.all, BitFunctions.all, TextOperators.all, PatternFunctions.all,
        JSONFunctions.all, TextFunctions.all, NumberFunctions.all, NullFunctions.all, TimeFunctions.all,
        DateFunctions.all, VectorFunctions.all,
    ].flatMap { $0 }
}
