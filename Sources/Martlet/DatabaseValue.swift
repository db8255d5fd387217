// Values that go into a database and come out of it.

package import MartletCore

/// One value: a parameter, or a field of a row.
public enum DatabaseValue: Hashable, Sendable {
    case null
    case boolean(Bool)
    case integer(Int64)
    /// Never NaN.
    case real(Double)
    case text(String)
    case blob([UInt8])
    /// Microseconds since 1970-01-01 UTC.
    case timestamp(microseconds: Int64)
    /// JSON text.
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

    /// - Throws: `invalidVector` for a vector whose bytes do not fit its dimension, `outOfRange` for NaN.
    package func engineValue() throws(Diagnostic) -> Value {
        switch self {
        case .null: return .null
        case .boolean(let value): return .boolean(value)
        case .integer(let value): return .integer(value)
        case .real(let value):
            guard value.isFinite else { throw Diagnostic(.outOfRange, "a REAL parameter must be finite, not \(value)") }
            return .real(value)
        case .text(let value): return .text(value)
        case .blob(let value): return .blob(value)
        case .timestamp(let value): return .timestamp(value)
        case .json(let value): return .json(value)
        case .vector(let dimension, let element, let bytes):
            guard let kind = VectorElement(rawValue: element), (1...Limits.vectorDimension).contains(dimension),
                bytes.count == kind.byteCount(dimension: dimension)
            else {
                throw Diagnostic(
                    .invalidVector, "\(bytes.count) bytes are no vector of \(dimension) elements of type \(element)")
            }
            return .vector(Vector(dimension: dimension, element: kind, bytes: bytes))
        }
    }
}
