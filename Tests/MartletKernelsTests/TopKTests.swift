// The heap against sorting.

import MartletCore
import MartletKernels
import Testing

@Suite struct TopKTests {
    @Test(arguments: [UInt64(1), 2, 3, 4, 5]) func keepsWhatSortingWouldPutFirst(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        for (k, scores) in [0, 1, 2, 10, 64, 65, 100, 150, 299, 300, 1_000].flatMap({ k in
            [1, 20, 1_000].map { (k, $0) }
        }) {
            var items = (0..<300).map {
                TopK.Item(score: Float(Int.random(in: -scores...scores, using: &random)) / 7, ordinal: UInt32($0))
            }
            let expected = items.sorted { ($1.score, $0.ordinal) < ($0.score, $1.ordinal) }.prefix(k)
            items.shuffle(using: &random)
            var top = TopK(k)
            for item in items {
                top.offer(score: item.score, ordinal: item.ordinal)
                #expect(top.isFull == (top.count == k))
                // Of what is kept, nothing is below.
                #expect(top.threshold <= expected.last.map(\.score) ?? .infinity)
            }
            #expect(top.sorted() == Array(expected), "seed \(seed), k \(k), scores \(scores)")
        }
    }

    @Test func thresholdIsTheWorstKeptOnceFull() {
        var top = TopK(2)
        #expect(top.threshold == -.infinity)
        top.offer(score: 3, ordinal: 0)
        top.offer(score: 5, ordinal: 1)
        #expect(top.threshold == 3)
        top.offer(score: 4, ordinal: 2)
        #expect(top.threshold == 4)
    }
}
