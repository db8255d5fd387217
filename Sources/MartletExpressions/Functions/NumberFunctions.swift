// Functions of numbers.

import MartletCore
import MartletFormats

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

enum NumberFunctions {
    static let all: [ScalarFunction] =
        [
            ScalarFunction(
                "abs", [.type(.integer)], returns: .type(.integer), summary: "the number without its sign",
                .batch { (arguments, count, _) throws(Diagnostic) in
                    let result = map(arguments[0].integers, count: count) { $0 < 0 ? 0 &- $0 : $0 }
                    if let result {
                        for (row, value) in result.values.enumerated() where value < 0 {
                            if result.nulls?[row] ?? false { continue }
                            throw Diagnostic(.integerOverflow, "abs(\(value)) is outside the range of INTEGER")
                        }
                    }
                    return .integers(result)
                }),
            real("abs", "the number without its sign", canFail: false) { $0.magnitude },
            ScalarFunction(
                "sign", [.number], returns: .type(.integer), canFail: false, summary: "-1, 0 or 1",
                .batch { (arguments, count, _) throws(Diagnostic) in
                    if arguments[0].type == .integer {
                        return .integers(map(arguments[0].integers, count: count) { $0.signum() })
                    }
                    return .integers(map(arguments[0].reals, count: count) { $0 > 0 ? 1 : $0 < 0 ? -1 : 0 })
                }),
        ]
        + rounding("floor", "rounded down", .down) + rounding("ceil", "rounded up", .up)
        + rounding("ceiling", "rounded up", .up) + rounding("trunc", "rounded toward zero", .towardZero)
        + [
            same("round", "an INTEGER is whole already"),
            real("round", "the nearest whole number, halves away from zero", canFail: false) {
                $0.rounded(.toNearestOrAwayFromZero)
            },
            ScalarFunction(
                "round", [.type(.real), .type(.integer)], returns: .type(.real), canFail: false,
                summary: "rounded to so many digits after the point, halves away from zero",
                .row(nullIfAnyNull: true) { (values, _) throws(Diagnostic) in
                    guard case (.real(let number), .integer(let digits)) = (values[0], values[1]) else { return .null }
                    return .real(rounded(number, digits))
                }),
            real("sqrt", "the square root", domain: { $0 >= 0 }) { $0.squareRoot() },
            real("exp", "e to a power") { exp($0) },
            real("ln", "the natural logarithm", domain: { $0 > 0 }) { log($0) },
            real("log", "the logarithm to base 10", domain: { $0 > 0 }) { log10($0) },
            real("log10", "the logarithm to base 10", domain: { $0 > 0 }) { log10($0) },
            real("log2", "the logarithm to base 2", domain: { $0 > 0 }) { log2($0) },
            real2("log", "the logarithm of the second number to the base of the first") { log($1) / log($0) },
            real2("power", "the first number to the power of the second") { pow($0, $1) },
            real2("pow", "the first number to the power of the second") { pow($0, $1) },
            real("sin", "the sine of radians") { sin($0) },
            real("cos", "the cosine of radians") { cos($0) },
            real("tan", "the tangent of radians") { tan($0) },
            real("asin", "the arc sine in radians", domain: { abs($0) <= 1 }) { asin($0) },
            real("acos", "the arc cosine in radians", domain: { abs($0) <= 1 }) { acos($0) },
            real("atan", "the arc tangent in radians") { atan($0) },
            real2("atan2", "the angle of the point (second, first) in radians") { atan2($0, $1) },
            real("degrees", "radians as degrees") { $0 * 180 / .pi },
            real("radians", "degrees as radians") { $0 / 180 * .pi },
            ScalarFunction(
                "pi", [], returns: .type(.real), canFail: false, summary: "the number π",
                .row(nullIfAnyNull: false) { (_, _) throws(Diagnostic) in .real(.pi) }),
            ScalarFunction(
                "random", [], returns: .type(.real), volatility: .volatile, canFail: false,
                summary: "a number from 0 up to but not 1, from the session's seed",
                .batch { (_, count, context) throws(Diagnostic) in
                    let values = (0..<count).map { _ in Double(context.random.next() >> 11) * 0x1p-53 }
                    return .column(Column(type: .real, storage: .reals(values)))
                }),
        ]
        // min and max of several values; of one value they are aggregates.
        + [("min", ComparisonOperator.less, "least"), ("max", .greater, "greatest")].map { name, wanted, word in
            ScalarFunction(
                name, [.common, .common], variadic: .common, returns: .argument(0), canFail: false,
                summary: "the \(word) of several values; NULL if one is NULL",
                .row(nullIfAnyNull: true) { (values, _) throws(Diagnostic) in
                    var best = values[0]
                    for value in values.dropFirst() where Comparison.holds(wanted, ValueOrder.compare(value, best)) {
                        best = value
                    }
                    return best
                })
        }

    private static func same(_ name: String, _ summary: String) -> ScalarFunction {
        ScalarFunction(
            name, [.type(.integer)], returns: .type(.integer), canFail: false, summary: summary,
            .batch { (arguments, _, _) throws(Diagnostic) in arguments[0] })
    }

    private static func rounding(
        _ name: String, _ summary: String, _ rule: FloatingPointRoundingRule
    ) -> [ScalarFunction] {
        [same(name, summary), real(name, summary, canFail: false) { $0.rounded(rule) }]
    }

    /// Exact decimal rounding: 2.675 is below the half, and goes down.
    static func rounded(_ number: Double, _ digits: Int64) -> Double {
        if digits > 300 || !number.isFinite { return number }
        if digits <= 0 {
            if digits < -308 { return 0 }
            var scale = 1.0
            for _ in 0..<(-digits) { scale *= 10 }
            let result = (number / scale).rounded(.toNearestOrAwayFromZero) * scale
            return result.isFinite ? result : number
        }
        if number.magnitude >= 0x1p53 { return number }
        // The shortest decimal is what users see, so halves are judged there.
        let shifted = decimalShift(number, by: Int(digits)).rounded(.toNearestOrAwayFromZero)
        let result = decimalShift(shifted, by: -Int(digits))
        return result.isFinite ? result : number
    }

    /// number · 10^places through the shortest decimal form, so that 1.005 · 100 is 100.5.
    private static func decimalShift(_ number: Double, by places: Int) -> Double {
        let text = number.description
        let parts = text.split(separator: "e", maxSplits: 1)
        let exponent = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
        return Double("\(parts[0])e\(exponent + places)") ?? number
    }

    private static func real(
        _ name: String, _ summary: String, canFail: Bool = true,
        domain: (@Sendable (Double) -> Bool)? = nil, _ body: @escaping @Sendable (Double) -> Double
    ) -> ScalarFunction {
        ScalarFunction(
            name, [.type(.real)], returns: .type(.real), canFail: canFail, summary: summary,
            .batch { (arguments, count, _) throws(Diagnostic) in
                let lane = arguments[0].reals
                let result = map(lane, count: count, body)
                if let domain, let result {
                    for row in 0..<count where !(result.nulls?[row] ?? false) {
                        guard case .real(let input) = arguments[0].value(at: row), !domain(input) else { continue }
                        throw Diagnostic(.outOfRange, "\(name)(\(NumberFormat.text(input))) is not defined")
                    }
                }
                if canFail { try ArithmeticFunctions.checkFinite(result, "\(name)()") }
                return .reals(result)
            })
    }

    private static func real2(
        _ name: String, _ summary: String, _ body: @escaping @Sendable (Double, Double) -> Double
    ) -> ScalarFunction {
        ScalarFunction(
            name, [.type(.real), .type(.real)], returns: .type(.real), summary: summary,
            .batch { (arguments, count, _) throws(Diagnostic) in
                let result = map(arguments[0].reals, arguments[1].reals, count: count, body)
                try ArithmeticFunctions.checkFinite(result, "\(name)()")
                return .reals(result)
            })
    }
}
