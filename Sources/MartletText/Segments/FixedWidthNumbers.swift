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

    package static func write<Number: FixedWidthInteger & Sendable>(_ numbers: [Number], to bytes: inout [UInt8]) {
        let section = NumberSection(numbers)
        let start = bytes.count
        bytes.append(contentsOf: repeatElement(0, count: section.byteCount))
        bytes.withUnsafeMutableBytes { section.write(UnsafeMutableRawBufferPointer(rebasing: $0[start...])) }
    }

    /// An array of numbers that is to be written: how many bytes it takes, and how it gets into them.
    struct NumberSection: Sendable {
        let byteCount: Int
        /// Sets every byte of as many as `byteCount` says.
        let write: @Sendable (UnsafeMutableRawBufferPointer) -> Void

        /// O(numbers), as is writing.
        init<Number: FixedWidthInteger & Sendable>(_ numbers: [Number]) {
            var lowest = numbers.first ?? 0
            var highest = lowest
            for number in numbers {
                lowest = min(lowest, number)
                highest = max(highest, number)
            }
            let base = Int64(lowest)
            let range = UInt64(bitPattern: Int64(highest) &- base)
            let needed = 64 - range.leadingZeroBitCount
            let width = needed <= widest ? needed : 64
            byteCount = headerBytes + (numbers.count * width + 7) / 8 + slackBytes
            write = { bytes in
                bytes.storeBytes(of: base.littleEndian, as: Int64.self)
                bytes.storeBytes(of: UInt64(width).littleEndian, toByteOffset: 8, as: UInt64.self)
                /// Bits that do not fill eight bytes yet, the first lowest.
                var held: UInt64 = 0
                var heldBits = 0
                var place = headerBytes
                for number in numbers {
                    let stored = UInt64(bitPattern: Int64(number) &- base)
                    held |= stored &<< UInt64(heldBits)
                    heldBits += width
                    guard heldBits >= 64 else { continue }
                    bytes.storeBytes(of: held.littleEndian, toByteOffset: place, as: UInt64.self)
                    place += 8
                    heldBits -= 64
                    held = heldBits == 0 ? 0 : stored &>> UInt64(width - heldBits)
                }
                bytes.storeBytes(of: held.littleEndian, toByteOffset: place, as: UInt64.self)
                for rest in place + 8..<bytes.count { bytes[rest] = 0 }
            }
        }
    }
}
