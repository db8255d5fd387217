// Checked reading of bytes that may be damaged.

import MartletCore

/// A range of bytes in the map or in memory, read with every bound checked. It owns nothing: it must not outlive the
/// transaction or array that it looks into.
struct ByteView {
    let bytes: UnsafeRawBufferPointer

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    var count: Int { bytes.count }

    @inline(__always)
    func u8(_ offset: Int) throws(Diagnostic) -> UInt8 {
        guard offset >= 0, offset < bytes.count else { throw Self.outside }
        return bytes[offset]
    }

    @inline(__always)
    func u16(_ offset: Int) throws(Diagnostic) -> UInt16 {
        guard offset >= 0, offset <= bytes.count - 2 else { throw Self.outside }
        return UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt16.self))
    }

    @inline(__always)
    func u32(_ offset: Int) throws(Diagnostic) -> UInt32 {
        guard offset >= 0, offset <= bytes.count - 4 else { throw Self.outside }
        return UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }

    @inline(__always)
    func u64(_ offset: Int) throws(Diagnostic) -> UInt64 {
        guard offset >= 0, offset <= bytes.count - 8 else { throw Self.outside }
        return UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    func slice(_ start: Int, _ end: Int) throws(Diagnostic) -> UnsafeRawBufferPointer {
        guard start >= 0, start <= end, end <= bytes.count else { throw Self.outside }
        return UnsafeRawBufferPointer(rebasing: bytes[start..<end])
    }

    /// A number of seven bits a byte, lowest first, at most 35 bits; moves `offset` behind it.
    @inline(__always)
    func varint(_ offset: inout Int) throws(Diagnostic) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while shift < 35 {
            let byte = try u8(offset)
            offset += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        throw Diagnostic(.corrupt, "a text segment is damaged: a number is too long")
    }

    static var outside: Diagnostic {
        Diagnostic(.corrupt, "a text segment is damaged: a position lies outside its bytes")
    }
}

extension [UInt8] {
    mutating func append<T: FixedWidthInteger>(littleEndian value: T) {
        Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
    }

    mutating func append(varint value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(truncatingIfNeeded: rest))
    }

    mutating func append(array values: [some FixedWidthInteger]) {
        #if _endian(little)
            values.withUnsafeBytes { append(contentsOf: $0) }
        #else
            for value in values { append(littleEndian: value) }
        #endif
    }
}

/// Order of byte strings.
func isLess(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Bool {
    compare(a, b) < 0
}

/// Below, at or above zero as `a` sorts before, with or after `b`.
func compare(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Int {
    let common = min(a.count, b.count)
    for index in 0..<common where a[index] != b[index] { return a[index] < b[index] ? -1 : 1 }
    return a.count - b.count
}

extension UnsafeMutablePointer<UInt8> {
    /// Writes a number as `append(varint:)` does, and goes on behind it.
    ///
    /// - Precondition: there is room.
    @inline(__always)
    mutating func put(varint number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            pointee = UInt8(truncatingIfNeeded: rest) | 0x80
            self += 1
            rest >>= 7
        }
        pointee = UInt8(truncatingIfNeeded: rest)
        self += 1
    }
}
