// The figures of a training.

/// nDCG@10 and the share of first hits that are right, on example queries that were held out.
package struct RetrievalFigures: Sendable, Equatable {
    package var nDCG = 0.0
    package var precision = 0.0
}

package struct RetrievalReport: Sendable {
    package var queryCount = 0
    package var pairCount = 0
    package var lexical: RetrievalFigures?
    package var base: RetrievalFigures?
    package var ranked: RetrievalFigures?
    /// The ranker's where its gate opens, the base's elsewhere.
    package var mixed: RetrievalFigures?
    /// On queries none of whose documents answers another example.
    package var unseenBase: RetrievalFigures?
    package var unseenMixed: RetrievalFigures?
    package var unseenCount = 0
    var gate = RankerGate()
    /// Past queries of an earlier model; its figures on examples that it has not seen, and those of what was learned now.
    package var carriedCount = 0
    package var carried: RetrievalFigures?
    package var renewed: RetrievalFigures?
    /// Whether its ranker ranks.
    package var isCarried = false
    /// The share of the answers that are among the ranker's candidates.
    package var candidateRecall = 0.0
    /// What each group of features adds to the ranker's gains, as shares of 1.
    package var importance: [(group: String, share: Double)] = []
    package var method = RetrievalModel.Method.base

    package init() {}
}
