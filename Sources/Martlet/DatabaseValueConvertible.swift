// Swift types as database values.

public import Foundation

/// A type that can be a parameter of a statement and a field of a row.
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
    /// A `UInt64` above `Int64.max` has no value: it becomes NULL, which a NOT NULL column refuses.
    public var databaseValue: DatabaseValue { Int64(exactly: self).map { .integer($0) } ?? .null }
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
extension UInt8: DatabaseValueConvertible {}
extension UInt16: DatabaseValueConvertible {}
extension UInt32: DatabaseValueConvertible {}

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
    public init?(databaseValue: DatabaseValue) {
        guard let value = Double(databaseValue: databaseValue) else { return nil }
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

/// `[UInt8]` is a BLOB, `[Float]` a VECTOR of f32.
extension Array: DatabaseValueConvertible where Element: DatabaseArrayElement {
    public var databaseValue: DatabaseValue { Element.databaseValue(of: self) }
    public init?(databaseValue: DatabaseValue) {
        guard let value = Element.array(from: databaseValue) else { return nil }
        self = value
    }
}

/// The element types of arrays that are single database values.
public protocol DatabaseArrayElement {
    static func databaseValue(of array: [Self]) -> DatabaseValue
    static func array(from value: DatabaseValue) -> [Self]?
}

extension UInt8: DatabaseArrayElement {
    public static func databaseValue(of array: [UInt8]) -> DatabaseValue { .blob(array) }
    public static func array(from value: DatabaseValue) -> [UInt8]? {
        guard case .blob(let bytes) = value else { return nil }
        return bytes
    }
}

extension Float: DatabaseArrayElement {
    public static func databaseValue(of array: [Float]) -> DatabaseValue {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(array.count * 4)
        for float in array { withUnsafeBytes(of: float.bitPattern.littleEndian) { bytes.append(contentsOf: $0) } }
        return .vector(dimension: array.count, element: "f32", bytes: bytes)
    }

    public static func array(from value: DatabaseValue) -> [Float]? {
        guard case .vector(let dimension, "f32", let bytes) = value, bytes.count == dimension * 4 else { return nil }
        return (0..<dimension).map { index in
            let bits = (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[index * 4 + $1]) << UInt32(8 * $1) }
            return Float(bitPattern: bits)
        }
    }
}

// MARK: Foundation

extension Date: DatabaseValueConvertible {
    /// To the microsecond; a date beyond the range of TIMESTAMP becomes NULL.
    public var databaseValue: DatabaseValue {
        Int64(exactly: (timeIntervalSince1970 * 1_000_000).rounded()).map { .timestamp(microseconds: $0) } ?? .null
    }
    public init?(databaseValue: DatabaseValue) {
        guard case .timestamp(let microseconds) = databaseValue else { return nil }
        self.init(timeIntervalSince1970: Double(microseconds) / 1_000_000)
    }
}

extension Data: DatabaseValueConvertible {
    public var databaseValue: DatabaseValue { .blob(Array(self)) }
    public init?(databaseValue: DatabaseValue) {
        guard case .blob(let bytes) = databaseValue else { return nil }
        self.init(bytes)
    }
}

extension UUID: DatabaseValueConvertible {
    /// As TEXT in its usual form.
    public var databaseValue: DatabaseValue { .text(uuidString) }
    public init?(databaseValue: DatabaseValue) {
        guard case .text(let text) = databaseValue else { return nil }
        self.init(uuidString: text)
    }
}
