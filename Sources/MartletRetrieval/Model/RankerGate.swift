// How far the ranker answers a query.

/// The ranker answers queries whose evidence is beyond a bound; the others are ranked by the base and the towers. About a
/// bound of similarity both have a say, the ranker the more, the more similar the past query is: a linear mixture of scores
/// (Vogt and Cottrell 1999) whose weights go with the evidence of each query.
///
/// Documents that answer an example are more often right than others, which a ranker learns, to the harm of questions about
/// documents that no example has: for those there is the bound, and what the base says beside the ranker.
package struct RankerGate: Sendable, Equatable {
    package enum Evidence: UInt8, Sendable, CaseIterable {
        /// The similarity of the most similar past query.
        case similarity = 0
        /// The ranker's greatest score.
        case score = 1
    }

    /// A bound that is always passed.
    package static let lowest: Float = -1e30
    /// From where the ranker has no say to where it has all of it, in similarity; the bound is in the middle.
    private static let width: Float = 0.2

    var evidence: Evidence
    var least: Float
    /// How much of the base score is added to the ranker's.
    var baseShare: Float
    /// How much of the towers' cosine is added to the base score where the ranker does not answer.
    var towerShare: Float

    /// Shares worth trying.
    static let baseShares: [Float] = [0, 0.5, 1]
    static let towerShares: [Float] = [0, 0.25, 0.5]

    package init(
        evidence: Evidence = .similarity, least: Float = lowest, baseShare: Float = 0, towerShare: Float = 0
    ) {
        self.evidence = evidence
        self.least = least
        self.baseShare = baseShare
        self.towerShare = towerShare
    }

    /// The ranker's share of what is said, from 0 to 1.
    package func opening(similarity: Float, score: Float) -> Float {
        switch evidence {
        case .similarity: min(1, max(0, 0.5 + (similarity - least) / Self.width))
        case .score: score >= least ? 1 : 0
        }
    }

    /// The score of a candidate.
    ///
    /// - Parameter score: the ranker's.
    package func mixed(_ score: Float, base: Float, tower: Float, opening: Float) -> Float {
        let ranked = score + baseShare * base
        if opening >= 1 { return ranked }
        let unranked = unranked(base: base, tower: tower)
        return opening > 0 ? opening * ranked + (1 - opening) * unranked : unranked
    }

    /// The score of a candidate where the ranker has no say.
    package func unranked(base: Float, tower: Float) -> Float { base + towerShare * max(0, tower) }

    /// Bounds worth trying for numbers that were seen: one that lets all through, those between tenths of them, and one that
    /// lets none through.
    package static func bounds(_ seen: [Float]) -> [Float] {
        let sorted = seen.sorted()
        return [lowest] + (sorted.isEmpty ? [] : (1..<10).map { sorted[sorted.count * $0 / 10] }) + [-lowest]
    }
}
