// The heap against sorting.

import MartletCore
import MartletKernels
import Testing

@Suite struct TopKTests {
    @Test(arguments: [UInt64(1), 2, 3, 4, 5]) func keepsWhatSortingWouldPutFirst(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        for k in [0, 1, 2, 10, 1_000] {
            var items = (0..<300).map {
                TopK.Item(score: Float(Int.random(in: 0...20, using: &random)), ordinal: UInt32($0))
            }
            let expected = items.sorted { ($1.score, $0.ordinal) < ($0.score, $1.ordinal) }.prefix(k)
            items.shuffle(using: &random)
            var top = TopK(k)
            for item in items { top.offer(score: item.score, ordinal: item.ordinal) }
            #expect(top.sorted() == Array(expected), "seed \(seed), k \(k)")
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
