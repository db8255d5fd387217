// One query term on its way through a segment.

import MartletCore
import MartletKernels

/// A position in a term's postings that moves forward only, with as much of its block decoded as was asked for.
struct TermScan {
    let model: TermModel
    /// At least the contribution of any document of the segment.
    private(set) var bound: Float
    let documentFrequency: Int
    private let blocks: PostingBlocks
    private let lengths: UnsafeBufferPointer<Float>
    private let room: TermRoom
    private var block = 0
    /// In the block, if that is decoded.
    private var position = 0
    private var state = State.untouched

    private enum State {
        case untouched, hasDocuments, hasFrequencies, hasParts
    }

    /// With more blocks than this, the bound is not worth looking at all of them.
    private static let boundBlockLimit = 64

    /// - Parameter isBounded: whether the bound is worth some work.
    init(
        _ blocks: PostingBlocks, documentFrequency: Int, model: TermModel, weights: UnsafeBufferPointer<Float>,
        lengths: UnsafeBufferPointer<Float>, room: TermRoom, isBounded: Bool
    ) throws(Diagnostic) {
        self.blocks = blocks
        self.documentFrequency = documentFrequency
        self.model = model
        self.lengths = lengths
        self.room = room
        bound = model.bound
        if !isBounded {
            return
        } else if blocks.count == 1 {
            try makeParts(weights)
            bound = 0
            for part in parts { bound = max(bound, part) }
            bound = bound * (1 + 0x1p-20) + 2 * model.grid.unit
        } else if blocks.count <= Self.boundBlockLimit {
            var highest: Float = 0
            for block in 0..<blocks.count { highest = max(highest, blockBound(block, weights)) }
            bound = highest
        }
    }

    @inline(__always)
    var isAtEnd: Bool { block >= blocks.count }

    /// The block's documents from the position on.
    @inline(__always)
    private var documents: UnsafeBufferPointer<UInt32> { room.postings.documents }

    @inline(__always)
    private var parts: UnsafeBufferPointer<Float> {
        UnsafeBufferPointer(rebasing: room.parts[0..<room.postings.count])
    }

    @inline(__always)
    private func blockBound(_ block: Int, _ weights: UnsafeBufferPointer<Float>) -> Float {
        guard let bounds = blocks.bounds(block, weights: weights) else { return model.bound }
        return model.bound(weighted: bounds.weighted, length: bounds.length)
    }

    /// At least the contribution of the documents of the block that the scan is in.
    @inline(__always)
    func blockBound(_ weights: UnsafeBufferPointer<Float>) -> Float { min(bound, blockBound(block, weights)) }

    /// No document that is still to come is below this one.
    @inline(__always)
    var nextDocument: Int {
        if isAtEnd { return .max }
        if state != .untouched, position < documents.count { return Int(documents[position]) }
        return block > 0 ? blocks.lastDocument(block - 1) + 1 : 0
    }

    /// Moves to the block that holds `document`, if any does.
    @inline(__always)
    mutating func skip(to document: Int) {
        if isAtEnd || blocks.lastDocument(block) >= document { return }
        skipBlocks(to: document)
    }

    private mutating func skipBlocks(to document: Int) {
        // Mostly it is near.
        var low = block
        var step = 1
        while low + step < blocks.count, blocks.lastDocument(low + step) < document {
            low += step
            step *= 2
        }
        var high = min(low + step, blocks.count)
        low += 1
        while low < high {
            let middle = (low + high) / 2
            if blocks.lastDocument(middle) < document { low = middle + 1 } else { high = middle }
        }
        enter(low)
    }

    private mutating func enter(_ next: Int) {
        block = next
        position = 0
        state = .untouched
    }

    mutating func nextBlock() { enter(block + 1) }

    // MARK: Decoding

    private mutating func makeDocuments() throws(Diagnostic) {
        guard state == .untouched else { return }
        state = try blocks.decodeDocuments(block, into: room.postings) ? .hasFrequencies : .hasDocuments
    }

    private mutating func makeFrequencies() throws(Diagnostic) {
        try makeDocuments()
        guard state == .hasDocuments else { return }
        try blocks.decodeFrequencies(block, into: room.postings)
        state = .hasFrequencies
    }

    private mutating func makeParts(_ weights: UnsafeBufferPointer<Float>) throws(Diagnostic) {
        if state == .hasParts { return }
        try makeFrequencies()
        var adding = false
        for field in weights.indices where weights[field] > 0 {
            TextScoring.weigh(
                frequencies: room.postings.frequencies(field: field), weight: weights[field], adding: adding,
                into: room.weighted)
            adding = true
        }
        guard
            TextScoring.parts(
                documents: documents, weighted: UnsafeBufferPointer(room.weighted), lengths: lengths, model,
                into: room.parts)
        else { throw blocks.damaged(block) }
        state = .hasParts
    }

    // MARK: Scoring

    /// The contribution to a document that is not below the last one asked for.
    mutating func part(_ document: UInt32, _ weights: UnsafeBufferPointer<Float>) throws(Diagnostic) -> Float {
        try makeDocuments()
        let documents = documents
        position = TextScoring.find(document, in: documents, from: position)
        guard position < documents.count, documents[position] == document else { return 0 }
        if state == .hasParts { return room.parts[position] }
        try makeFrequencies()
        var weighted: Float = 0
        for field in weights.indices where weights[field] > 0 {
            // As the kernel does it.
            let frequency = room.postings.frequencies(field: field)[position] & 0x7FFF_FFFF
            weighted += weights[field] * Float(frequency)
        }
        return model.part(weighted: weighted, length: lengths[Int(document)])
    }

    /// Adds the contributions to the documents of a window, and goes behind it.
    mutating func add(
        from start: Int, to scores: UnsafeMutableBufferPointer<Float>, marks: UnsafeMutableBufferPointer<UInt64>?,
        weights: UnsafeBufferPointer<Float>
    ) throws(Diagnostic) {
        let end = UInt32(clamping: start + scores.count)
        skip(to: start)
        while !isAtEnd {
            // Whole blocks of later documents are left for later.
            if block > 0, blocks.lastDocument(block - 1) >= Int(end) - 1 { return }
            try makeParts(weights)
            let documents = documents
            let from = TextScoring.find(UInt32(clamping: start), in: documents, from: position)
            let upTo = TextScoring.find(end, in: documents, from: from)
            guard
                TextScoring.add(
                    documents: UnsafeBufferPointer(rebasing: documents[from..<max(from, upTo)]),
                    parts: UnsafeBufferPointer(rebasing: parts[from..<max(from, upTo)]), base: start, to: scores,
                    marks: marks)
            else { throw blocks.damaged(block) }
            position = upTo
            if upTo < documents.count { return }
            nextBlock()
        }
    }

    /// Copies the documents of the block from the position on whose contribution is at least `threshold`, and goes to the
    /// next block. Returns how many.
    mutating func take(
        threshold: Float, weights: UnsafeBufferPointer<Float>, documents found: UnsafeMutableBufferPointer<UInt32>,
        scores: UnsafeMutableBufferPointer<Float>
    ) throws(Diagnostic) -> Int {
        try makeParts(weights)
        let documents = documents
        let parts = parts
        var count = 0
        for place in min(position, documents.count)..<documents.count {
            let part = parts[place]
            found[count] = documents[place]
            scores[count] = part
            count += part >= threshold && part > 0 ? 1 : 0
        }
        nextBlock()
        return count
    }

    /// The k-th highest contribution of the first documents that `isLive` accepts; 0 if there are not so many. The scan
    /// must be at its beginning, and is there again afterwards.
    mutating func highest(
        _ k: Int, blocks limit: Int, _ weights: UnsafeBufferPointer<Float>, _ isLive: (Int) -> Bool
    ) throws(Diagnostic) -> Float {
        guard documentFrequency >= k else { return 0 }
        var top = TopK(k)
        for block in 0..<min(limit, blocks.count) {
            enter(block)
            try makeParts(weights)
            for (document, part) in zip(documents, parts) where part > top.threshold && isLive(Int(document)) {
                top.offer(score: part, ordinal: document)
            }
        }
        enter(0)
        return top.isFull ? top.threshold : 0
    }
}
