// Values that go into a database and come out of it.

package import MartletCore
import MartletFormats

/// One value: a parameter, or a field of a row.
///
/// ```swift
/// let value: DatabaseValue = row["year"] ?? .null
/// if case .integer(let year) = value { print(year) }
/// ```
/// Swift types become values by ``DatabaseValueConvertible``.
public enum DatabaseValue: Hashable, Sendable {
    case null
    case boolean(Bool)
    case integer(Int64)
    /// Never NaN or infinite in a database; a statement refuses such a parameter with `E0304`.
    case real(Double)
    /// Without the character NUL; a statement refuses a parameter that has it with `E0310`.
    case text(String)
    case blob([UInt8])
    /// Microseconds since 1970-01-01 UTC.
    case timestamp(microseconds: Int64)
    /// JSON text. A statement refuses what is no JSON with `E0305`.
    case json(String)
    /// A vector of `dimension` numbers in its stored form, little-endian; `element` is `f32`, `f16`, `i8` or `bit`.
    case vector(dimension: Int, element: String, bytes: [UInt8])

    package init(_ value: Value) {
        switch value {
        case .null: self = .null
        case .boolean(let value): self = .boolean(value)
        case .integer(let value): self = .integer(value)
        case .real(let value): self = .real(value)
        case .text(let value): self = .text(value)
        case .blob(let value): self = .blob(value)
        case .timestamp(let value): self = .timestamp(microseconds: value)
        case .json(let value): self = .json(value)
        case .vector(let value):
            self = .vector(dimension: value.dimension, element: value.element.rawValue, bytes: value.bytes)
        }
    }

    /// What stands for a Swift value that no database value can hold: statements refuse it, rather than store NULL.
    static let outOfRange = DatabaseValue.real(.nan)

    /// - Throws: `outOfRange` for numbers that no column can hold, `invalidText`, `invalidJSON`, `invalidVector`.
    package func engineValue() throws(Diagnostic) -> Value {
        switch self {
        case .null: return .null
        case .boolean(let value): return .boolean(value)
        case .integer(let value): return .integer(value)
        case .real(let value):
            guard value.isFinite else {
                throw Diagnostic(
                    .outOfRange, value.isNaN ? "a parameter is out of range" : "a REAL parameter must be finite")
            }
            return .real(value)
        case .text(let value): return try ValueParser.parse(value, as: .text)
        case .blob(let value): return .blob(value)
        case .timestamp(let value): return .timestamp(value)
        case .json(let value):
            _ = try JSONValue.parse(value)
            return .json(value)
        case .vector(let dimension, let element, let bytes):
            return .vector(try Self.vector(dimension, element, bytes))
        }
    }

    private static func vector(_ dimension: Int, _ element: String, _ bytes: [UInt8]) throws(Diagnostic) -> Vector {
        guard let kind = VectorElement(rawValue: element), (1...Limits.vectorDimension).contains(dimension),
            bytes.count == kind.byteCount(dimension: dimension)
        else {
            throw Diagnostic(
                .invalidVector, "\(bytes.count) bytes are no vector of \(dimension) elements of type \(element)")
        }
        // All ones in the exponent, whose bits are the highest but the sign, are infinity and NaN.
        let isFinite =
            switch element {
            case "f32":
                stride(from: 0, to: bytes.count, by: 4).allSatisfy {
                    bytes[$0 + 3] & 0x7F != 0x7F || bytes[$0 + 2] & 0x80 != 0x80
                }
            case "f16": stride(from: 0, to: bytes.count, by: 2).allSatisfy { bytes[$0 + 1] & 0x7C != 0x7C }
            default: true
            }
        if !isFinite { throw Diagnostic(.invalidVector, "a vector's elements must be finite") }
        return Vector(dimension: dimension, element: kind, bytes: bytes)
    }
}

// MARK: Literals

extension DatabaseValue: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral, ExpressibleByStringLiteral
{
    public init(nilLiteral: ()) { self = .null }
    public init(booleanLiteral value: Bool) { self = .boolean(value) }
    public init(integerLiteral value: Int64) { self = .integer(value) }
    public init(floatLiteral value: Double) { self = .real(value) }
    public init(stringLiteral value: String) { self = .text(value) }
}

// MARK: Text

extension DatabaseValue: CustomStringConvertible {
    /// For people: texts and numbers as they are, bytes by their count.
    public var description: String {
        switch self {
        case .null: "NULL"
        case .boolean(let value): value ? "true" : "false"
        case .integer(let value): String(value)
        case .real(let value): String(value)
        case .text(let value), .json(let value): value
        case .blob(let value): "\(value.count) bytes"
        case .timestamp(let microseconds): TimestampFormat.text(microseconds)
        case .vector(let dimension, let element, _): "vector of \(dimension) \(element)"
        }
    }

    /// For errors: short, with its type.
    var summary: String {
        switch self {
        case .null: "NULL"
        case .text(let value): "the text '\(Self.shortened(value))'"
        case .json(let value): "the JSON \(Self.shortened(value))"
        case .timestamp: "the timestamp \(self)"
        default: description
        }
    }

    private static func shortened(_ text: String) -> String {
        let start = text.prefix(40)
        return start.endIndex == text.endIndex ? text : start + "…"
    }
}
