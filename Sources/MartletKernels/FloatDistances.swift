// Inner products and distances of 32-bit floats.

import CKernels

package enum FloatDistances {
    /// Σ a · b over little-endian floats at any alignment; the same float on every processor.
    ///
    /// - Precondition: as many bytes in both, a multiple of 4.
    package static func dot(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Float {
        precondition(a.count == b.count && a.count % 4 == 0)
        guard let x = a.baseAddress, let y = b.baseAddress else { return 0 }
        return ck_dot_f32(x, y, a.count / 4)
    }

    /// Σ (a − b)², as above.
    package static func squaredDistance(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Float {
        precondition(a.count == b.count && a.count % 4 == 0)
        guard let x = a.baseAddress, let y = b.baseAddress else { return 0 }
        return ck_squared_distance_f32(x, y, a.count / 4)
    }

    /// Term by term in double precision, for tests.
    package static func dotReference(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Double {
        precondition(a.count == b.count && a.count % 4 == 0)
        guard let x = a.baseAddress, let y = b.baseAddress else { return 0 }
        return ck_dot_f32_reference(x, y, a.count / 4)
    }

    package static func squaredDistanceReference(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Double {
        precondition(a.count == b.count && a.count % 4 == 0)
        guard let x = a.baseAddress, let y = b.baseAddress else { return 0 }
        return ck_squared_distance_f32_reference(x, y, a.count / 4)
    }
}
