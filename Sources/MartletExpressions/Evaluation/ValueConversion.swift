// One value to another type: the meaning of CAST.

package import MartletCore

package enum ValueConversion {
    /// `value` as `target`; NULL stays NULL.
    ///
    /// - Throws: `invalidCast`, or the text parser's error (`invalidTimestamp`, `invalidJSON`, `invalidVector` …).
    package static func convert(_ value: Value, to target: DataType) throws(Diagnostic) -> Value {
        switch (value, target) {
        case (.null, _): return .null
        case (.integer, .integer), (.real, .real), (.text, .text), (.boolean, .boolean), (.timestamp, .timestamp),
            (.json, .json), (.blob, .blob):
            return value
        case (.integer(let number), .real): return .real(Double(number))
        case (.boolean(let flag), .integer): return .integer(flag ? 1 : 0)
        case (.boolean(let flag), .real): return .real(flag ? 1 : 0)
        case (.integer(let number), .boolean): return .boolean(number != 0)
        case (.real(let number), .integer):
            guard let integer = Int64(exactly: number.rounded(.towardZero)) else {
                throw Diagnostic(.invalidCast, "\(number) is outside the range of INTEGER")
            }
            return .integer(integer)
        default: break
        }
        if target == .text { return .text(try text(of: value)) }
        throw Diagnostic(.invalidCast, "a value of type \(value.type) cannot be cast to \(target)")
    }

    /// The value as text, as CAST(x AS TEXT) and `||` write it.
    package static func text(of value: Value) throws(Diagnostic) -> String {
        switch value {
        case .null: return ""
        case .boolean(let flag): return flag ? "true" : "false"
        case .integer(let number): return "\(number)"
        case .real(let number): return "\(number)"
        case .text(let text), .json(let text): return text
        case .timestamp(let microseconds): return "\(microseconds)"
        case .blob(let bytes):
            return String(decoding: bytes, as: UTF8.self)
        case .vector(let vector): return "VECTOR(\(vector.dimension))"
        }
    }

    static func hexDigits(of byte: UInt8) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: [digits[Int(byte >> 4)], digits[Int(byte & 15)]], as: UTF8.self)
    }
}
