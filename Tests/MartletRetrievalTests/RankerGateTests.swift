// The gate opens from its bound on.

import MartletRetrieval
import Testing

@Suite struct RankerGateTests {
    @Test func opensFromItsBoundOn() {
        let bySimilarity = RankerGate(evidence: .similarity, least: 0.5)
        #expect(bySimilarity.opens(similarity: 0.5, score: -9))
        #expect(!bySimilarity.opens(similarity: 0.4, score: 9))
        let byScore = RankerGate(evidence: .score, least: 1)
        #expect(byScore.opens(similarity: 0, score: 1))
        #expect(!byScore.opens(similarity: 1, score: 0.9))
        #expect(RankerGate().opens(similarity: 0, score: -.infinity))
    }

    @Test func boundsReachFromAllToNone() {
        let seen = (0..<100).map { Float($0) }
        let bounds = RankerGate.bounds(seen)
        #expect(seen.allSatisfy { $0 >= bounds[0] })
        #expect(seen.allSatisfy { $0 < bounds[bounds.count - 1] })
        #expect(RankerGate.bounds([]) == [0])
    }

    @Test func sharesOfTheBaseAndTheTowers() {
        let gate = RankerGate(baseShare: 0.5, towerShare: 0.25)
        #expect(gate.ranked(1, base: 2) == 2)
        #expect(gate.unranked(base: 1, tower: 0.5) == 1.125)
        // A cosine below 0 tells nothing against a document.
        #expect(gate.unranked(base: 1, tower: -1) == 1)
        #expect(RankerGate().ranked(1, base: 2) == 1)
        #expect(RankerGate().unranked(base: 1, tower: 1) == 1)
    }
}
