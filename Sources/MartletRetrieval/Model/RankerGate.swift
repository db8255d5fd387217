// Which queries the ranker answers.

/// The ranker answers queries whose evidence reaches a bound; the others are ranked by the base and the towers.
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

    var evidence: Evidence
    var least: Float
    /// How much of the base score is added to the ranker's.
    var baseShare: Float
    /// How much of the towers' cosine is added to the base score where the ranker does not answer.
    var towerShare: Float

    /// Shares worth trying.
    static let baseShares: [Float] = [0, 0.5, 1]
    static let towerShares: [Float] = [0, 0.25, 1]

    package init(
        evidence: Evidence = .similarity, least: Float = 0, baseShare: Float = 0, towerShare: Float = 0
    ) {
        self.evidence = evidence
        self.least = least
        self.baseShare = baseShare
        self.towerShare = towerShare
    }

    package func opens(similarity: Float, score: Float) -> Bool {
        switch evidence {
        case .similarity: similarity >= least
        case .score: score >= least
        }
    }

    /// The score of a candidate that the ranker answers with.
    package func ranked(_ score: Float, base: Float) -> Float { score + baseShare * base }

    /// The score of a candidate where it does not.
    package func unranked(base: Float, tower: Float) -> Float { base + towerShare * max(0, tower) }

    /// Bounds worth trying for numbers that were seen: one that lets all through, and between tenths of them.
    package static func bounds(_ seen: [Float]) -> [Float] {
        let sorted = seen.sorted()
        guard let last = sorted.last else { return [0] }
        return [-1e30] + (1..<20).map { sorted[sorted.count * $0 / 20] } + [last.nextUp]
    }
}
