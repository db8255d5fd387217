// The text form of INTEGER and REAL.

/// What reading a number from text can give.
package enum NumberParse<Number: Sendable & Equatable>: Sendable, Equatable {
    case value(Number)
    case malformed
    /// Well-formed, but beyond the type's range.
    case outOfRange
}

package enum NumberFormat {
    /// The shortest decimal that reads back as the same double: `1.0`, `0.5`, `1e+20`.
    package static func text(_ value: Double) -> String { value.description }

    package static func text(_ value: Float) -> String { value.description }

    /// Reads `[+-]digits`, all of it.
    package static func integer(_ bytes: Span<UInt8>) -> NumberParse<Int64> {
        let count = bytes.count
        var position = 0
        var isNegative = false
        if count > 0, bytes[0] == UInt8(ascii: "-") || bytes[0] == UInt8(ascii: "+") {
            isNegative = bytes[0] == UInt8(ascii: "-")
            position = 1
        }
        guard position < count else { return .malformed }
        var value: Int64 = 0
        var overflows = false
        while position < count {
            let digit = bytes[position] &- 48
            guard digit < 10 else { return .malformed }
            // Counting downwards reaches the most negative number too.
            let (product, overflow1) = value.multipliedReportingOverflow(by: 10)
            let (sum, overflow2) = product.subtractingReportingOverflow(Int64(digit))
            overflows = overflows || overflow1 || overflow2
            value = sum
            position += 1
        }
        if overflows || (!isNegative && value == .min) { return .outOfRange }
        return .value(isNegative ? value : -value)
    }

    /// Reads `[+-]digits[.digits][e[+-]digits]` with a digit before or after the point; never NaN or infinite.
    ///
    /// Correctly rounded: short decimals by one exact multiplication or division (Clinger 1990), others by the standard
    /// library.
    package static func real(_ bytes: Span<UInt8>) -> NumberParse<Double> {
        let count = bytes.count
        var position = 0
        var isNegative = false
        if count > 0, bytes[0] == UInt8(ascii: "-") || bytes[0] == UInt8(ascii: "+") {
            isNegative = bytes[0] == UInt8(ascii: "-")
            position = 1
        }
        var significand: UInt64 = 0
        var digitCount = 0
        var significantCount = 0
        var scale = 0
        var isAfterPoint = false
        scanning: while position < count {
            let byte = bytes[position]
            let digit = byte &- 48
            if digit < 10 {
                digitCount += 1
                if significantCount > 0 || digit > 0 {
                    significantCount += 1
                    if significantCount <= 18 { significand = significand * 10 + UInt64(digit) }
                }
                if isAfterPoint { scale -= 1 }
            } else if byte == UInt8(ascii: "."), !isAfterPoint {
                isAfterPoint = true
            } else {
                break scanning
            }
            position += 1
        }
        guard digitCount > 0 else { return .malformed }
        if position < count {
            guard bytes[position] | 0x20 == UInt8(ascii: "e") else { return .malformed }
            position += 1
            var isExponentNegative = false
            if position < count, bytes[position] == UInt8(ascii: "-") || bytes[position] == UInt8(ascii: "+") {
                isExponentNegative = bytes[position] == UInt8(ascii: "-")
                position += 1
            }
            guard position < count else { return .malformed }
            var exponent = 0
            while position < count {
                let digit = bytes[position] &- 48
                guard digit < 10 else { return .malformed }
                if exponent < 1_000_000 { exponent = exponent * 10 + Int(digit) }
                position += 1
            }
            scale += isExponentNegative ? -exponent : exponent
        }
        if significand == 0 { return .value(isNegative ? -0.0 : 0.0) }
        if significantCount <= 18, significand <= 1 << 53, abs(scale) <= 22 {
            let magnitude =
                scale < 0
                ? Double(significand) / powersOfTen[-scale]
                : Double(significand) * powersOfTen[scale]
            return .value(isNegative ? -magnitude : magnitude)
        }
        guard let value = Double(bytes.text) else { return .outOfRange }
        return value.isFinite ? .value(value) : .outOfRange
    }

    /// The powers of ten that a double holds exactly.
    private static let powersOfTen: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20, 1e21, 1e22,
    ]
}
