// What a commit leaves beside LMDB's own words in its meta page, so that one flush makes it durable.
//
// LMDB flushes a commit's pages, then writes the meta page that names them, and flushes that: a meta page on disk must
// never lead to pages that are not. Here all is written first and flushed once, and a checksum of everything that the
// commit wrote stands in its meta page: a file whose last flush was cut short by a crash of the system is known by a
// checksum that is wrong, and opened as of the commit before (the idea is that of IRON ext3's transactional checksums,
// Prabhakaran et al. 2005). LMDB leaves the pages of that commit alone until the next one.
//
//   | offset | bytes | what                                                        |
//   | ------ | ----- | ----------------------------------------------------------- |
//   | 0      | 8     | "MARTLETC"                                                  |
//   | 8      | 8     | the transaction                                             |
//   | 16     | 8     | the run of the operating system that it was made in         |
//   | 24     | 4     | 1: told by its checksum; 2: known to be on disk             |
//   | 28     | 4     | CRC-32C of the meta page's own words and of the pages       |
//   | 32     | 4     | the number of pages                                         |
//   | 36     | 4     | CRC-32C of the bytes before                                 |

import CKernels

package struct CommitRecord: Equatable {
    package enum Kind: UInt32 {
        case summed = 1
        case flushed = 2
    }

    /// Within a meta page: in the first 512 bytes, which a disk writes whole.
    package static let offset = 256
    package static let byteCount = 40
    private static let magic = Array("MARTLETC".utf8)

    package var transaction: UInt64
    package var boot: UInt64
    package var kind: Kind
    package var checksum: UInt32 = 0
    package var pageCount: UInt32 = 0

    package init(_ kind: Kind, transaction: UInt64, boot: UInt64) {
        self.kind = kind
        self.transaction = transaction
        self.boot = boot
    }

    /// nil if the bytes hold none.
    package init?(_ bytes: ArraySlice<UInt8>) {
        guard bytes.count == Self.byteCount, bytes.starts(with: Self.magic) else { return nil }
        func load<T: FixedWidthInteger>(_ offset: Int, as type: T.Type) -> T {
            T(littleEndian: bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: type) })
        }
        guard Self.sum(bytes.prefix(Self.byteCount - 4)) == load(36, as: UInt32.self),
            let kind = Kind(rawValue: load(24, as: UInt32.self))
        else { return nil }
        self.init(kind, transaction: load(8, as: UInt64.self), boot: load(16, as: UInt64.self))
        checksum = load(28, as: UInt32.self)
        pageCount = load(32, as: UInt32.self)
    }

    package var bytes: [UInt8] {
        var bytes = Self.magic
        func append(_ number: some FixedWidthInteger) {
            withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
        }
        append(transaction)
        append(boot)
        append(kind.rawValue)
        append(checksum)
        append(pageCount)
        append(Self.sum(bytes[...]))
        return bytes
    }

    private static func sum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        bytes.withUnsafeBytes { ck_crc32c(0, $0.baseAddress, $0.count) }
    }
}
