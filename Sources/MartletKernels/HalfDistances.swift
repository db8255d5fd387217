// Inner products and distances of 32-bit floats with 16-bit ones.

import CKernels

package enum HalfDistances {
    /// Σ a · b of little-endian floats and halves at any alignment; the same float on every processor.
    ///
    /// - Precondition: as many floats as halves, these finite.
    package static func dot(_ floats: UnsafeRawBufferPointer, _ halves: UnsafeRawBufferPointer) -> Float {
        precondition(floats.count == 2 * halves.count && halves.count % 2 == 0)
        guard let x = floats.baseAddress, let y = halves.baseAddress else { return 0 }
        return ck_dot_f16(x, y, halves.count / 2)
    }

    /// Σ (a − b)², as above.
    package static func squaredDistance(_ floats: UnsafeRawBufferPointer, _ halves: UnsafeRawBufferPointer) -> Float {
        precondition(floats.count == 2 * halves.count && halves.count % 2 == 0)
        guard let x = floats.baseAddress, let y = halves.baseAddress else { return 0 }
        return ck_squared_distance_f16(x, y, halves.count / 2)
    }

    /// Term by term in double precision, for tests.
    package static func dotReference(_ floats: UnsafeRawBufferPointer, _ halves: UnsafeRawBufferPointer) -> Double {
        precondition(floats.count == 2 * halves.count && halves.count % 2 == 0)
        guard let x = floats.baseAddress, let y = halves.baseAddress else { return 0 }
        return ck_dot_f16_reference(x, y, halves.count / 2)
    }

    package static func squaredDistanceReference(
        _ floats: UnsafeRawBufferPointer, _ halves: UnsafeRawBufferPointer
    ) -> Double {
        precondition(floats.count == 2 * halves.count && halves.count % 2 == 0)
        guard let x = floats.baseAddress, let y = halves.baseAddress else { return 0 }
        return ck_squared_distance_f16_reference(x, y, halves.count / 2)
    }
}
