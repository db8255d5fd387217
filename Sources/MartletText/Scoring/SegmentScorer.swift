// The best documents of one segment.

import MartletCore
import MartletKernels

/// MaxScore (Turtle and Flood 1995) over windows of documents: the terms whose bounds together cannot lift a document to the
/// threshold are not essential. Essential terms are added up term by term; their documents that may still reach the
/// threshold are looked up in the others, the strongest first, past blocks whose bound is too low (Ding and Suel 2011).
///
/// Sums are exact (see `TermModel.Grid`), so that the order of adding is free.
struct SegmentScorer {
    private let segment: SearchSegment
    private let filter: TextFilter
    private let range: TextHitRange
    private let allowed: OrdinalBitmap?
    private let scratch: SearchScratch
    private let weights: UnsafeBufferPointer<Float>
    /// By rising bound.
    private var scans: [TermScan]
    /// For each number of scans, at least what so many of the first can contribute together.
    private var bounds: [Float] = [0]
    private var top: TopK
    /// Lower scores are of no use.
    private var least: Float

    private let tuning: SearchTuning

    /// How many documents are looked through with one threshold.
    private static let pieceCount = 256
    /// How many postings are added up in the time that one is looked up in.
    private static let lookupCost = 24

    init(
        _ segment: SearchSegment, scans: [TermScan], k: Int, atLeast least: Float, filter: TextFilter,
        range: TextHitRange, allowed: OrdinalBitmap?, weights: UnsafeBufferPointer<Float>, scratch: SearchScratch,
        tuning: SearchTuning
    ) {
        self.tuning = tuning
        self.segment = segment
        self.scans = scans
        self.filter = filter
        self.range = range
        self.allowed = allowed
        self.weights = weights
        self.scratch = scratch
        self.least = least
        top = TopK(k)
    }

    private var threshold: Float { max(top.threshold, least) }

    @inline(__always)
    private func isLive(_ document: Int) -> Bool {
        if let deleted = segment.deleted, deleted.contains(document) { return false }
        if let allowed { return allowed.contains(document) }
        return true
    }

    mutating func run() throws(Diagnostic) -> [TopK.Item] {
        let count = segment.reader.documentCount
        if count <= tuning.exhaustiveDocumentCount {
            _ = try score(0, count, 0, isSparse: false)
            return top.sorted()
        }
        scans.sort { $0.bound < $1.bound }
        for scan in scans { bounds.append(bounds[bounds.count - 1] + scan.bound) }
        try guess()
        var optional = 0
        // How many terms may be looked up at most: fewer where looking up costs more than adding all.
        var limit = scans.count
        var start = 0
        while start < count {
            let threshold = threshold
            while optional < scans.count, bounds[optional + 1] < threshold { optional += 1 }
            if optional == scans.count { break }
            let lookedUp = min(optional, limit)
            if lookedUp == scans.count - 1 {
                try runSingle()
                break
            }
            var next = Int.max
            var postings = 0
            for place in lookedUp..<scans.count {
                next = min(next, scans[place].nextDocument)
                postings += scans[place].documentFrequency
            }
            start = max(start, next)
            if start >= count { break }
            let isSparse = postings < count / 16
            let length = min(count - start, isSparse ? tuning.sparseWindowCount : tuning.denseWindowCount)
            let candidates = try score(start, length, lookedUp, isSparse: isSparse)
            var spared = 0
            for place in 0..<lookedUp { spared += scans[place].documentFrequency }
            let isDear = candidates * lookedUp * Self.lookupCost * count > spared * length
            limit = isDear ? max(0, lookedUp - 1) : min(scans.count, limit + 1)
            start += length
        }
        return top.sorted()
    }

    /// A threshold to begin with: k documents reach it by one term alone.
    private mutating func guess() throws(Diagnostic) {
        if case .matching = filter { return }
        if range.after != nil { return }
        guard let place = scans.lastIndex(where: { $0.documentFrequency >= top.capacity }) else { return }
        let segment = segment
        let allowed = allowed
        let found = try scans[place].highest(top.capacity, blocks: 4, weights) { document in
            !(segment.deleted?.contains(document) ?? false) && (allowed?.contains(document) ?? true)
        }
        least = max(least, found)
    }

    /// Scores a window; the number of documents that went beyond adding up.
    private mutating func score(
        _ start: Int, _ length: Int, _ essential: Int, isSparse: Bool
    ) throws(Diagnostic) -> Int {
        // Marks come by the word.
        let room = isSparse ? min(SearchScratch.windowCount, (length + 63) / 64 * 64) : length
        let scores = UnsafeMutableBufferPointer(rebasing: scratch.scores[0..<room])
        let marks = isSparse ? scratch.marks : nil
        for place in essential..<scans.count {
            try scans[place].add(from: start, to: scores, marks: marks, weights: weights)
        }
        // In pieces, so that the first ones raise the threshold for the rest.
        let piece = isSparse ? room : Self.pieceCount
        var total = 0
        for from in stride(from: 0, to: room, by: piece) {
            let found = TextScoring.take(
                UnsafeMutableBufferPointer(rebasing: scores[from..<min(from + piece, room)]), marks: marks,
                threshold: threshold - bounds[essential], positions: scratch.candidates,
                found: scratch.candidateScores)
            let first = UInt32(truncatingIfNeeded: start + from)
            for index in 0..<found { scratch.candidates[index] &+= first }
            total += found
            if found > 0 { try offer(found, essential) }
        }
        return total
    }

    /// All that is left when one term alone is essential.
    private mutating func runSingle() throws(Diagnostic) {
        let place = scans.count - 1
        let rest = bounds[place]
        while !scans[place].isAtEnd {
            let least = threshold - rest
            if scans[place].blockBound(weights) < least {
                if scans[place].bound < least { return }
                scans[place].nextBlock()
                continue
            }
            let found = try scans[place].take(
                threshold: least, weights: weights, documents: scratch.candidates, scores: scratch.candidateScores)
            try offer(found, place)
        }
    }

    /// Completes the scores of candidates by the terms before `essential`, and keeps the best.
    private mutating func offer(_ found: Int, _ essential: Int) throws(Diagnostic) {
        let candidates = scratch.candidates
        let scores = scratch.candidateScores
        var count = found
        if segment.deleted != nil || allowed != nil {
            var kept = 0
            for index in 0..<count where isLive(Int(candidates[index])) {
                candidates[kept] = candidates[index]
                scores[kept] = scores[index]
                kept += 1
            }
            count = kept
        }
        let threshold = threshold
        for place in stride(from: essential - 1, through: 0, by: -1) {
            var kept = 0
            for index in 0..<count {
                let document = candidates[index]
                var score = scores[index]
                if score + bounds[place + 1] < threshold { continue }
                scans[place].skip(to: Int(document))
                if !scans[place].isAtEnd {
                    if place < essential, score + bounds[place] + scans[place].blockBound(weights) < threshold {
                        continue
                    }
                    score += try scans[place].part(document, weights)
                }
                candidates[kept] = document
                scores[kept] = score
                kept += 1
            }
            count = kept
        }
        var bar = threshold
        for index in 0..<count {
            let score = scores[index]
            // Ordinals only grow, so an equal score cannot displace what is kept.
            if score < bar || (score == bar && top.isFull && score == top.threshold) { continue }
            if range.after != nil, try !range.contains(score, Int(candidates[index]), segment.reader) { continue }
            if case .matching(let accepts) = filter,
                try !accepts(try segment.reader.rowid(Int(candidates[index])))
            {
                continue
            }
            top.offer(score: score, ordinal: candidates[index])
            bar = self.threshold
        }
    }
}
