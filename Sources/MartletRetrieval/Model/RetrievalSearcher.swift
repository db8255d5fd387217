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
    fileprivate var lastInput: RankedInput?
    fileprivate var lastBase: BaseResult?

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
            query, result, stages, baseCount: Self.rankedCount, live: asked,
            prior: { model.priors[$0] })
        lastInput = input
        guard !input.candidates.isEmpty else { return [] }
        var scores = try ranker.scores(try RetrievalTraining.matrix(input.rows), team: team)
        let opening = model.gate.opening(
            similarity: input.neighbours.first?.similarity ?? 0, score: scores.max() ?? -.infinity)
        guard opening > 0 else {
            lastInput = nil
            return unranked(input, result, count: count)
        }
        for place in scores.indices {
            scores[place] = model.gate.mixed(
                scores[place], base: input.candidates[place].base, tower: input.tower(place), opening: opening)
        }
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

    /// Where the ranker does not answer: by the base, and by what the towers say of the ranker's candidates.
    private func unranked(_ input: RankedInput, _ result: BaseResult, count: Int) -> [RetrievedRow] {
        guard model.gate.towerShare > 0 else {
            return result.candidates.prefix(count).map { RetrievedRow(rowID: $0.rowID, score: $0.base) }
        }
        var rows = input.candidates.indices.map { place in
            RetrievedRow(
                rowID: input.candidates[place].rowID,
                score: model.gate.unranked(base: input.candidates[place].base, tower: input.tower(place)))
        }
        let known = Set(rows.map(\.rowID))
        for candidate in result.candidates where !known.contains(candidate.rowID) {
            rows.append(RetrievedRow(rowID: candidate.rowID, score: candidate.base))
        }
        rows.sort { $0.score != $1.score ? $0.score > $1.score : $0.rowID < $1.rowID }
        return Array(rows.prefix(count))
    }
}

extension RetrievalSearcher {
    /// The stages of one row's score in a search for a text.
    package func explain(
        _ text: String, row: Int64, _ live: any LiveDocuments, areUnchanged: Bool
    ) throws(Diagnostic) -> RetrievalExplanation {
        _ = try search(text, count: 0, live, areUnchanged: areUnchanged)
        var explanation = RetrievalExplanation()
        guard model.method != .lexical else { return explanation }
        explanation.method = "base"
        if let candidate = lastInput?.candidates.first(where: { $0.rowID == row })
            ?? lastBase?.candidates.first(where: { $0.rowID == row })
        {
            explanation.base = [
                ("words", candidate.lexical), ("pairs", candidate.pairs), ("near", candidate.near),
                ("matched", candidate.found.coverage), ("neighbours", candidate.neighbours),
                ("latent", candidate.latent), ("score", candidate.base),
            ]
        }
        guard let input = lastInput, let ranker = model.ranker, let stages = model.stages,
            let place = input.candidates.firstIndex(where: { $0.rowID == row })
        else { return explanation }
        explanation.method = "ranked"
        let features = CandidateFeature.allCases
        let values = Array(input.rows[place * features.count..<(place + 1) * features.count])
        if stages.towers != nil { explanation.similarity = values[CandidateFeature.tower.rawValue] }
        if let document = model.base.document(ofRow: row) {
            for neighbour in input.neighbours
            where stages.past.answers(of: neighbour.query).contains(where: { Int($0.document) == document }) {
                explanation.votes.append((neighbour.query, neighbour.similarity))
            }
        }
        var groups: [String: Float] = [:]
        let parts = try ranker.contributions(values)
        for (feature, part) in zip(features, parts) { groups[feature.group, default: 0] += part }
        explanation.contributions = groups.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        return explanation
    }
}
