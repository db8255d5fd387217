// The positions of a term in one document after the other.

import MartletCore

/// Walks through a term's postings by ascending documents. Blocks without wanted documents are not decoded.
struct PositionWalk {
    private let blocks: PostingBlocks
    private let positions: PostingPositions
    private let buffer: PostingBuffer
    private var block = -1
    private var decoded: BlockPositions
    private var index = 0

    /// - Precondition: the segment has positions.
    init(_ term: SegmentReader.Term, _ reader: SegmentReader) throws(Diagnostic) {
        blocks = try reader.blocks(term)
        positions = try reader.positions(term)
        buffer = PostingBuffer(fieldCount: reader.fieldCount)
        decoded = BlockPositions(fieldCount: reader.fieldCount)
    }

    /// Goes to a document that is not before the one it is at.
    mutating func move(to document: Int) throws(Diagnostic) {
        var wanted = max(block, 0)
        while wanted < blocks.count - 1, blocks.lastDocument(wanted) < document { wanted += 1 }
        if wanted != block {
            if try !blocks.decodeDocuments(wanted, into: buffer.room) {
                try blocks.decodeFrequencies(wanted, into: buffer.room)
            }
            decoded = try positions.decode(wanted, buffer)
            block = wanted
            index = 0
        }
        while index < buffer.documents.count, Int(buffer.documents[index]) < document { index += 1 }
        guard index < buffer.documents.count, Int(buffer.documents[index]) == document else {
            throw SegmentReader.damaged("a posting is not where its block says")
        }
    }

    /// The word's places in a field of the document.
    func places(field: Int) -> [Int] { decoded.of(index, field: field).map { Int($0) } }
}
