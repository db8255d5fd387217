// One value to another type: the meaning of CAST.

package import MartletCore
import MartletFormats

package enum ValueConversion {
    /// `value` as `target`; NULL stays NULL. REAL to INTEGER cuts toward zero; INTEGER and REAL to TIMESTAMP count
    /// seconds since 1970; text is read strictly, JSON by its kind.
    ///
    /// - Throws: `invalidCast`, or the text parser's error (`invalidTimestamp`, `invalidJSON`, `invalidVector` …).
    package static func convert(_ value: Value, to target: DataType) throws(Diagnostic) -> Value {
        if value.isNull || value.type == target { return value }
        switch (value, target) {
        case (.integer(let number), .real): return .real(Double(number))
        case (.boolean(let flag), .integer): return .integer(flag ? 1 : 0)
        case (.boolean(let flag), .real): return .real(flag ? 1 : 0)
        case (.integer(let number), .boolean): return .boolean(number != 0)
        case (.real(let number), .integer):
            guard let integer = Int64(exactly: number.rounded(.towardZero)) else {
                throw Diagnostic(.outOfRange, "\(NumberFormat.text(number)) is outside the range of INTEGER")
            }
            return .integer(integer)
        case (.integer(let seconds), .timestamp):
            let (microseconds, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
            if overflow { throw Diagnostic(.outOfRange, "\(seconds) seconds are outside the range of TIMESTAMP") }
            return .timestamp(microseconds)
        case (.real(let seconds), .timestamp):
            guard let microseconds = Int64(exactly: (seconds * 1e6).rounded()) else {
                throw Diagnostic(.outOfRange, "\(seconds) seconds are outside the range of TIMESTAMP")
            }
            return .timestamp(microseconds)
        case (.timestamp(let microseconds), .integer):
            // Rounded down, so that the seconds before 1970 are in order too.
            let (quotient, remainder) = microseconds.quotientAndRemainder(dividingBy: 1_000_000)
            return .integer(remainder < 0 ? quotient - 1 : quotient)
        case (.timestamp(let microseconds), .real): return .real(Double(microseconds) / 1e6)
        case (.json(let text), .text): return .text(text)
        case (.json(let text), _): return try ValueParser.parse(try JSONValue.parse(text), as: target)
        case (.text(let text), .blob): return .blob(Array(text.utf8))
        case (.text(let text), _): return try ValueParser.parse(text, as: target)
        case (.boolean, .json), (.integer, .json), (.real, .json), (.vector, .json):
            return .json(ValueText.json(value))
        case (.vector(let vector), .vector(let dimension, let element)):
            return .vector(
                try VectorFormat.pack(
                    VectorFormat.unpack(vector).map { Double($0) }, dimension: dimension, element: element))
        case (.vector(let vector), .blob): return .blob(vector.bytes)
        case (.blob(let bytes), .vector(let dimension, let element)):
            guard bytes.count == element.byteCount(dimension: dimension) else {
                throw Diagnostic(.invalidVector, "\(bytes.count) bytes are not a \(target)")
            }
            let vector = Vector(dimension: dimension, element: element, bytes: bytes)
            if let place = VectorFormat.unpack(vector).firstIndex(where: { !$0.isFinite }) {
                throw Diagnostic(.invalidVector, "element \(place + 1) of the vector is not a finite number")
            }
            return .vector(vector)
        default: break
        }
        if target == .text { return .text(try text(of: value)) }
        throw Diagnostic(.invalidCast, "a value of type \(value.type) cannot be cast to \(target)")
    }

    /// The value as text, as CAST(x AS TEXT) and `||` write it; a BLOB must be UTF-8 without NUL.
    package static func text(of value: Value) throws(Diagnostic) -> String {
        if case .blob(let bytes) = value {
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw Diagnostic(.invalidCast, "the BLOB is not UTF-8 text", hint: "use hex(x)")
            }
            try ValueParser.checkNoNUL(text)
            return text
        }
        return ValueText.text(value)
    }

    static func hexDigits(of byte: UInt8) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: [digits[Int(byte >> 4)], digits[Int(byte & 15)]], as: UTF8.self)
    }
}
