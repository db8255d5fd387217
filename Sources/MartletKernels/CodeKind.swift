// The forms in which rows of vectors are kept for comparing.

import CKernels

package enum CodeKind: UInt8, CaseIterable, Sendable {
    /// One byte a dimension on a common scale.
    case i8 = 0
    /// 32-bit floats, little-endian.
    case f32
    /// IEEE binary16, little-endian.
    case f16
    /// One bit a dimension, the lowest of a byte first.
    case bit

    /// The bytes of a row.
    package func byteCount(dimension: Int) -> Int {
        switch self {
        case .i8: dimension
        case .f32: 4 * dimension
        case .f16: 2 * dimension
        case .bit: (dimension + 7) / 8
        }
    }

    /// From a row to the next: a multiple of 16, and of 64 where that costs little.
    package func stride(dimension: Int) -> Int {
        let bytes = byteCount(dimension: dimension)
        let wide = (bytes + 63) / 64 * 64
        return wide - bytes <= bytes / 8 ? wide : (bytes + 15) / 16 * 16
    }

    /// The bytes of a query: rows of halves are compared with floats.
    package func queryByteCount(dimension: Int) -> Int {
        switch self {
        case .i8, .f32, .bit: stride(dimension: dimension)
        case .f16: 4 * dimension
        }
    }
}
