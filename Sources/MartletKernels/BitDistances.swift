// The number of bits in which two rows of bits differ.

import CKernels

package enum BitDistances {
    /// How many bits differ.
    ///
    /// - Precondition: as many bytes in both.
    package static func hamming(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Int {
        precondition(a.count == b.count)
        guard let x = a.baseAddress, let y = b.baseAddress else { return 0 }
        return Int(ck_hamming(x, y, a.count))
    }

    /// Bit by bit, for tests.
    package static func hammingReference(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Int {
        precondition(a.count == b.count)
        guard let x = a.baseAddress, let y = b.baseAddress else { return 0 }
        return Int(ck_hamming_reference(x, y, a.count))
    }
}
