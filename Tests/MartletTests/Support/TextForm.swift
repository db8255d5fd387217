// Values as scripts write them.

import Foundation
import MartletCore

enum TextForm {
    static func value(_ value: Value) -> String {
        switch value {
        case .null: return "NULL"
        case .boolean(let flag): return flag ? "true" : "false"
        case .integer(let number): return String(number)
        case .real(let number): return real(number)
        case .text(let text), .json(let text): return escaped(text)
        case .blob(let bytes): return "x'" + bytes.map { hexadecimal($0) }.joined() + "'"
        case .timestamp(let microseconds): return timestamp(microseconds)
        case .vector(let vector): return "\(vector.dimension):\(vector.element.rawValue)"
        }
    }

    /// At most six digits after the point.
    static func real(_ number: Double) -> String {
        if abs(number) >= 1e15 || (number != 0 && abs(number) < 1e-4) { return String(format: "%.6g", number) }
        var text = String(format: "%.6f", number)
        while text.hasSuffix("0"), !text.hasSuffix(".0") { text.removeLast() }
        return text == "-0.0" ? "0.0" : text
    }

    /// One visible line; an empty text is shown as such.
    private static func escaped(_ text: String) -> String {
        if text.isEmpty { return "(empty)" }
        return text.replacingOccurrences(of: "\n", with: "\\n").replacingOccurrences(of: "\t", with: "\\t")
    }

    private static func hexadecimal(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 16)
        return digits.count == 1 ? "0" + digits : digits
    }

    private static func timestamp(_ microseconds: Int64) -> String {
        var seconds = time_t(microseconds.quotientAndRemainder(dividingBy: 1_000_000).quotient)
        var fraction = microseconds % 1_000_000
        if fraction < 0 {
            fraction += 1_000_000
            seconds -= 1
        }
        var parts = tm()
        gmtime_r(&seconds, &parts)
        let text = String(
            format: "%04d-%02d-%02d %02d:%02d:%02d", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday,
            parts.tm_hour, parts.tm_min, parts.tm_sec)
        return fraction == 0 ? text : text + String(format: ".%06d", fraction)
    }

    static func letter(_ type: DataType) -> Character {
        switch type {
        case .null: "N"
        case .boolean: "B"
        case .integer: "I"
        case .real: "R"
        case .text: "T"
        case .json: "J"
        case .blob: "X"
        case .timestamp: "M"
        case .vector: "V"
        }
    }

    /// Spaces around the bars are for the reader.
    static func normalized(_ row: String) -> String {
        row.replacingOccurrences(of: "\t", with: "|").split(separator: "|", omittingEmptySubsequences: false)
            .map { $0.trimmingCharacters(in: .whitespaces) }.joined(separator: "|")
    }
}
