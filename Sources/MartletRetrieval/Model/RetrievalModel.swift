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

    /// The past queries as they were asked, but for case and spaces.
    private var numbersByText: [String: Int] = [:]

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
        for (number, text) in stages.past.texts.enumerated() { numbersByText[FeedbackIndex.folded(text)] = number }
    }

    /// Documents that were said to answer this very question, the best first; those of weak examples, as of clicks, only
    /// vote.
    func answers(to text: String) -> [PastQueries.Answer] {
        guard method == .ranked, let stages, let number = numbersByText[FeedbackIndex.folded(text)] else { return [] }
        return stages.past.answers(of: number).filter { $0.weight >= Self.leastAnswerWeight }
            .sorted { $0.weight != $1.weight ? $0.weight > $1.weight : $0.document < $1.document }
    }

    private static let leastAnswerWeight: Float = 0.5
}
