// Swift types as database values.

/// A type that can be a parameter of a statement and a field of a row.
///
/// | Swift | database |
/// | --- | --- |
/// | `Bool` | BOOLEAN |
/// | `Int` and the other integers | INTEGER |
/// | `Double`, `Float` | REAL; read from INTEGER too |
/// | `String` | TEXT; read from JSON too |
/// | `[UInt8]`, `Data` | BLOB |
/// | `Date` | TIMESTAMP |
/// | `UUID`, `URL` | TEXT |
/// | `[Float]` | VECTOR of f32 |
/// | `Optional` | NULL or the value |
///
/// An enumeration with raw values only declares it:
///
/// ```swift
/// enum Language: String, Codable, DatabaseValueConvertible { case english, german }
/// try await database.execute("UPDATE docs SET language = \(Language.german) WHERE id = \("a")")
/// ```
public protocol DatabaseValueConvertible {
    var databaseValue: DatabaseValue { get }
    /// nil if the value is of another type or out of range.
    init?(databaseValue: DatabaseValue)
}

extension DatabaseValue: DatabaseValueConvertible {
    public var databaseValue: DatabaseValue { self }
    public init?(databaseValue: DatabaseValue) { self = databaseValue }
}

extension Bool: DatabaseValueConvertible {
    public var databaseValue: DatabaseValue { .boolean(self) }
    public init?(databaseValue: DatabaseValue) {
        guard case .boolean(let value) = databaseValue else { return nil }
        self = value
    }
}

extension DatabaseValueConvertible where Self: FixedWidthInteger {
    /// Statements refuse a number above `Int64.max` with `E0304`.
    public var databaseValue: DatabaseValue { Int64(exactly: self).map { .integer($0) } ?? .outOfRange }
    public init?(databaseValue: DatabaseValue) {
        guard case .integer(let value) = databaseValue else { return nil }
        self.init(exactly: value)
    }
}

extension Int: DatabaseValueConvertible {}
extension Int8: DatabaseValueConvertible {}
extension Int16: DatabaseValueConvertible {}
extension Int32: DatabaseValueConvertible {}
extension Int64: DatabaseValueConvertible {}
extension UInt: DatabaseValueConvertible {}
extension UInt8: DatabaseValueConvertible {}
extension UInt16: DatabaseValueConvertible {}
extension UInt32: DatabaseValueConvertible {}
extension UInt64: DatabaseValueConvertible {}

extension Double: DatabaseValueConvertible {
    public var databaseValue: DatabaseValue { .real(self) }
    /// An INTEGER is widened.
    public init?(databaseValue: DatabaseValue) {
        switch databaseValue {
        case .real(let value): self = value
        case .integer(let value): self = Double(value)
        default: return nil
        }
    }
}

extension Float: DatabaseValueConvertible {
    public var databaseValue: DatabaseValue { .real(Double(self)) }
    /// Rounded; nil beyond the range of `Float`.
    public init?(databaseValue: DatabaseValue) {
        guard let value = Double(databaseValue: databaseValue), Float(value).isFinite else { return nil }
        self = Float(value)
    }
}

extension String: DatabaseValueConvertible {
    public var databaseValue: DatabaseValue { .text(self) }
    /// TEXT or JSON.
    public init?(databaseValue: DatabaseValue) {
        switch databaseValue {
        case .text(let value), .json(let value): self = value
        default: return nil
        }
    }
}

extension Optional: DatabaseValueConvertible where Wrapped: DatabaseValueConvertible {
    public var databaseValue: DatabaseValue { self?.databaseValue ?? .null }
    public init?(databaseValue: DatabaseValue) {
        if databaseValue == .null {
            self = .none
        } else {
            guard let value = Wrapped(databaseValue: databaseValue) else { return nil }
            self = .some(value)
        }
    }
}

extension DatabaseValueConvertible where Self: RawRepresentable, RawValue: DatabaseValueConvertible {
    public var databaseValue: DatabaseValue { rawValue.databaseValue }
    public init?(databaseValue: DatabaseValue) {
        guard let rawValue = RawValue(databaseValue: databaseValue) else { return nil }
        self.init(rawValue: rawValue)
    }
}
