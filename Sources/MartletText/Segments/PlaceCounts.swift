// Whether words stand within their texts.

import MartletCore

/// The words of each document and field, and where the last of them stands.
struct PlaceCounts {
    private var words: [UInt32]
    private var ends: [UInt32]

    /// - Parameter count: of documents times fields.
    init(count: Int) {
        words = [UInt32](repeating: 0, count: count)
        ends = words
    }

    /// Adds the words of a block of postings.
    mutating func add(
        _ positions: PostingPositions, block: Int, _ buffer: PostingBuffer
    ) throws(Diagnostic) {
        let places = try positions.decode(block, buffer)
        for index in 0..<buffer.count {
            for field in 0..<buffer.fieldCount {
                let own = places.of(index, field: field)
                guard let last = own.last else { continue }
                let place = Int(buffer.documents[index]) * buffer.fieldCount + field
                words[place] &+= UInt32(truncatingIfNeeded: own.count)
                ends[place] = max(ends[place], last == .max ? last : last + 1)
            }
        }
    }

    /// Throws `corrupt` if a word stands behind more places than there are words.
    func check() throws(Diagnostic) {
        for place in words.indices where ends[place] > words[place] {
            throw SegmentReader.damaged("a word lies behind the end of its text")
        }
    }
}
