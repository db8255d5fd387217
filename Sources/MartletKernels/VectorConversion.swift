// Stored elements of vectors as floats, and back.

import CKernels

package enum VectorConversion {
    /// Halves as floats.
    ///
    /// - Precondition: two bytes for each float.
    package static func widenHalves(_ halves: UnsafeRawBufferPointer, into floats: UnsafeMutableBufferPointer<Float>) {
        precondition(halves.count >= 2 * floats.count)
        guard let from = halves.baseAddress, let to = floats.baseAddress else { return }
        ck_floats_of_halves(from, floats.count, to)
    }

    /// The nearest halves; what is beyond their range becomes the last of it.
    ///
    /// - Precondition: no NaN; two bytes for each float.
    package static func halves(
        _ floats: UnsafeBufferPointer<Float>, into halves: UnsafeMutableRawBufferPointer
    ) {
        precondition(halves.count >= 2 * floats.count)
        guard let from = floats.baseAddress, let to = halves.baseAddress else { return }
        ck_halves_of_floats(from, floats.count, to)
    }

    /// Bits as 0 and 1, the lowest of a byte first.
    ///
    /// - Precondition: a bit for each float.
    package static func widenBits(_ bits: UnsafeRawBufferPointer, into floats: UnsafeMutableBufferPointer<Float>) {
        precondition(8 * bits.count >= floats.count)
        guard let from = bits.baseAddress, let to = floats.baseAddress else { return }
        ck_floats_of_bits(from, floats.count, to)
    }

    /// Signed bytes as floats.
    ///
    /// - Precondition: a byte for each float.
    package static func widenBytes(_ bytes: UnsafeRawBufferPointer, into floats: UnsafeMutableBufferPointer<Float>) {
        precondition(bytes.count >= floats.count)
        for index in floats.indices { floats[index] = Float(Int8(bitPattern: bytes[index])) }
    }
}
