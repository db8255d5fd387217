// What all related feedback says of one document, and what becomes of its score.

/// Raised by every upvote and lowered by every downvote, whatever else was said.
package struct FeedbackOpinion: Sendable {
    package struct Vote: Sendable {
        package var query: String
        package var similarity: Float
        package var tally: FeedbackTally
        /// What it adds to the opinion.
        package var share: Float
    }

    /// The most similar first.
    package private(set) var votes: [Vote] = []
    /// Of the same question.
    private var own: Float = 0
    private var raising: Float = 0
    private var lowering: Float = 0

    package init() {}

    /// The weight of a question's votes: 1 of the same, falling to 0 at the threshold.
    static func weight(_ relation: FeedbackRelation) -> Float {
        if relation.isSame { return 1 }
        let least = FeedbackIndex.leastSimilarity
        return min(0.95, max(0, (relation.similarity - least) / (1 - least))) * relation.transfer
    }

    package mutating func add(_ relation: FeedbackRelation, _ tally: FeedbackTally) {
        let share = Self.weight(relation) * tally.strength
        votes.append(Vote(query: relation.query, similarity: relation.similarity, tally: tally, share: share))
        if relation.isSame {
            own += share
        } else if share > 0 {
            raising += share
        } else {
            lowering += share
        }
    }

    /// Where the same question was voted on, votes on similar ones do not contradict.
    package var value: Float {
        if own > 0 { return own + raising }
        if own < 0 { return own + lowering }
        return raising + lowering
    }

    /// One upvote of the same question raises a document above all without votes.
    private static let raise = 1.05
    private static let fall = 3.0

    /// - Parameters:
    ///   - score: without feedback, not below 0.
    ///   - best: the best score that any document has without feedback.
    package func adjusted(_ score: Double, best: Double) -> Double {
        let value = Double(value)
        if value > 0 { return score + Self.raise * value * best }
        return value < 0 ? score / (1 - Self.fall * value) : score
    }
}
