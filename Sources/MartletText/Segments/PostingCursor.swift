// Reading a term's postings, block by block.

package import MartletCore
import MartletKernels

/// Room for one decoded block, reused from block to block.
package final class PostingBuffer {
    package let fieldCount: Int
    package fileprivate(set) var count = 0
    let documentStorage: UnsafeMutableBufferPointer<UInt32>
    let frequencyStorage: UnsafeMutableBufferPointer<UInt32>

    package init(fieldCount: Int) {
        self.fieldCount = fieldCount
        documentStorage = .allocate(capacity: SegmentFormat.blockCount)
        documentStorage.initialize(repeating: 0)
        frequencyStorage = .allocate(capacity: SegmentFormat.blockCount * fieldCount)
        frequencyStorage.initialize(repeating: 0)
    }

    deinit {
        documentStorage.deallocate()
        frequencyStorage.deallocate()
    }

    /// The block's documents, ascending.
    package var documents: UnsafeBufferPointer<UInt32> {
        UnsafeBufferPointer(rebasing: documentStorage[0..<count])
    }

    /// The frequencies in a field, as long as `documents`.
    package func frequencies(field: Int) -> UnsafeBufferPointer<UInt32> {
        let start = field * SegmentFormat.blockCount
        return UnsafeBufferPointer(rebasing: frequencyStorage[start..<start + count])
    }

    fileprivate func fieldStorage(_ field: Int) -> UnsafeMutableBufferPointer<UInt32> {
        let start = field * SegmentFormat.blockCount
        return UnsafeMutableBufferPointer(rebasing: frequencyStorage[start..<start + SegmentFormat.blockCount])
    }
}

/// A position in a term's postings. Every document that it gives is below the segment's number of documents.
package struct PostingCursor {
    private let postings: ByteView
    private let fieldCount: Int
    private let defaultField: Int
    private let documentCount: Int
    private let documentFrequency: Int
    private let recordsStart: Int
    private let blocksStart: Int
    private let blockTotal: Int
    private var block = 0
    /// Where the block after the last one read begins.
    private var position: Int
    private var previous: UInt32 = 0
    private var isFinished = false

    init(postings: ByteView, term: SegmentReader.Term, fieldCount: Int, defaultField: Int, documentCount: Int) {
        self.postings = postings
        self.fieldCount = fieldCount
        self.defaultField = defaultField
        self.documentCount = documentCount
        documentFrequency = term.documentFrequency
        recordsStart = term.offset
        blockTotal = documentFrequency / SegmentFormat.blockCount
        let hasTail = documentFrequency % SegmentFormat.blockCount != 0
        let records = blockTotal == 0 ? 0 : blockTotal + (hasTail ? 1 : 0)
        blocksStart = term.offset + records * SegmentFormat.blockRecordBytes(fieldCount: fieldCount)
        position = blocksStart
    }

    /// Decodes the next block; false at the end.
    package mutating func next(into buffer: PostingBuffer) throws(Diagnostic) -> Bool {
        precondition(buffer.fieldCount == fieldCount)
        if isFinished { return false }
        if block < blockTotal {
            try readBlock(into: buffer)
            block += 1
            isFinished = block == blockTotal && documentFrequency % SegmentFormat.blockCount == 0
        } else {
            try readTail(into: buffer)
            isFinished = true
        }
        return true
    }

    private mutating func readBlock(into buffer: PostingBuffer) throws(Diagnostic) {
        let record = recordsStart + block * SegmentFormat.blockRecordBytes(fieldCount: fieldCount)
        let last = try postings.u32(record)
        var offset = blocksStart + Int(try postings.u32(record + 4))
        let gapBits = Int(try postings.u8(record + 8))
        guard
            BlockPacking.unpackSums(
                postings.bytes, at: offset, bits: gapBits, after: previous, into: buffer.documentStorage)
        else { throw ByteView.outside }
        offset += BlockPacking.byteCount(bits: gapBits)
        for field in 0..<fieldCount {
            let bits = Int(try postings.u8(record + 9 + 5 * field))
            let storage = buffer.fieldStorage(field)
            guard BlockPacking.unpack(postings.bytes, at: offset, bits: bits, into: storage) else {
                throw ByteView.outside
            }
            offset += BlockPacking.byteCount(bits: bits)
            if fieldCount == 1 {
                for index in 0..<SegmentFormat.blockCount { storage[index] &+= 1 }
            }
        }
        buffer.count = SegmentFormat.blockCount
        var highest: UInt32 = 0
        for document in buffer.documentStorage { highest = max(highest, document) }
        guard Int(highest) < documentCount, highest == last else {
            throw SegmentReader.damaged("a posting's document does not exist")
        }
        previous = last
        position = offset
    }

    private mutating func readTail(into buffer: PostingBuffer) throws(Diagnostic) {
        let count = documentFrequency % SegmentFormat.blockCount
        var offset = position
        var document = UInt64(previous)
        let documents = buffer.documentStorage
        let frequencies = buffer.frequencyStorage
        for index in 0..<count {
            let code = try postings.varint(&offset)
            document += code >> 1
            guard document < UInt64(documentCount) else {
                throw SegmentReader.damaged("a posting's document does not exist")
            }
            documents[index] = UInt32(document)
            if code & 1 == 1 {
                for field in 0..<fieldCount { frequencies[field * SegmentFormat.blockCount + index] = 0 }
                frequencies[defaultField * SegmentFormat.blockCount + index] = 1
            } else {
                for field in 0..<fieldCount {
                    frequencies[field * SegmentFormat.blockCount + index] =
                        UInt32(truncatingIfNeeded: try postings.varint(&offset))
                }
            }
        }
        buffer.count = count
    }
}
