// Searching with a trained retriever.

package import MartletCore
import MartletKernels
import MartletLearning

package struct RetrievedRow: Sendable {
    package var rowID: Int64
    package var score: Float
}

/// What made a row's score.
package struct RetrievalExplanation: Sendable {
    package var method = "lexical"
    /// The parts of the base score, by name.
    package var base: [(name: String, value: Float)] = []
    /// The past queries that voted for the row, with their similarity.
    package var votes: [(query: Int, similarity: Float)] = []
    package var similarity: Float?
    /// What each group of features adds to the ranker's score.
    package var contributions: [(name: String, value: Float)] = []
}

/// Ranks live documents by a model. Not for use from two threads.
package final class RetrievalSearcher {
    private static let rankedCount = 50

    package let model: RetrievalModel
    private let ranking: BaseRanking
    private let team = WorkerTeam(threads: 1)
    private var lastInput: RankedInput?
    private var lastBase: BaseResult?

    package init(_ model: RetrievalModel) throws(Diagnostic) {
        self.model = model
        ranking = try BaseRanking(model.base)
    }

    /// The best rows for a query, best first. Ranked candidates score above 1, the others below; equal scores are in the
    /// order of row ids.
    ///
    /// - Parameter count: how many rows are wanted.
    package func search(
        _ text: String, count: Int, _ live: any LiveDocuments, areUnchanged: Bool
    ) throws(Diagnostic) -> [RetrievedRow] {
        lastInput = nil
        lastBase = nil
        let hits = try live.hits(text, count: max(count, BaseRanking.hitCount))
        guard model.method != .lexical else {
            return hits.prefix(count).map { RetrievedRow(rowID: $0.rowID, score: $0.score) }
        }
        let query = RetrievalQuery(text, model.base.corpus.vocabulary, ranking.reader)
        // The table is asked only where something may have changed, or rows may be left out.
        let asked: (any LiveDocuments)? = areUnchanged ? nil : live
        let result = try ranking.rank(query, hits, count: count, asked)
        lastBase = result
        guard model.method == .ranked, let stages = model.stages, let ranker = model.ranker else {
            return result.candidates.prefix(count).map { RetrievedRow(rowID: $0.rowID, score: $0.base) }
        }
        let input = try ranking.input(
            query, result, stages, crossRows: model.crossRows, baseCount: Self.rankedCount, live: asked,
            prior: { model.priors[$0] })
        lastInput = input
        guard !input.candidates.isEmpty else { return [] }
        let similarity = input.neighbours.first?.similarity ?? 0
        guard similarity >= model.leastSimilarity else {
            lastInput = nil
            return result.candidates.prefix(count).map { RetrievedRow(rowID: $0.rowID, score: $0.base) }
        }
        let scores = try ranker.scores(try RetrievalTraining.matrix(input.rows), team: team)
        let order = scores.indices.sorted {
            scores[$0] != scores[$1]
                ? scores[$0] > scores[$1] : input.candidates[$0].rowID < input.candidates[$1].rowID
        }
        var rows = order.prefix(count).map { place in
            RetrievedRow(
                rowID: input.candidates[place].rowID, score: 1 + 1 / (1 + Mathematics.exponential(-scores[place])))
        }
        guard rows.count < count else { return rows }
        let ranked = Set(input.candidates.map(\.rowID))
        for candidate in result.candidates where rows.count < count && !ranked.contains(candidate.rowID) {
            rows.append(RetrievedRow(rowID: candidate.rowID, score: candidate.base / (1 + candidate.base)))
        }
        return rows
    }
}
