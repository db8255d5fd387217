// What is learned from examples before the ranker.

struct LearnedStages: Sendable {
    var past: PastQueries
    var towers: Towers?
    var cross: CrossTerms?
    /// The corpus for the cross-term weights.
    var crossDocuments: CrossDocuments
}
