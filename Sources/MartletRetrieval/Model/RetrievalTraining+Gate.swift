// Which queries the ranker is to answer, by examples that were held out.

import MartletLearning

extension RetrievalTraining {
    /// What unseen documents lose weighs more than what all gain.
    private static let unseenWeight = 1.0

    /// The gate that is best for all queries among those that do not harm the ones whose documents no example has, and the
    /// scores that it gives.
    static func gate(_ sample: [SampledQuery], _ scores: [[Float]]) -> (RankerGate, [[Float]]) {
        let based = sample.map { nDCG($0, $0.base) }
        let open = RankerGate.baseShares.map { share in
            sample.indices.map { nDCG(sample[$0], ranked(sample[$0], scores[$0], RankerGate(baseShare: share))) }
        }
        let closed = RankerGate.towerShares.map { share in
            sample.map { nDCG($0, unranked($0, RankerGate(towerShare: share))) }
        }
        let greatest = scores.map { $0.max() ?? -1e30 }
        let unseenCount = Double(sample.count { $0.isUnseen })
        var best = (gate: RankerGate(), value: -Double.infinity)
        for evidence in RankerGate.Evidence.allCases {
            let seen = evidence == .similarity ? sample.map(\.similarity) : greatest
            for least in RankerGate.bounds(seen) {
                for (a, baseShare) in RankerGate.baseShares.enumerated() {
                    for (b, towerShare) in RankerGate.towerShares.enumerated() {
                        var all = 0.0
                        var unseen = 0.0
                        for number in sample.indices {
                            let gain = (seen[number] >= least ? open[a][number] : closed[b][number]) - based[number]
                            all += gain
                            if sample[number].isUnseen { unseen += gain }
                        }
                        let value =
                            all / Double(max(1, sample.count)) + unseenWeight * min(0, unseen / max(1, unseenCount))
                        guard value > best.value + 1e-9 else { continue }
                        best.value = value
                        best.gate = RankerGate(
                            evidence: evidence, least: least, baseShare: baseShare, towerShare: towerShare)
                    }
                }
            }
        }
        return (best.gate, mixed(sample, scores, best.gate))
    }

    /// What a gate makes of the ranker's scores.
    static func mixed(_ sample: [SampledQuery], _ scores: [[Float]], _ gate: RankerGate) -> [[Float]] {
        zip(sample, scores).map { query, scores in
            opens(gate, query, scores) ? ranked(query, scores, gate) : unranked(query, gate)
        }
    }

    private static func opens(_ gate: RankerGate, _ query: SampledQuery, _ scores: [Float]) -> Bool {
        gate.opens(similarity: query.similarity, score: scores.max() ?? -1e30)
    }

    private static func ranked(_ query: SampledQuery, _ scores: [Float], _ gate: RankerGate) -> [Float] {
        zip(scores, query.base).map { gate.ranked($0, base: $1) }
    }

    private static func unranked(_ query: SampledQuery, _ gate: RankerGate) -> [Float] {
        zip(query.base, query.tower).map { gate.unranked(base: $0, tower: $1) }
    }
}
