// Shards are balanced, stable and depend on the seed.

import MartletLearning
import Testing

@Suite struct ShardAssignmentTests {
    @Test(arguments: [1, 2, 3, 4, 7, 16, 1024], [UInt64(0), 1, 42, .max])
    func everyShardGetsItsShare(shards: Int, seed: UInt64) {
        let rows = 100 * max(shards, 100)
        var counts = [Int](repeating: 0, count: shards)
        for row in 1...rows { counts[ShardAssignment.shard(of: Int64(row), seed: seed, shards: shards)] += 1 }
        let mean = Double(rows) / Double(shards)
        // Six standard deviations of a binomial count.
        let allowed = 6 * mean.squareRoot() + 1
        for count in counts { #expect(abs(Double(count) - mean) < allowed) }
    }

    @Test func extremeRowsAreInRange() {
        for row in [Int64.min, -1, 0, 1, .max] {
            #expect((0..<3).contains(ShardAssignment.shard(of: row, seed: 5, shards: 3)))
            #expect(ShardAssignment.shard(of: row, seed: 5, shards: 1) == 0)
        }
    }

    @Test func theSeedMatters() {
        let moved = (1...1000).filter {
            ShardAssignment.shard(of: Int64($0), seed: 1, shards: 2)
                != ShardAssignment.shard(of: Int64($0), seed: 2, shards: 2)
        }
        #expect((400...600).contains(moved.count))
    }

    // The assignment is part of what makes a TRAIN repeatable: these figures must never change.
    @Test func theAssignmentIsFixed() {
        let shards = (1...16).map { ShardAssignment.shard(of: $0, seed: 7, shards: 4) }
        #expect(shards == pinned)
    }

    private let pinned = [0, 2, 2, 2, 3, 0, 2, 2, 0, 1, 3, 3, 0, 1, 0, 2]
}
