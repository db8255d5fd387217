// printf: directives with flags, width and precision, on values of the language.

import MartletCore
import MartletFormats

enum TextFormatting {
    static let widthLimit = 10_000

    /// `%d %i %u %f %e %g %s %x %X %o %c %q %%` with the flags `- + space 0 # ,`, a width and a precision.
    ///
    /// - Throws: `invalidPattern` for an unknown directive and for `#` with one that it is not for, `outOfRange` for a
    ///   missing or wrong argument.
    static func format(_ format: String, _ arguments: [Value]) throws(Diagnostic) -> String {
        var result = ""
        var next = 0
        var scalars = format.unicodeScalars.makeIterator()
        while let scalar = scalars.next() {
            guard scalar == "%" else {
                result.unicodeScalars.append(scalar)
                continue
            }
            var directive = Directive()
            var current = scalars.next()
            while let flag = current, directive.addFlag(flag) { current = scalars.next() }
            if let width = try number(&current, &scalars) { directive.width = width }
            if current == "." {
                current = scalars.next()
                directive.precision = try number(&current, &scalars) ?? 0
            }
            guard let kind = current else {
                throw Diagnostic(.invalidPattern, "the format ends within a directive")
            }
            if kind == "%" {
                result += "%"
                continue
            }
            guard next < arguments.count else {
                throw Diagnostic(.outOfRange, "the format has more directives than arguments")
            }
            result += try directive.text(kind, arguments[next])
            next += 1
            try TextOperators.checkLength(result.utf8.count)
        }
        return result
    }

    private static func number(
        _ current: inout Unicode.Scalar?, _ scalars: inout String.UnicodeScalarView.Iterator
    ) throws(Diagnostic) -> Int? {
        var value: Int?
        while let digit = current, digit.value >= 48, digit.value <= 57 {
            value = (value ?? 0) * 10 + Int(digit.value - 48)
            if value ?? 0 > widthLimit {
                throw Diagnostic(.limitExceeded, "a width in the format is over \(widthLimit)")
            }
            current = scalars.next()
        }
        return value
    }

    private struct Directive {
        var alignsLeft = false
        var showsPlus = false
        var showsSpace = false
        var padsWithZeros = false
        var groupsThousands = false
        /// `#`: `0x` before a hexadecimal number, `0` before an octal one; 0 has neither.
        var showsBase = false
        var width = 0
        var precision: Int?

        mutating func addFlag(_ flag: Unicode.Scalar) -> Bool {
            switch flag {
            case "-": alignsLeft = true
            case "+": showsPlus = true
            case " ": showsSpace = true
            case "0": padsWithZeros = true
            case ",": groupsThousands = true
            case "#": showsBase = true
            default: return false
            }
            return true
        }

        func text(_ kind: Unicode.Scalar, _ value: Value) throws(Diagnostic) -> String {
            if showsBase, kind != "x", kind != "X", kind != "o" {
                throw Diagnostic(.invalidPattern, "the flag '#' in the format is for %x, %X and %o, not for %\(kind)")
            }
            switch kind {
            case "d", "i", "u":
                let number = try integer(value)
                return padded(sign(number < 0), grouped(String(number.magnitude)))
            case "x", "X", "o":
                let number = UInt64(bitPattern: try integer(value))
                let base = kind == "o" ? "0" : "0\(kind)"
                return padded(
                    showsBase && number != 0 ? base : "",
                    String(number, radix: kind == "o" ? 8 : 16, uppercase: kind == "X"))
            case "f", "F", "e", "E", "g", "G":
                let number = try real(value)
                let digits = Decimals.text(number.magnitude, kind, precision: precision ?? 6)
                return padded(sign(number.sign == .minus), kind == "f" ? grouped(digits) : digits)
            case "s", "c", "q", "z":
                var text = try ValueConversion.text(of: value)
                if kind == "q" { text = try TextFunctions.replace(text, "'", "''") }
                if kind == "c" { text = String(String.UnicodeScalarView(text.unicodeScalars.prefix(1))) }
                if let precision { text = String(String.UnicodeScalarView(text.unicodeScalars.prefix(precision))) }
                return filled(text)
            default: throw Diagnostic(.invalidPattern, "unknown directive '%\(kind)' in the format")
            }
        }

        private func integer(_ value: Value) throws(Diagnostic) -> Int64 {
            switch value {
            case .null: return 0
            case .integer(let number): return number
            case .boolean(let flag): return flag ? 1 : 0
            case .real:
                guard case .integer(let number) = try ValueConversion.convert(value, to: .integer) else { return 0 }
                return number
            default: throw Diagnostic(.outOfRange, "a number directive of the format got \(value.type)")
            }
        }

        private func real(_ value: Value) throws(Diagnostic) -> Double {
            switch value {
            case .null: return 0
            case .integer(let number): return Double(number)
            case .real(let number): return number
            default: throw Diagnostic(.outOfRange, "a number directive of the format got \(value.type)")
            }
        }

        private func grouped(_ digits: String) -> String {
            guard groupsThousands else { return digits }
            let parts = digits.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
            var result = ""
            let whole = Array(parts[0])
            for (index, digit) in whole.enumerated() {
                if index > 0, (whole.count - index) % 3 == 0 { result += "," }
                result.append(digit)
            }
            return parts.count > 1 ? result + "." + parts[1] : result
        }

        private func sign(_ isNegative: Bool) -> String {
            isNegative ? "-" : showsPlus ? "+" : showsSpace ? " " : ""
        }

        /// Zeros stand between the prefix and the digits, spaces outside.
        private func padded(_ prefix: String, _ digits: String) -> String {
            if padsWithZeros, !alignsLeft {
                let missing = width - prefix.utf8.count - digits.utf8.count
                return prefix + String(repeating: "0", count: max(0, missing)) + digits
            }
            return filled(prefix + digits)
        }

        private func filled(_ text: String) -> String {
            let missing = width - text.unicodeScalars.count
            if missing <= 0 { return text }
            let space = String(repeating: " ", count: missing)
            return alignsLeft ? text + space : space + text
        }
    }
}

/// Decimal forms of doubles with a given precision, exactly rounded (half to even of the exact binary value).
enum Decimals {
    /// `number` is not negative. `kind` is one of f, e, g and their capitals.
    static func text(_ number: Double, _ kind: Unicode.Scalar, precision: Int) -> String {
        guard number.isFinite else { return number.isNaN ? "nan" : "inf" }
        let precision = min(precision, 1_000)
        switch kind {
        case "f", "F": return fixed(number, precision)
        case "e", "E": return scientific(number, precision, capital: kind == "E")
        default:
            let significant = max(1, precision)
            let (_, exponent) = digits(number, significant: significant)
            var text: String
            if exponent < -4 || exponent >= significant {
                text = scientific(number, significant - 1, capital: kind == "G")
                let parts = text.split(separator: kind == "G" ? "E" : "e", maxSplits: 1)
                text = trimmed(String(parts[0])) + (kind == "G" ? "E" : "e") + (parts.count > 1 ? parts[1] : "")
            } else {
                text = trimmed(fixed(number, significant - 1 - exponent))
            }
            return text
        }
    }

    private static func trimmed(_ text: String) -> String {
        guard text.contains(".") else { return text }
        var text = text
        while text.hasSuffix("0") { text.removeLast() }
        if text.hasSuffix(".") { text.removeLast() }
        return text
    }

    private static func scientific(_ number: Double, _ precision: Int, capital: Bool) -> String {
        let (digits, exponent) = digits(number, significant: precision + 1)
        var text = String(digits.prefix(1))
        if precision > 0 { text += "." + digits.dropFirst() }
        let magnitude = String(exponent.magnitude)
        return text + (capital ? "E" : "e") + (exponent < 0 ? "-" : "+") + (magnitude.count < 2 ? "0" : "") + magnitude
    }

    /// Exactly `significant` digits, and the exponent of the first.
    private static func digits(_ number: Double, significant: Int) -> (digits: String, exponent: Int) {
        if number == 0 { return (String(repeating: "0", count: significant), 0) }
        let (whole, fraction) = exact(number)
        var all = whole == [0] ? [] : whole
        var exponent = all.count - 1
        var rest = fraction[...]
        if all.isEmpty {
            let zeros = rest.prefix { $0 == 0 }.count
            rest = rest.dropFirst(zeros)
            exponent = -zeros - 1
        }
        all += rest
        let carried = round(&all, to: significant)
        if carried {
            exponent += 1
            all.removeLast()
        }
        return (String(decoding: all.map { $0 + 48 }, as: UTF8.self), exponent)
    }

    private static func fixed(_ number: Double, _ precision: Int) -> String {
        let (whole, fraction) = exact(number)
        var all = whole + fraction
        _ = round(&all, to: whole.count + precision)
        let text = String(decoding: all.map { $0 + 48 }, as: UTF8.self)
        if precision == 0 { return text }
        return text.dropLast(precision) + "." + text.suffix(precision)
    }

    /// Cuts or fills to `count` digits, half to even; true if a carry made it one digit longer.
    private static func round(_ digits: inout [UInt8], to count: Int) -> Bool {
        if digits.count <= count {
            digits += [UInt8](repeating: 0, count: count - digits.count)
            return false
        }
        let dropped = digits[count...]
        digits = Array(digits[..<count])
        let first = dropped.first ?? 0
        let isAboveHalf = first > 5 || (first == 5 && dropped.dropFirst().contains { $0 != 0 })
        let isHalf = first == 5 && !isAboveHalf
        guard isAboveHalf || (isHalf && (digits.last ?? 0) % 2 == 1) else { return false }
        var index = count - 1
        while index >= 0 {
            if digits[index] < 9 {
                digits[index] += 1
                return false
            }
            digits[index] = 0
            index -= 1
        }
        digits.insert(1, at: 0)
        return true
    }

    /// All decimal digits of a finite double: of its whole part (at least one) and of its fraction.
    private static func exact(_ number: Double) -> (whole: [UInt8], fraction: [UInt8]) {
        if number == 0 { return ([0], []) }
        let mantissa = number.significandBitPattern | (number.isNormal ? 1 << 52 : 0)
        let exponent = (number.isNormal ? Int(number.exponentBitPattern) : 1) - 1075
        // The number as words of nine digits, base 10^9, lowest first.
        let base: UInt64 = 1_000_000_000
        var words: [UInt64] = [mantissa % base, mantissa / base]
        var fractionDigits = 0
        func multiply(by factor: UInt64) {
            var carry: UInt64 = 0
            for index in words.indices {
                let product = words[index] * factor + carry
                words[index] = product % base
                carry = product / base
            }
            if carry > 0 { words.append(carry) }
        }
        if exponent >= 0 {
            for _ in 0..<exponent / 16 { multiply(by: 1 << 16) }
            multiply(by: 1 << UInt64(exponent % 16))
        } else {
            // m / 2^k = m · 5^k / 10^k
            fractionDigits = -exponent
            for _ in 0..<fractionDigits / 8 { multiply(by: 390_625) }
            for _ in 0..<fractionDigits % 8 { multiply(by: 5) }
        }
        var digits: [UInt8] = []
        for word in words {
            var rest = word
            for _ in 0..<9 {
                digits.append(UInt8(rest % 10))
                rest /= 10
            }
        }
        while digits.count > fractionDigits + 1, digits.last == 0 { digits.removeLast() }
        while digits.count < fractionDigits + 1 { digits.append(0) }
        return (Array(digits[fractionDigits...].reversed()), Array(digits[..<fractionDigits].reversed()))
    }
}
