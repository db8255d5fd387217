// The checksum of stored bytes.

import CKernels

package enum Checksum {
    /// CRC-32C of the bytes, continuing from `seed` (0 to begin). About 20 GB/s where the processor has an instruction.
    package static func crc32c(_ bytes: UnsafeRawBufferPointer, seed: UInt32 = 0) -> UInt32 {
        ck_crc32c(seed, bytes.baseAddress, bytes.count)
    }

    package static func crc32c(_ bytes: [UInt8], seed: UInt32 = 0) -> UInt32 {
        bytes.withUnsafeBytes { crc32c($0, seed: seed) }
    }

    /// The table-driven form, for tests.
    package static func crc32cReference(_ bytes: UnsafeRawBufferPointer, seed: UInt32 = 0) -> UInt32 {
        ck_crc32c_reference(seed, bytes.baseAddress, bytes.count)
    }
}
