// Where a packed row lies: a place under its key, and a block of many pages that it names.
//
//   space    key after the object's prefix   value
//   row      row id                          u8 255, u24 offset, u32 block
//   packed   block u32, big-endian           u32 bytes in use, u32 bytes of records that still count, u8 1, zeros to 16;
//                                            then records: the 8 bytes of the row id's key, u32 bytes of the row (its
//                                            highest bit: deleted), the row
//
// Files of format 3 have longer ones, which are read and changed as they are: places of u8 255, three zeros, u32 block,
// u32 offset, u32 bytes of the row; blocks with 0 instead of 1, and with u32 (1: deleted) behind the bytes of each row.
//
// Numbers in values are little-endian. A stored row never begins with 255 (see RowLayout), so that readers can tell.

struct PackedPlace {
    static let byteCount = 8
    private static let longByteCount = 16
    private static let marker: UInt8 = 255

    var block: UInt32
    var offset: Int

    init(block: UInt32, offset: Int) {
        self.block = block
        self.offset = offset
    }

    /// nil if the value is none.
    @inline(__always)
    init?(_ value: UnsafeRawBufferPointer) {
        if value.count == Self.byteCount {
            let word = UInt64(littleEndian: value.loadUnaligned(as: UInt64.self))
            guard UInt8(truncatingIfNeeded: word) == Self.marker else { return nil }
            block = UInt32(truncatingIfNeeded: word >> 32)
            offset = Int(UInt32(truncatingIfNeeded: word) >> 8)
        } else {
            guard value.count == Self.longByteCount, value[0] == Self.marker else { return nil }
            block = value.u32(4)
            offset = Int(value.u32(8))
        }
    }

    /// - Precondition: an offset of 24 bits; blocks are far smaller.
    var encoded: [UInt8] {
        let word = UInt64(block) << 32 | UInt64(offset) << 8 | UInt64(Self.marker)
        return withUnsafeBytes(of: word.littleEndian) { Array($0) }
    }
}

/// A block's bytes.
struct PackedBlock {
    static let headerBytes = 16
    /// Of the blocks that are made now.
    static let recordHeaderBytes = 12
    private static let longRecordHeaderBytes = 16
    static let formatOffset = 8
    static let format: UInt8 = 1
    static let deletedBit: UInt32 = 1 << 31

    let bytes: UnsafeRawBufferPointer

    var usedBytes: Int { bytes.count < Self.headerBytes ? .max : Int(bytes.u32(0)) }
    var liveBytes: Int { bytes.count < Self.headerBytes ? 0 : Int(bytes.u32(4)) }
    /// Whether it is of the kind that is made now.
    var isCompact: Bool { bytes.count >= Self.headerBytes && bytes[Self.formatOffset] == Self.format }
    var recordHeaderBytes: Int { isCompact ? Self.recordHeaderBytes : Self.longRecordHeaderBytes }

    /// The row of the record at an offset; nil if there is no room for one.
    @inline(__always)
    func row(at offset: Int) -> UnsafeRawBufferPointer? {
        let start = offset + recordHeaderBytes
        guard offset >= Self.headerBytes, start <= bytes.count else { return nil }
        let end = start + Int(bytes.u32(offset + 8) & ~Self.deletedBit)
        guard end <= bytes.count else { return nil }
        return UnsafeRawBufferPointer(rebasing: bytes[start..<end])
    }

    /// The row at a place, if the block holds it for the row id that the key ends with.
    @inline(__always)
    func row(_ place: PackedPlace, suffix: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        guard suffix.count == 8, let row = row(at: place.offset),
            bytes.loadUnaligned(fromByteOffset: place.offset, as: UInt64.self) == suffix.loadUnaligned(as: UInt64.self)
        else { return nil }
        return row
    }

    private func isDeleted(at offset: Int) -> Bool {
        isCompact ? bytes.u32(offset + 8) & Self.deletedBit != 0 : bytes.u32(offset + 12) & 1 == 1
    }

    struct Record {
        var suffix: [UInt8]
        var offset: Int
        var isDeleted: Bool
        var row: UnsafeRawBufferPointer
    }

    /// All records; nil if they do not follow each other as they should.
    func records() -> [Record]? {
        guard usedBytes >= Self.headerBytes, usedBytes <= bytes.count, bytes[Self.formatOffset] <= Self.format else {
            return nil
        }
        var records: [Record] = []
        var offset = Self.headerBytes
        while offset < usedBytes {
            guard let row = row(at: offset) else { return nil }
            records.append(
                Record(
                    suffix: Array(bytes[offset..<offset + 8]), offset: offset, isDeleted: isDeleted(at: offset),
                    row: row))
            offset += recordHeaderBytes + row.count
        }
        return offset == usedBytes ? records : nil
    }

    static func key(_ objectID: UInt32, _ block: UInt32) -> [UInt8] {
        KeyPrefix(.packed, objectID).bytes + withUnsafeBytes(of: block.bigEndian) { Array($0) }
    }
}

extension UnsafeRawBufferPointer {
    @inline(__always)
    fileprivate func u32(_ offset: Int) -> UInt32 {
        UInt32(littleEndian: loadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }
}

extension UnsafeMutableRawBufferPointer {
    func setU32(_ offset: Int, _ value: Int) {
        storeBytes(of: UInt32(truncatingIfNeeded: value).littleEndian, toByteOffset: offset, as: UInt32.self)
    }
}
