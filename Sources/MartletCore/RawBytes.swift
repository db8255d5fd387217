// Byte arrays as raw buffers, with typed errors.

extension Array where Element == UInt8 {
    /// `withUnsafeBytes` that keeps the type of the error, which the standard library's does not.
    @inlinable
    package func withRawBytes<R, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
        try withUnsafeBufferPointer { (buffer) throws(E) -> R in try body(UnsafeRawBufferPointer(buffer)) }
    }
}
