// Fast access to all bytes of a column at once.

import MartletCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// memcmp's sign.
@inline(__always)
func compareMemory(_ a: UnsafeRawPointer, _ b: UnsafeRawPointer, _ count: Int) -> Int {
    Int(memcmp(a, b, count))
}

extension ByteColumn {
    /// Calls `body` with all bytes and the offsets of the elements in them.
    @inline(__always)
    func withAllBytes<R>(_ body: (UnsafeRawBufferPointer, UnsafeBufferPointer<Int>) -> R) -> R {
        let offsets = self.offsets
        return bytes.withUnsafeBytes { all in
            offsets.withUnsafeBufferPointer { offsets in body(all, offsets) }
        }
    }
}
