// What tells the bytes of one model from those of another.

import MartletKernels

package enum ModelDigest {
    /// The checksum of all but the last four bytes, which are their own checksum: that of all would be the same number for
    /// every model.
    package static func of(_ bytes: [UInt8]) -> UInt32 {
        bytes.withUnsafeBytes { Checksum.crc32c(UnsafeRawBufferPointer(rebasing: $0.dropLast(4))) }
    }

    /// The same, of bytes that end with it: a model's own.
    package static func inside(_ bytes: [UInt8]) -> UInt32 {
        bytes.suffix(4).reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }
}
