// One ranking of several.

import MartletCatalog
import MartletCore
import MartletPlanning

/// The rankings of a search's legs, and what they become together.
struct RankFusion {
    private let fusion: SearchPlan.Fusion
    private let legs: [any SearchLeg]
    private let weights: [Double]
    /// Each leg's candidates, best first.
    var rankings: [[SearchHit]] = []

    init(_ fusion: SearchPlan.Fusion, _ legs: [any SearchLeg], weights: [Double]) {
        self.fusion = fusion
        self.legs = legs
        self.weights = weights
    }

    /// The candidates of all legs by their fused score, best first.
    ///
    /// - Parameters:
    ///   - limit: how many are wanted at least, where there are so many.
    ///   - filter: the row ids that may be found, ascending.
    mutating func run(
        limit: Int, filter: [Int64]?, _ context: ExecutionContext, _ table: Table
    ) throws(Diagnostic) -> [SearchHit] {
        let count = fusion.candidateCount(limit: limit)
        rankings = []
        for leg in legs { rankings.append(try leg.hits(LegRequest(limit: count, filter: filter))) }
        var scores: [Int64: Double] = [:]
        switch fusion.method {
        case .rrf(let k):
            for (leg, ranking) in rankings.enumerated() {
                for (place, hit) in ranking.enumerated() {
                    scores[hit.rowID, default: 0] += weights[leg] / (k + Double(place + 1))
                }
            }
        case .linear(let normalization): scores = try linear(normalization)
        }
        var hits = scores.map { SearchHit(rowID: $0.key, score: $0.value) }
        try context.rank(&hits, of: table)
        return hits
    }

    /// A row that only some legs have among their candidates is looked up in the others, so that every sum is whole.
    private func linear(_ normalization: SearchPlan.Fusion.Normalization) throws(Diagnostic) -> [Int64: Double] {
        let rowIDs = Array(Set(rankings.joined().lazy.map(\.rowID))).sorted()
        var sums = Dictionary(rowIDs.map { ($0, 0.0) }, uniquingKeysWith: { first, _ in first })
        for (leg, ranking) in rankings.enumerated() {
            guard let best = ranking.first?.score, let worst = ranking.last?.score else { continue }
            var scores = Dictionary(ranking.map { ($0.rowID, $0.score) }, uniquingKeysWith: { first, _ in first })
            let missing = rowIDs.filter { scores[$0] == nil }
            if !missing.isEmpty {
                scores.merge(try legs[leg].scores(missing), uniquingKeysWith: { first, _ in first })
            }
            for (rowID, score) in scores {
                let part =
                    switch normalization {
                    case .minmax: best > worst ? max(0, (score - worst) / (best - worst)) : score >= best ? 1 : 0
                    case .max: best != 0 ? score / abs(best) : 0
                    case .none: score
                    }
                sums[rowID, default: 0] += weights[leg] * part
            }
        }
        return sums
    }

    /// A row as a leg ranked it.
    func hit(rank: Int, leg: Int) -> SearchHit { rankings[leg][rank - 1] }

    /// Where a row stands in each leg's ranking, from 1; nil where it is not among the candidates.
    func ranks(_ rowID: Int64) -> [Int?] {
        rankings.map { ranking in ranking.firstIndex { $0.rowID == rowID }.map { $0 + 1 } }
    }
}
