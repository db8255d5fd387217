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
    var crossRows: SparseMatrix
    var ranker: BoostedTreesModel?
    /// Queries less similar to every past one are ranked without examples.
    var leastSimilarity: Float
    /// How often each document answers a past query.
    var priors: [Float] = []

    package var rankingMethod: Method { method }
    package var documentCount: Int { base.corpus.count }

    init(
        method: Method, base: RetrievalBase, stages: LearnedStages?, crossRows: SparseMatrix,
        ranker: BoostedTreesModel?, leastSimilarity: Float
    ) {
        self.method = method
        self.base = base
        self.stages = stages
        self.crossRows = crossRows
        self.ranker = ranker
        self.leastSimilarity = leastSimilarity
        guard let stages else { return }
        priors = [Float](repeating: 0, count: base.corpus.count)
        for answers in stages.past.answers { for answer in answers { priors[Int(answer.document)] += 1 } }
    }
}
