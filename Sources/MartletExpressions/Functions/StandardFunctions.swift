// The list of built-in functions, by area.

import MartletCore

enum StandardFunctions {
    static let all: [ScalarFunction] =
        ArithmeticFunctions.all + ComparisonFunctions.all + BitFunctions.all + NullFunctions.all
        + TextOperators.all
}
