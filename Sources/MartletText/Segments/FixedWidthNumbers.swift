// Arrays of numbers in as few bits each as the largest needs.
//
//      0  i64  base
//      8  u8   width: bits of a number, 0...57 or 64
//      9       seven zero bytes
//     16       the numbers less the base, `width` bits each from the lowest bit of the first byte on; zeros up to a byte
//     then eight zero bytes, so that any number can be read as eight bytes

package import MartletCore

/// Numbers of a section, any of them in O(1).
package struct FixedWidthNumbers {
    package let count: Int
    private let view: ByteView
    private let base: Int64
    private let width: Int
    private let mask: UInt64

    private static let headerBytes = 16
    private static let slackBytes = 8
    /// Such a number lies within eight bytes, wherever it begins.
    private static let widest = 57

    /// - Throws: `corrupt` if the section does not hold just so many numbers.
    package init(_ section: UnsafeRawBufferPointer, count: Int) throws(Diagnostic) {
        view = ByteView(section)
        self.count = count
        base = Int64(bitPattern: try view.u64(0))
        width = Int(try view.u8(8))
        let (bits, overflow) = count.multipliedReportingOverflow(by: width)
        guard width <= Self.widest || width == 64, count >= 0, !overflow, bits <= Int.max - 7,
            section.count - Self.headerBytes - Self.slackBytes == (bits + 7) / 8
        else { throw SegmentReader.damaged("an array of numbers has a wrong length") }
        mask = width == 64 ? .max : (1 << UInt64(width)) - 1
    }

    /// - Throws: `corrupt` if there is no such place.
    @inline(__always)
    package subscript(place: Int) -> Int64 {
        get throws(Diagnostic) {
            guard place >= 0, place < count else { throw ByteView.outside }
            // The initializer made sure of eight bytes behind any number.
            let bit = place &* width
            let stored = view.bytes.loadUnaligned(fromByteOffset: Self.headerBytes &+ bit >> 3, as: UInt64.self)
            return base &+ Int64(bitPattern: UInt64(littleEndian: stored) &>> UInt64(bit & 7) & mask)
        }
    }

    /// A number that counts or places something: one beyond 32 bits is damage.
    @inline(__always)
    func u32(_ place: Int) throws(Diagnostic) -> Int {
        let number = try self[place]
        guard let small = UInt32(exactly: number) else { throw ByteView.outside }
        return Int(small)
    }

    /// Nothing is stored beside the numbers.
    func check() throws(Diagnostic) {
        guard try view.slice(9, Self.headerBytes).allSatisfy({ $0 == 0 }),
            try view.slice(view.count - Self.slackBytes, view.count).allSatisfy({ $0 == 0 })
        else { throw SegmentReader.damaged("a reserved number is set") }
    }

    package static func write<Number: FixedWidthInteger>(_ numbers: [Number], to bytes: inout [UInt8]) {
        let base = numbers.min().map { Int64($0) } ?? 0
        let highest = numbers.max().map { Int64($0) } ?? 0
        let range = UInt64(bitPattern: highest &- base)
        let needed = 64 - range.leadingZeroBitCount
        let width = needed <= widest ? needed : 64
        bytes.append(littleEndian: base)
        bytes.append(littleEndian: UInt64(width))
        let start = bytes.count
        bytes.append(contentsOf: repeatElement(0, count: (numbers.count * width + 7) / 8 + slackBytes))
        bytes.withUnsafeMutableBytes { bytes in
            for (place, number) in numbers.enumerated() {
                let stored = UInt64(bitPattern: Int64(number) &- base)
                let bit = place * width
                let offset = start + bit / 8
                let before = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
                let after = before | stored << UInt64(bit % 8)
                bytes.storeBytes(of: after.littleEndian, toByteOffset: offset, as: UInt64.self)
            }
        }
    }
}
