// What is learned from examples before the ranker.

import MartletKernels

struct LearnedStages: Sendable {
    var past: PastQueries
    var towers: Towers?
    /// The towers' vectors of the corpus.
    var vectors: [Float] = []
    var cross: CrossTerms?
}
