// Sums of rows of 16-bit codes.

import CKernels

package enum CodeRowSums {
    /// `to[i] += factor · codes[i]`, the same numbers on every machine. O(codes).
    ///
    /// - Precondition: as many numbers as codes.
    @inline(__always)
    package static func add(
        _ codes: UnsafeBufferPointer<Int16>, times factor: Float, to: UnsafeMutableBufferPointer<Float>
    ) {
        precondition(codes.count == to.count)
        guard let from = codes.baseAddress, let target = to.baseAddress else { return }
        ck_add_codes16(from, factor, target, codes.count)
    }
}
