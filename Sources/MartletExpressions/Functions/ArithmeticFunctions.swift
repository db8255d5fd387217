// + - * / % and unary minus: INTEGER with checked overflow, REAL that never becomes infinite or NaN.

import MartletCore

enum ArithmeticFunctions {
    static let all: [ScalarFunction] = [
        integer("+", 7, "the sum; an error on overflow") { $0.addingReportingOverflow($1) },
        real("+", 7, "the sum") { $0 + $1 },
        integer("-", 7, "the difference; an error on overflow") { $0.subtractingReportingOverflow($1) },
        real("-", 7, "the difference") { $0 - $1 },
        ScalarFunction(
            "-", [.type(.timestamp), .type(.timestamp)], returns: .type(.real), canFail: false,
            summary: "the seconds between two times", operatorPrecedence: 7,
            .row(nullIfAnyNull: true) { (values, _) throws(Diagnostic) in
                guard case (.timestamp(let a), .timestamp(let b)) = (values[0], values[1]) else { return .null }
                return .real(Double(Int128(a) - Int128(b)) / 1e6)
            }),
        integer("*", 8, "the product; an error on overflow") { $0.multipliedReportingOverflow(by: $1) },
        real("*", 8, "the product") { $0 * $1 },
        integer("/", 8, "the quotient, cut off toward zero; dividing by zero is an error", dividing: true) { a, b in
            b == 0 ? (0, true) : a.dividedReportingOverflow(by: b)
        },
        real("/", 8, "the quotient; dividing by zero is an error", dividing: true) { $0 / $1 },
        integer("%", 8, "the remainder, with the sign of the dividend", dividing: true, body: remainder),
        real("%", 8, "the remainder, with the sign of the dividend", dividing: true) {
            $0.truncatingRemainder(dividingBy: $1)
        },
        integer("mod", nil, "the remainder, with the sign of the dividend", dividing: true, body: remainder),
        real("mod", nil, "the remainder, with the sign of the dividend", dividing: true) {
            $0.truncatingRemainder(dividingBy: $1)
        },
        ScalarFunction(
            "-", [.type(.integer)], returns: .type(.integer), summary: "the number with the other sign",
            operatorPrecedence: 10,
            .batch { (arguments, count, _) throws(Diagnostic) in
                try checkedIntegers("-", .single(0), arguments[0].integers, count, dividing: false) {
                    $0.subtractingReportingOverflow($1)
                }
            }),
        ScalarFunction(
            "-", [.type(.real)], returns: .type(.real), canFail: false, summary: "the number with the other sign",
            operatorPrecedence: 10,
            .batch { (arguments, count, _) throws(Diagnostic) in
                // As a difference, so that zero has no sign.
                .reals(map(arguments[0].reals, count: count) { 0 - $0 })
            }),
        ScalarFunction(
            "+", [.number], returns: .argument(0), canFail: false, summary: "the number itself",
            operatorPrecedence: 10, .batch { (arguments, _, _) throws(Diagnostic) in arguments[0] }),
    ]

    @Sendable
    private static func remainder(_ a: Int64, _ b: Int64) -> (partialValue: Int64, overflow: Bool) {
        // -2^63 % -1 is 0, though the quotient overflows.
        b == 0 ? (0, true) : b == -1 ? (0, false) : (a % b, false)
    }

    @inline(__always)
    private static func integer(
        _ name: String, _ precedence: Int?, _ summary: String, dividing: Bool = false,
        body: @escaping @Sendable (Int64, Int64) -> (partialValue: Int64, overflow: Bool)
    ) -> ScalarFunction {
        ScalarFunction(
            name, [.type(.integer), .type(.integer)], returns: .type(.integer), summary: summary,
            operatorPrecedence: precedence,
            .batch { (arguments, count, context) throws(Diagnostic) in
                let a = arguments[0].integers
                var b = arguments[1].integers
                if dividing, context.dividesByZeroToNull { b = nullingZeros(b) }
                return try checkedIntegers(name, a, b, count, dividing: dividing, body)
            })
    }

    @inline(__always)
    private static func real(
        _ name: String, _ precedence: Int?, _ summary: String, dividing: Bool = false,
        body: @escaping @Sendable (Double, Double) -> Double
    ) -> ScalarFunction {
        ScalarFunction(
            name, [.type(.real), .type(.real)], returns: .type(.real), summary: summary,
            operatorPrecedence: precedence,
            .batch { (arguments, count, context) throws(Diagnostic) in
                var b = arguments[1].reals
                if dividing, context.dividesByZeroToNull { b = nullingZeros(b) }
                let result = map(arguments[0].reals, b, count: count, body)
                if dividing, let result {
                    try checkDivisors(b, result.nulls)
                }
                try checkFinite(result, name)
                return .reals(result)
            })
    }

    @inline(__always)
    private static func checkedIntegers(
        _ name: String, _ a: Lane<Int64>, _ b: Lane<Int64>, _ count: Int, dividing: Bool,
        _ body: (Int64, Int64) -> (partialValue: Int64, overflow: Bool)
    ) throws(Diagnostic) -> Operand {
        var overflowed = false
        let result = map(a, b, count: count) { (x: Int64, y: Int64) -> Int64 in
            let (value, overflow) = body(x, y)
            overflowed = overflowed || overflow
            return value
        }
        guard overflowed, let result else { return .integers(result) }
        // Only now see whether it was a placeholder under a NULL.
        for row in 0..<count where !(result.nulls?[row] ?? false) {
            let x = element(a, row)
            let y = element(b, row)
            if dividing, y == 0 { throw Diagnostic(.divisionByZero, "division by zero") }
            if body(x, y).overflow {
                let isNegation = name == "-" && x == 0
                throw Diagnostic(
                    .integerOverflow,
                    isNegation
                        ? "-(\(y)) is outside the range of INTEGER"
                        : "\(x) \(name) \(y) is outside the range of INTEGER",
                    hint: "INTEGER is 64-bit; CAST one side AS REAL for larger numbers")
            }
        }
        return .integers(result)
    }

    /// The divisors, zeros as NULL.
    private static func nullingZeros<Number: Numeric & Sendable>(_ divisors: Lane<Number>) -> Lane<Number> {
        switch divisors {
        case .null: return .null
        case .single(let value): return value == 0 ? .null : divisors
        case .values(let values, let nulls):
            guard values.contains(0) else { return divisors }
            return .values(values, nulls: values.indices.map { values[$0] == 0 || nulls?[$0] ?? false })
        }
    }

    private static func element(_ lane: Lane<Int64>, _ row: Int) -> Int64 {
        switch lane {
        case .values(let values, _): values[row]
        case .single(let value): value
        case .null: 0
        }
    }

    private static func checkDivisors(_ divisors: Lane<Double>, _ nulls: [Bool]?) throws(Diagnostic) {
        switch divisors {
        case .null: return
        case .single(let value):
            if value == 0, nulls?.contains(false) ?? true { throw Diagnostic(.divisionByZero, "division by zero") }
        case .values(let values, _):
            guard values.contains(0) else { return }
            for (row, value) in values.enumerated() where value == 0 && !(nulls?[row] ?? false) {
                throw Diagnostic(.divisionByZero, "division by zero")
            }
        }
    }

    /// - Throws: `outOfRange` where a result is infinite or NaN.
    static func checkFinite(_ result: Mapped<Double>, _ name: String) throws(Diagnostic) {
        guard let result else { return }
        let allFinite = result.values.withUnsafeBufferPointer { values in
            var probe = 0.0
            // x * 0 is 0 for finite numbers and NaN for the others.
            for value in values { probe += value * 0 }
            return probe == 0
        }
        if allFinite { return }
        for (row, value) in result.values.enumerated() where !value.isFinite && !(result.nulls?[row] ?? false) {
            throw Diagnostic(.outOfRange, "the result of \(name) is outside the range of REAL")
        }
    }
}
