// Which queries the ranker answers.

/// The ranker answers queries whose evidence reaches a bound; the others are ranked without examples.
package struct RankerGate: Sendable, Equatable {
    package enum Evidence: UInt8, Sendable, CaseIterable {
        /// The similarity of the most similar past query.
        case similarity = 0
        /// The ranker's greatest score.
        case score = 1
    }

    var evidence: Evidence
    var least: Float

    package init(evidence: Evidence = .similarity, least: Float = 0) {
        self.evidence = evidence
        self.least = least
    }

    package func opens(similarity: Float, score: Float) -> Bool {
        switch evidence {
        case .similarity: similarity >= least
        case .score: score >= least
        }
    }

    /// Bounds worth trying for numbers that were seen: one that lets all through, and between tenths of them.
    package static func bounds(_ seen: [Float]) -> [Float] {
        let sorted = seen.sorted()
        guard let last = sorted.last else { return [0] }
        return [-1e30] + (1..<20).map { sorted[sorted.count * $0 / 20] } + [last.nextUp]
    }
}
