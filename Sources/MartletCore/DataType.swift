// The types of values, as a column declares them.

/// How the elements of a vector are stored.
package enum VectorElement: String, CaseIterable, Hashable, Sendable, Codable {
    case f32, f16, i8, bit

    /// The number of bytes that `dimension` elements take.
    package func byteCount(dimension: Int) -> Int {
        switch self {
        case .f32: dimension * 4
        case .f16: dimension * 2
        case .i8: dimension
        case .bit: (dimension + 7) / 8
        }
    }
}

package enum DataType: Hashable, Sendable, Codable {
    /// The type of a bare NULL; converts to every other type.
    case null
    case boolean
    /// 64-bit signed.
    case integer
    /// IEEE double; never NaN in a stored row.
    case real
    case text
    case blob
    /// Microseconds since 1970-01-01 UTC.
    case timestamp
    /// JSON text, kept as written.
    case json
    case vector(dimension: Int, element: VectorElement)

    package var isNumeric: Bool { self == .integer || self == .real }

    package var isVector: Bool {
        if case .vector = self { true } else { false }
    }
}

extension DataType: CustomStringConvertible {
    /// The type as the language writes it.
    package var description: String {
        switch self {
        case .null: "NULL"
        case .boolean: "BOOLEAN"
        case .integer: "INTEGER"
        case .real: "REAL"
        case .text: "TEXT"
        case .blob: "BLOB"
        case .timestamp: "TIMESTAMP"
        case .json: "JSON"
        case .vector(let dimension, let element):
            element == .f32 ? "VECTOR(\(dimension))" : "VECTOR(\(dimension), \(element.rawValue))"
        }
    }
}
