// The kinds of numbers that binary files hold, and how their bytes are read.

import MartletCore

/// A number's type in an array file, by NumPy's name for it.
package enum NumberElement: String, Hashable, Sendable, CaseIterable {
    case f2, f4, f8, i1, i2, i4, i8, u1, u2, u4, u8, b1

    package var byteCount: Int {
        switch self {
        case .i1, .u1, .b1: 1
        case .f2, .i2, .u2: 2
        case .f4, .i4, .u4: 4
        case .f8, .i8, .u8: 8
        }
    }

    package var isFloating: Bool { self == .f2 || self == .f4 || self == .f8 }

    /// The bits of element `index`.
    ///
    /// - Precondition: `bytes` hold more than `index` elements.
    @inline(__always)
    private func bits(_ bytes: Span<UInt8>, _ index: Int, _ isBigEndian: Bool) -> UInt64 {
        let start = index * byteCount
        var bits: UInt64 = 0
        for offset in 0..<byteCount {
            let byte = UInt64(bytes[start + offset])
            bits |= byte << UInt64(8 * (isBigEndian ? byteCount - 1 - offset : offset))
        }
        return bits
    }

    /// Element `index` as a double; integers beyond 2^53 are rounded.
    ///
    /// - Precondition: `bytes` hold more than `index` elements.
    package func real(_ bytes: Span<UInt8>, _ index: Int, isBigEndian: Bool = false) -> Double {
        let bits = bits(bytes, index, isBigEndian)
        return switch self {
        case .f2: Double(HalfFloat.float(UInt16(truncatingIfNeeded: bits)))
        case .f4: Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))
        case .f8: Double(bitPattern: bits)
        case .i1: Double(Int8(truncatingIfNeeded: bits))
        case .i2: Double(Int16(truncatingIfNeeded: bits))
        case .i4: Double(Int32(truncatingIfNeeded: bits))
        case .i8: Double(Int64(bitPattern: bits))
        case .u1, .u2, .u4, .u8: Double(bits)
        case .b1: bits == 0 ? 0 : 1
        }
    }

    /// Element `index` as an integer; nil for an unsigned one that is too large.
    ///
    /// - Precondition: the element is no floating-point number, and `bytes` hold more than `index` elements.
    package func integer(_ bytes: Span<UInt8>, _ index: Int, isBigEndian: Bool = false) -> Int64? {
        let bits = bits(bytes, index, isBigEndian)
        return switch self {
        case .i1: Int64(Int8(truncatingIfNeeded: bits))
        case .i2: Int64(Int16(truncatingIfNeeded: bits))
        case .i4: Int64(Int32(truncatingIfNeeded: bits))
        case .i8: Int64(bitPattern: bits)
        case .b1: bits == 0 ? 0 : 1
        default: Int64(exactly: bits)
        }
    }
}
