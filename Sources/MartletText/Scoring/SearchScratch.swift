// What one search can take over from the one before it.

import MartletCore
import MartletKernels

/// Room for scores and decoded blocks, and the weighted lengths of segments' documents: O(documents) to make, so worth
/// keeping from query to query.
///
/// Not for use from two threads.
package final class SearchScratch {
    /// How many documents are scored at once, at most: scores and marks for so many.
    static let windowCount = 1 << 16

    package let fieldCount: Int
    /// By the segments' `cacheID`.
    private var lengths: [UInt32: WeightedLengths] = [:]
    private var buffers: [TermBuffers] = []
    /// Zeros between searches, like `marks`.
    let scores: UnsafeMutableBufferPointer<Float>
    let marks: UnsafeMutableBufferPointer<UInt64>
    let candidates: UnsafeMutableBufferPointer<UInt32>
    let candidateScores: UnsafeMutableBufferPointer<Float>

    package init(fieldCount: Int) {
        self.fieldCount = fieldCount
        scores = .allocate(capacity: Self.windowCount)
        scores.initialize(repeating: 0)
        marks = .allocate(capacity: Self.windowCount / 64)
        marks.initialize(repeating: 0)
        candidates = .allocate(capacity: Self.windowCount + 16)
        candidates.initialize(repeating: 0)
        candidateScores = .allocate(capacity: Self.windowCount + 16)
        candidateScores.initialize(repeating: 0)
    }

    deinit {
        scores.deallocate()
        marks.deallocate()
        candidates.deallocate()
        candidateScores.deallocate()
    }

    /// Puts the zeros back after a search that ended with an error.
    func clear() {
        scores.update(repeating: 0)
        marks.update(repeating: 0)
    }

    /// Room for the term at a place in the query, for as long as the scratch is there.
    func room(_ place: Int) -> TermRoom {
        while buffers.count <= place { buffers.append(TermBuffers(fieldCount: fieldCount)) }
        return buffers[place].room
    }

    func lengths(_ segment: SearchSegment, _ weights: [Float]) throws(Diagnostic) -> WeightedLengths {
        if let id = segment.cacheID, let known = lengths[id], known.weights == weights,
            known.values.count == segment.reader.documentCount
        {
            return known
        }
        let made = try WeightedLengths(segment.reader, weights)
        if let id = segment.cacheID { lengths[id] = made }
        return made
    }

    /// Forgets the lengths of segments that have gone.
    func keepLengths(of segments: [SearchSegment]) {
        if lengths.count <= segments.count { return }
        let ids = Set(segments.compactMap(\.cacheID))
        lengths = lengths.filter { ids.contains($0.key) }
    }
}

/// For each document of a segment, the sum of its fields' lengths by weight.
final class WeightedLengths {
    private static let pieceCount = 1_024

    let weights: [Float]
    let values: UnsafeBufferPointer<Float>
    private let storage: UnsafeMutableBufferPointer<Float>

    init(_ reader: SegmentReader, _ weights: [Float]) throws(Diagnostic) {
        self.weights = weights
        storage = .allocate(capacity: reader.documentCount)
        storage.initialize(repeating: 0)
        values = UnsafeBufferPointer(storage)
        var adding = false
        let pieces = UnsafeMutableBufferPointer<UInt32>.allocate(capacity: Self.pieceCount)
        defer { pieces.deallocate() }
        for (field, weight) in weights.enumerated() where weight > 0 {
            for start in stride(from: 0, to: storage.count, by: Self.pieceCount) {
                let documents = start..<min(start + Self.pieceCount, storage.count)
                try reader.lengths(field: field, of: documents, into: pieces)
                TextScoring.weigh(
                    frequencies: UnsafeBufferPointer(rebasing: pieces[..<documents.count]), weight: weight,
                    adding: adding,
                    into: UnsafeMutableBufferPointer(rebasing: storage[documents]))
            }
            adding = true
        }
    }

    deinit { storage.deallocate() }
}

/// Room for a decoded block of one term and the contributions of its postings.
final class TermBuffers {
    private let postings: PostingBuffer
    /// Not to be used without the buffers.
    let room: TermRoom

    init(fieldCount: Int) {
        postings = PostingBuffer(fieldCount: fieldCount)
        room = TermRoom(postings: postings.room)
    }

    deinit { room.deallocate() }
}

/// The places of ``TermBuffers``, where loops find them without counting references.
struct TermRoom {
    let postings: PostingRoom
    let weighted: UnsafeMutableBufferPointer<Float>
    let parts: UnsafeMutableBufferPointer<Float>

    fileprivate init(postings: PostingRoom) {
        self.postings = postings
        weighted = .allocate(capacity: SegmentFormat.blockCount)
        weighted.initialize(repeating: 0)
        parts = .allocate(capacity: SegmentFormat.blockCount)
        parts.initialize(repeating: 0)
    }

    fileprivate func deallocate() {
        weighted.deallocate()
        parts.deallocate()
    }
}
