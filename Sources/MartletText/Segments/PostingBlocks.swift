// A term's postings, any block at a time.

package import MartletCore
import MartletKernels

/// Room for one decoded block, reused from block to block.
package final class PostingBuffer {
    /// Not to be used without the buffer.
    let room: PostingRoom

    package init(fieldCount: Int) { room = PostingRoom(fieldCount: fieldCount) }

    deinit { room.deallocate() }

    package var fieldCount: Int { room.fieldCount }

    package var count: Int { room.count }

    /// The block's documents, ascending.
    package var documents: UnsafeBufferPointer<UInt32> { room.documents }

    /// The frequencies in a field, as long as `documents`.
    package func frequencies(field: Int) -> UnsafeBufferPointer<UInt32> { room.frequencies(field: field) }
}

/// The places of a ``PostingBuffer``, where loops find them without counting references.
struct PostingRoom {
    let fieldCount: Int
    fileprivate let documentStorage: UnsafeMutableBufferPointer<UInt32>
    fileprivate let frequencyStorage: UnsafeMutableBufferPointer<UInt32>
    private let counted: UnsafeMutablePointer<Int>

    fileprivate init(fieldCount: Int) {
        self.fieldCount = fieldCount
        documentStorage = .allocate(capacity: SegmentFormat.blockCount)
        documentStorage.initialize(repeating: 0)
        frequencyStorage = .allocate(capacity: SegmentFormat.blockCount * fieldCount)
        frequencyStorage.initialize(repeating: 0)
        counted = .allocate(capacity: 1)
        counted.initialize(to: 0)
    }

    fileprivate func deallocate() {
        documentStorage.deallocate()
        frequencyStorage.deallocate()
        counted.deallocate()
    }

    @inline(__always)
    fileprivate(set) var count: Int {
        get { counted.pointee }
        nonmutating set { counted.pointee = newValue }
    }

    @inline(__always)
    var documents: UnsafeBufferPointer<UInt32> { UnsafeBufferPointer(rebasing: documentStorage[0..<count]) }

    @inline(__always)
    func frequencies(field: Int) -> UnsafeBufferPointer<UInt32> {
        let start = field * SegmentFormat.blockCount
        return UnsafeBufferPointer(rebasing: frequencyStorage[start..<start + count])
    }

    fileprivate func fieldStorage(_ field: Int) -> UnsafeMutableBufferPointer<UInt32> {
        let start = field * SegmentFormat.blockCount
        return UnsafeMutableBufferPointer(rebasing: frequencyStorage[start..<start + SegmentFormat.blockCount])
    }
}

/// The blocks of a term's postings. Every document that they give is below the segment's number of documents.
package struct PostingBlocks {
    /// The number of blocks, with the tail.
    package let count: Int
    private let postings: ByteView
    private let fieldCount: Int
    private let defaultField: Int
    private let documentCount: Int
    private let tailCount: Int
    private let fullCount: Int
    /// Zero if there are no block records: there is a tail alone then.
    private let recordBytes: Int
    private let recordsStart: Int
    private let blocksStart: Int

    init(
        postings: ByteView, term: SegmentReader.Term, fieldCount: Int, defaultField: Int, documentCount: Int
    ) throws(Diagnostic) {
        self.postings = postings
        self.fieldCount = fieldCount
        self.defaultField = defaultField
        self.documentCount = documentCount
        tailCount = term.documentFrequency % SegmentFormat.blockCount
        fullCount = term.documentFrequency / SegmentFormat.blockCount
        count = fullCount + (tailCount > 0 ? 1 : 0)
        recordsStart = term.offset
        recordBytes = fullCount > 0 ? SegmentFormat.blockRecordBytes(fieldCount: fieldCount) : 0
        blocksStart = term.offset + count * recordBytes
        guard blocksStart <= postings.count else { throw ByteView.outside }
    }

    /// The last document of a block; for a tail alone, the last that there can be.
    @inline(__always)
    func lastDocument(_ block: Int) -> Int {
        guard recordBytes > 0 else { return documentCount - 1 }
        // The initializer made sure of the records' place.
        return Int(record(block, 0, UInt32.self))
    }

    /// Bounds of the weighted frequencies and lengths of a block's documents; nil if they are not known.
    @inline(__always)
    func bounds(_ block: Int, weights: UnsafeBufferPointer<Float>) -> (weighted: Float, length: Float)? {
        guard recordBytes > 0 else { return nil }
        var weighted: Float = 0
        var length: Float = 0
        for field in 0..<fieldCount where weights[field] > 0 {
            let highest = record(block, 9 + 5 * field + 1, UInt16.self)
            if highest == .max { return nil }
            weighted += weights[field] * Float(highest)
            length += weights[field] * Float(record(block, 9 + 5 * field + 3, UInt16.self))
        }
        return (weighted, length)
    }

    @inline(__always)
    private func record<T: FixedWidthInteger>(_ block: Int, _ offset: Int, _ type: T.Type) -> T {
        T(
            littleEndian: postings.bytes.loadUnaligned(
                fromByteOffset: recordsStart + block * recordBytes + offset, as: T.self))
    }

    /// Decodes a block's documents; true if its frequencies came with them (a tail).
    func decodeDocuments(_ block: Int, into buffer: PostingRoom) throws(Diagnostic) -> Bool {
        precondition(buffer.fieldCount == fieldCount && block >= 0 && block < count)
        let previous: UInt32 = block > 0 ? record(block - 1, 0, UInt32.self) : 0
        if block == fullCount {
            let offset = blocksStart + (recordBytes > 0 ? Int(record(block, 4, UInt32.self)) : 0)
            let taken = TailEncoding.decode(
                postings.bytes, at: offset, count: tailCount, after: previous, documentCount: documentCount,
                fieldCount: fieldCount, defaultField: defaultField, documents: buffer.documentStorage,
                frequencies: buffer.frequencyStorage, stride: SegmentFormat.blockCount)
            guard taken != nil else { throw damaged(block) }
            buffer.count = tailCount
            return true
        }
        let offset = blocksStart + Int(record(block, 4, UInt32.self))
        guard
            BlockPacking.unpackSums(
                postings.bytes, at: offset, bits: Int(record(block, 8, UInt8.self)), after: previous,
                into: buffer.documentStorage)
        else { throw damaged(block) }
        buffer.count = SegmentFormat.blockCount
        var highest: UInt32 = 0
        for document in buffer.documentStorage { highest = max(highest, document) }
        guard Int(highest) < documentCount, highest == record(block, 0, UInt32.self) else { throw damaged(block) }
        return false
    }

    /// Decodes the frequencies of a full block.
    func decodeFrequencies(_ block: Int, into buffer: PostingRoom) throws(Diagnostic) {
        precondition(buffer.fieldCount == fieldCount && block >= 0 && block < fullCount)
        var offset =
            blocksStart + Int(record(block, 4, UInt32.self))
            + BlockPacking.byteCount(bits: Int(record(block, 8, UInt8.self)))
        for field in 0..<fieldCount {
            let bits = Int(record(block, 9 + 5 * field, UInt8.self))
            let storage = buffer.fieldStorage(field)
            guard BlockPacking.unpack(postings.bytes, at: offset, bits: bits, into: storage) else {
                throw damaged(block)
            }
            offset += BlockPacking.byteCount(bits: bits)
            if fieldCount == 1 {
                for index in 0..<SegmentFormat.blockCount { storage[index] &+= 1 }
            }
        }
    }

    func damaged(_ block: Int) -> Diagnostic {
        SegmentReader.damaged("block \(block) of the postings at byte \(recordsStart) cannot be read")
    }
}

/// A position in a term's postings, from the first to the last.
package struct PostingCursor {
    private let blocks: PostingBlocks
    private var block = 0

    init(_ blocks: PostingBlocks) { self.blocks = blocks }

    /// Decodes the next block; false at the end.
    package mutating func next(into buffer: PostingBuffer) throws(Diagnostic) -> Bool {
        guard block < blocks.count else { return false }
        if try !blocks.decodeDocuments(block, into: buffer.room) {
            try blocks.decodeFrequencies(block, into: buffer.room)
        }
        block += 1
        return true
    }
}
