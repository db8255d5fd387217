// Whole numbers of equal width, bit after bit.

/// Number i lies in the bits from `i · width` on, the lowest first. Reading one may touch the seven bytes behind the last:
/// these must be readable.
package struct PackedNumbers {
    /// Bytes behind the last number that must be readable.
    package static let slackBytes = 8

    private let base: UnsafeRawPointer
    let width: Int
    private let mask: UInt64

    /// - Parameter width: as `width(of:)` gives it.
    package init(_ base: UnsafeRawPointer, width: Int) {
        self.base = base
        self.width = width
        mask = width == 64 ? .max : 1 << UInt64(width) - 1
    }

    /// The bits that numbers up to `greatest` need: 0 for 0 alone.
    package static func width(of greatest: UInt64) -> Int {
        let width = 64 - greatest.leadingZeroBitCount
        // Wider ones would not lie within eight bytes at every bit.
        return width > 56 ? 64 : width
    }

    /// The bytes of so many numbers.
    package static func byteCount(_ count: Int, width: Int) -> Int { (count * width + 7) / 8 }

    @inline(__always) package subscript(index: Int) -> UInt64 {
        let bit = index &* width
        return UInt64(littleEndian: base.loadUnaligned(fromByteOffset: bit >> 3, as: UInt64.self))
            >> UInt64(bit & 7) & mask
    }

    /// Copies numbers of at most 32 bits.
    @inline(__always)
    func copy(from first: Int, count: Int, into target: UnsafeMutablePointer<UInt32>) {
        let mask = UInt32(truncatingIfNeeded: mask)
        var bit = first &* width
        for index in 0..<count {
            let word = UInt64(littleEndian: base.loadUnaligned(fromByteOffset: bit >> 3, as: UInt64.self))
            target[index] = UInt32(truncatingIfNeeded: word &>> UInt64(truncatingIfNeeded: bit & 7)) & mask
            bit &+= width
        }
    }
}

/// Writes numbers one after the other into zeros.
package struct PackedNumbersWriter {
    private let target: UnsafeMutableRawBufferPointer
    private let width: Int
    private var bit = 0

    /// - Parameter target: `PackedNumbers.byteCount` zeros.
    package init(_ target: UnsafeMutableRawBufferPointer, width: Int) {
        self.target = target
        self.width = width
    }

    /// - Precondition: the number fits the width.
    package mutating func append(_ number: UInt64) {
        var rest = number
        var left = width
        while left > 0 {
            let taken = min(left, 8 - bit & 7)
            target[bit >> 3] |= UInt8(truncatingIfNeeded: rest & (1 << UInt64(taken) - 1)) << UInt8(bit & 7)
            rest >>= UInt64(taken)
            left -= taken
            bit += taken
        }
    }
}
