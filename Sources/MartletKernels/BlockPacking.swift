// Blocks of 128 numbers, bit-packed (Lemire and Boytsov 2015, "Decoding billions of integers per second").

import CKernels

package enum BlockPacking {
    /// The numbers in a block.
    package static let blockCount = 128

    /// The bytes of a block whose numbers take `bits` bits each.
    package static func byteCount(bits: Int) -> Int { 16 * bits }

    /// The bits that the largest of `values` needs: 0...32.
    package static func bits(for values: UnsafeBufferPointer<UInt32>) -> Int {
        var all: UInt32 = 0
        for value in values { all |= value }
        return 32 - all.leadingZeroBitCount
    }

    /// Appends a packed block.
    ///
    /// - Precondition: 128 values, none wider than `bits`, which is in 0...32.
    package static func pack(_ values: UnsafeBufferPointer<UInt32>, bits: Int, to bytes: inout [UInt8]) {
        precondition(values.count == blockCount && bits >= 0 && bits <= 32)
        guard bits > 0 else { return }
        let start = bytes.count
        bytes.append(contentsOf: repeatElement(0, count: byteCount(bits: bits)))
        bytes.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress, let source = values.baseAddress else { return }
            ck_pack128(source, UInt32(bits), base + start)
        }
    }

    /// Unpacks a block; false if the bytes or the room are too short or `bits` is above 32.
    package static func unpack(
        _ bytes: UnsafeRawBufferPointer, at offset: Int, bits: Int, into values: UnsafeMutableBufferPointer<UInt32>
    ) -> Bool {
        guard let source = source(bytes, at: offset, bits: bits, room: values.count), let target = values.baseAddress
        else { return false }
        ck_unpack128(source, UInt32(bits), target)
        return true
    }

    /// Unpacks gaps into their running sums after `base` (modulo 2³²); false as for ``unpack``.
    package static func unpackSums(
        _ bytes: UnsafeRawBufferPointer, at offset: Int, bits: Int, after base: UInt32,
        into values: UnsafeMutableBufferPointer<UInt32>
    ) -> Bool {
        guard let source = source(bytes, at: offset, bits: bits, room: values.count), let target = values.baseAddress
        else { return false }
        ck_unpack128_sums(source, UInt32(bits), base, target)
        return true
    }

    /// The scalar form of both, for tests.
    package static func unpackReference(
        _ bytes: UnsafeRawBufferPointer, at offset: Int, bits: Int, sumsAfter base: UInt32? = nil,
        into values: UnsafeMutableBufferPointer<UInt32>
    ) -> Bool {
        guard let source = source(bytes, at: offset, bits: bits, room: values.count), let target = values.baseAddress
        else { return false }
        if let base {
            ck_unpack128_sums_reference(source, UInt32(bits), base, target)
        } else {
            ck_unpack128_reference(source, UInt32(bits), target)
        }
        return true
    }

    private static func source(
        _ bytes: UnsafeRawBufferPointer, at offset: Int, bits: Int, room: Int
    ) -> UnsafePointer<UInt8>? {
        guard bits >= 0, bits <= 32, room >= blockCount, offset >= 0, offset <= bytes.count,
            bytes.count - offset >= byteCount(bits: bits), let base = bytes.baseAddress
        else { return nil }
        return (base + offset).assumingMemoryBound(to: UInt8.self)
    }
}
