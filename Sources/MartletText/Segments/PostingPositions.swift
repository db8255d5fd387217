// Where the words of a term's postings are, any block at a time.

import MartletCore

/// The positions of one term in the blocks of its postings.
struct PostingPositions {
    private let positions: ByteView
    private let start: Int
    private let fieldCount: Int
    /// Zero if there is a tail alone: its positions begin at once.
    private let blockCount: Int

    init(_ positions: ByteView, start: Int, documentFrequency: Int, fieldCount: Int) throws(Diagnostic) {
        self.positions = positions
        self.start = start
        self.fieldCount = fieldCount
        let full = documentFrequency / SegmentFormat.blockCount
        blockCount = full > 0 ? full + (documentFrequency % SegmentFormat.blockCount > 0 ? 1 : 0) : 0
        guard start <= positions.count, positions.count - start >= 4 * blockCount else { throw ByteView.outside }
    }

    /// The positions of a block whose documents and frequencies are in `buffer`. O(words).
    func decode(_ block: Int, _ buffer: PostingBuffer) throws(Diagnostic) -> BlockPositions {
        do throws(Diagnostic) {
            return try read(block, buffer)
        } catch {
            throw SegmentReader.damaged("block \(block) of the positions at byte \(start) cannot be read")
        }
    }

    private func read(_ block: Int, _ buffer: PostingBuffer) throws(Diagnostic) -> BlockPositions {
        var offset = start + 4 * blockCount
        if blockCount > 0 { offset += Int(try positions.u32(start + 4 * block)) }
        var result = BlockPositions(fieldCount: fieldCount)
        for index in 0..<buffer.count {
            for field in 0..<fieldCount {
                var place: Int64 = -1
                // A word has at least a byte: damaged frequencies end at the end of the section.
                for _ in 0..<buffer.frequencies(field: field)[index] {
                    place += Int64(try positions.varint(&offset))
                    guard place >= 0, let small = UInt32(exactly: place), small > (result.last ?? 0) || result.isOpen
                    else { throw ByteView.outside }
                    result.append(small)
                }
                result.end()
            }
        }
        return result
    }
}

/// The decoded positions of a block: for each posting and field the places of the word, ascending.
struct BlockPositions {
    private let fieldCount: Int
    private(set) var places: [UInt32] = []
    private var ends: [Int] = [0]

    init(fieldCount: Int) { self.fieldCount = fieldCount }

    /// Whether the posting's field has no place yet.
    var isOpen: Bool { places.count == ends[ends.count - 1] }

    var last: UInt32? { places.last }

    mutating func append(_ place: UInt32) { places.append(place) }

    mutating func end() { ends.append(places.count) }

    func of(_ index: Int, field: Int) -> ArraySlice<UInt32> {
        let group = index * fieldCount + field
        return places[ends[group]..<ends[group + 1]]
    }

    /// Of all fields of a posting.
    func of(_ index: Int) -> ArraySlice<UInt32> { places[ends[index * fieldCount]..<ends[(index + 1) * fieldCount]] }
}
