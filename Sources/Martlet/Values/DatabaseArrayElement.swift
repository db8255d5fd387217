// Arrays as single database values.

import MartletCore

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
    /// nil if the value is of another type.
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
        .vector(dimension: array.count, element: "f32", bytes: Vector.littleEndianBytes(array))
    }

    public static func array(from value: DatabaseValue) -> [Float]? {
        // By division: the dimension may be any number that a caller made up.
        guard case .vector(let dimension, "f32", let bytes) = value, bytes.count % 4 == 0,
            bytes.count / 4 == dimension
        else { return nil }
        return (0..<dimension).map { index in
            let bits = (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[index * 4 + $1]) << UInt32(8 * $1) }
            return Float(bitPattern: bits)
        }
    }
}
