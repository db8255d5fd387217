// Functions of many numbers, the same on every processor.

import CKernels

package enum Elementwise {
    /// e to the power of each number, in place; saturates below -87 and above 88.
    @inline(__always)
    package static func exp(_ numbers: UnsafeMutablePointer<Float>, _ count: Int) { ck_exp(numbers, count) }

    /// The natural logarithm of each number, in place; numbers below the smallest normal one count as that.
    @inline(__always)
    package static func log(_ numbers: UnsafeMutablePointer<Float>, _ count: Int) { ck_log(numbers, count) }
}
