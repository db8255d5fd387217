// A trained retriever beside its text index.

import MartletCore
import MartletLearning

/// What was learned, immutable; searched by `RetrievalSearcher`.
package struct RetrievalModel: Sendable {
    /// How a model ranks: what won on queries that were held out.
    package enum Method: UInt8, Sendable {
        /// BM25F as the text index has it.
        case lexical = 0
        /// With likeness of documents, without examples.
        case base = 1
        /// By a ranker that learned from examples.
        case ranked = 2
    }

    var method: Method
    var base: RetrievalBase
    var stages: LearnedStages?
    var ranker: BoostedTreesModel?
    var gate: RankerGate
    /// How often each document answers a past query.
    var priors: [Float] = []

    package var rankingMethod: Method { method }
    package var documentCount: Int { base.corpus.count }

    init(
        method: Method, base: RetrievalBase, stages: LearnedStages?,
        ranker: BoostedTreesModel?, gate: RankerGate
    ) {
        self.method = method
        self.base = base
        self.stages = stages
        self.ranker = ranker
        self.gate = gate
        guard let stages else { return }
        priors = [Float](repeating: 0, count: base.corpus.count)
        for answer in stages.past.answers { priors[Int(answer.document)] += 1 }
    }
}
