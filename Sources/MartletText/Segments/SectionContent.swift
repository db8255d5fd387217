// What a section of a segment holds, before it is written.

import MartletKernels

struct SectionContent: Sendable {
    let byteCount: Int
    /// Sets every byte of as many as `byteCount` says.
    fileprivate let write: @Sendable (UnsafeMutableRawBufferPointer) -> Void

    init(numbers: [some FixedWidthInteger & Sendable]) {
        let section = FixedWidthNumbers.NumberSection(numbers)
        byteCount = section.byteCount
        write = section.write
    }

    /// Bytes one behind the other.
    init(pieces: [[UInt8]]) {
        byteCount = pieces.reduce(0) { $0 + $1.count }
        write = { bytes in
            var place = 0
            for piece in pieces {
                UnsafeMutableRawBufferPointer(rebasing: bytes[place..<place + piece.count]).copyBytes(from: piece)
                place += piece.count
            }
        }
    }
}

/// The memory of a segment, which threads fill side by side.
///
/// `@unchecked Sendable`: each thread writes a range of its own.
struct SectionTarget: @unchecked Sendable {
    private let bytes: UnsafeMutableRawBufferPointer

    init(_ bytes: UnsafeMutableRawBufferPointer) { self.bytes = bytes }

    func clear(upTo end: Int) {
        UnsafeMutableRawBufferPointer(rebasing: bytes[..<end]).initializeMemory(as: UInt8.self, repeating: 0)
    }

    /// Puts a section at the start of a range, zeros behind it, and returns the section's checksum.
    func write(_ section: SectionContent, _ range: Range<Int>) -> UInt32 {
        let end = range.lowerBound + section.byteCount
        let own = UnsafeMutableRawBufferPointer(rebasing: bytes[range.lowerBound..<end])
        section.write(own)
        for place in end..<range.upperBound { bytes[place] = 0 }
        return Checksum.crc32c(UnsafeRawBufferPointer(own))
    }
}
