// What tells the bytes of one model from those of another.

import MartletKernels

package enum ModelDigest {
    /// The checksum of all but the last four bytes, which are their own checksum: that of all would be the same number for
    /// every model.
    package static func of(_ bytes: [UInt8]) -> UInt32 {
        bytes.withUnsafeBytes { Checksum.crc32c(UnsafeRawBufferPointer(rebasing: $0.dropLast(4))) }
    }
}
