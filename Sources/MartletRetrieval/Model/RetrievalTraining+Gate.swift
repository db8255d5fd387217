// How far the ranker is to answer, by examples that were held out.

import MartletLearning

extension RetrievalTraining {
    /// What unseen documents lose weighs more than what all gain.
    private static let unseenWeight = 1.0

    /// The gate that is best for all queries among those that do not harm the ones whose documents no example has, and the
    /// scores that it gives.
    static func gate(_ sample: [SampledQuery], _ scores: [[Float]]) -> (RankerGate, [[Float]]) {
        let based = sample.map { nDCG($0, $0.base) }
        let open = RankerGate.baseShares.map { share in
            sample.indices.map { nDCG(sample[$0], mixed(sample[$0], scores[$0], RankerGate(baseShare: share), 1)) }
        }
        let closed = RankerGate.towerShares.map { share in
            sample.indices.map { nDCG(sample[$0], mixed(sample[$0], scores[$0], RankerGate(towerShare: share), 0)) }
        }
        let unseenCount = Double(sample.count { $0.isUnseen })
        var best = (gate: RankerGate(), value: -Double.infinity)
        for evidence in RankerGate.Evidence.allCases {
            let seen =
                switch evidence {
                case .similarity: sample.map(\.similarity)
                case .score: scores.map(greatest)
                }
            for least in RankerGate.bounds(seen) {
                var gate = RankerGate(evidence: evidence, least: least)
                let openings = zip(sample, scores).map { opening(gate, $0, $1) }
                for (a, baseShare) in RankerGate.baseShares.enumerated() {
                    for (b, towerShare) in RankerGate.towerShares.enumerated() {
                        gate.baseShare = baseShare
                        gate.towerShare = towerShare
                        var all = 0.0
                        var unseen = 0.0
                        for (number, query) in sample.enumerated() {
                            let figure =
                                switch openings[number] {
                                case 1: open[a][number]
                                case 0: closed[b][number]
                                default: nDCG(query, mixed(query, scores[number], gate, openings[number]))
                                }
                            let gain = figure - based[number]
                            all += gain
                            if query.isUnseen { unseen += gain }
                        }
                        let value =
                            all / Double(max(1, sample.count)) + unseenWeight * min(0, unseen / max(1, unseenCount))
                        guard value > best.value + 1e-9 else { continue }
                        best = (gate, value)
                    }
                }
            }
        }
        return (best.gate, mixed(sample, scores, best.gate))
    }

    /// What a gate makes of the ranker's scores.
    static func mixed(_ sample: [SampledQuery], _ scores: [[Float]], _ gate: RankerGate) -> [[Float]] {
        zip(sample, scores).map { query, scores in mixed(query, scores, gate, opening(gate, query, scores)) }
    }

    private static func greatest(_ scores: [Float]) -> Float { scores.max() ?? -.infinity }

    private static func opening(_ gate: RankerGate, _ query: SampledQuery, _ scores: [Float]) -> Float {
        gate.opening(similarity: query.similarity, score: greatest(scores))
    }

    private static func mixed(
        _ query: SampledQuery, _ scores: [Float], _ gate: RankerGate, _ opening: Float
    ) -> [Float] {
        scores.indices.map { place in
            gate.mixed(scores[place], base: query.base[place], tower: query.tower[place], opening: opening)
        }
    }
}
