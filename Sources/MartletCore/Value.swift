// One value of a row.

package enum Value: Hashable, Sendable {
    case null
    case boolean(Bool)
    case integer(Int64)
    case real(Double)
    case text(String)
    case blob([UInt8])
    /// Microseconds since 1970-01-01 UTC.
    case timestamp(Int64)
    /// JSON text, already checked.
    case json(String)
    case vector(Vector)

    package var isNull: Bool {
        if case .null = self { true } else { false }
    }

    package var type: DataType {
        switch self {
        case .null: .null
        case .boolean: .boolean
        case .integer: .integer
        case .real: .real
        case .text: .text
        case .blob: .blob
        case .timestamp: .timestamp
        case .json: .json
        case .vector(let vector): .vector(dimension: vector.dimension, element: vector.element)
        }
    }
}

/// A vector's elements in their stored form: little-endian, tightly packed; `bit` has the first element in the lowest bit.
package struct Vector: Hashable, Sendable {
    package let dimension: Int
    package let element: VectorElement
    package let bytes: [UInt8]

    /// - Precondition: `bytes.count == element.byteCount(dimension: dimension)`.
    package init(dimension: Int, element: VectorElement, bytes: [UInt8]) {
        precondition(bytes.count == element.byteCount(dimension: dimension))
        self.dimension = dimension
        self.element = element
        self.bytes = bytes
    }

    package init(_ floats: [Float]) {
        self.init(dimension: floats.count, element: .f32, bytes: Self.littleEndianBytes(floats))
    }

    /// The stored form of 32-bit floats.
    package static func littleEndianBytes(_ floats: [Float]) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 4 * floats.count) { bytes, count in
            for (index, float) in floats.enumerated() {
                UnsafeMutableRawBufferPointer(bytes).storeBytes(
                    of: float.bitPattern.littleEndian, toByteOffset: 4 * index, as: UInt32.self)
            }
            count = 4 * floats.count
        }
    }
}
