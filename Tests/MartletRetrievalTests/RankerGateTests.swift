// The gate opens about its bound.

import MartletRetrieval
import Testing

@Suite struct RankerGateTests {
    @Test func opensAboutItsBound() {
        let bySimilarity = RankerGate(evidence: .similarity, least: 0.5)
        #expect(bySimilarity.opening(similarity: 0.5, score: -9) == 0.5)
        #expect(bySimilarity.opening(similarity: 0.625, score: -9) == 1)
        #expect(bySimilarity.opening(similarity: 0.375, score: 9) == 0)
        #expect(bySimilarity.opening(similarity: 0.55, score: 0) > bySimilarity.opening(similarity: 0.45, score: 0))
        let byScore = RankerGate(evidence: .score, least: 1)
        #expect(byScore.opening(similarity: 0, score: 1) == 1)
        #expect(byScore.opening(similarity: 1, score: 0.9) == 0)
        #expect(RankerGate().opening(similarity: 0, score: -.infinity) == 1)
    }

    @Test func boundsReachFromAllToNone() {
        let seen = (0..<100).map { Float($0) }
        for evidence in RankerGate.Evidence.allCases {
            for numbers in [seen, []] {
                let bounds = RankerGate.bounds(numbers)
                let widest = RankerGate(evidence: evidence, least: bounds[0])
                let narrowest = RankerGate(evidence: evidence, least: bounds[bounds.count - 1])
                #expect(seen.allSatisfy { widest.opening(similarity: $0, score: $0) == 1 })
                #expect(seen.allSatisfy { narrowest.opening(similarity: $0, score: $0) == 0 })
            }
        }
    }

    @Test func sharesOfTheBaseAndTheTowers() {
        let gate = RankerGate(baseShare: 0.5, towerShare: 0.25)
        #expect(gate.mixed(1, base: 2, tower: 0.5, opening: 1) == 2)
        #expect(gate.mixed(1, base: 2, tower: 0.5, opening: 0) == 2.125)
        #expect(gate.mixed(1, base: 2, tower: 0.5, opening: 0.5) == 2.0625)
        #expect(gate.unranked(base: 1, tower: 0.5) == 1.125)
        // A cosine below 0 tells nothing against a document.
        #expect(gate.unranked(base: 1, tower: -1) == 1)
        #expect(RankerGate().mixed(1, base: 2, tower: 1, opening: 1) == 1)
        #expect(RankerGate().unranked(base: 1, tower: 1) == 1)
    }
}
