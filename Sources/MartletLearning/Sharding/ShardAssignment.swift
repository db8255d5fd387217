// Which shard of a TRAIN a row belongs to.

import MartletCore

package enum ShardAssignment {
    /// The shard, from 0 to `shards - 1`, of a row: a function of the row's id, the seed and the number of shards only,
    /// so that it is the same in every process and for any number of threads. O(1).
    ///
    /// The hash is spread over the shards by its upper bits (Lemire 2019, "Fast random integer generation in an
    /// interval", without the rejection step), which are unbiased to one part in 2^64 / `shards`.
    ///
    /// - Precondition: `shards > 0`.
    package static func shard(of rowid: Int64, seed: UInt64, shards: Int) -> Int {
        precondition(shards > 0, "a TRAIN has at least one shard")
        let salt = SeededRandom.mix(seed &+ 0x9E37_79B9_7F4A_7C15)
        let hash = SeededRandom.mix(UInt64(bitPattern: rowid) ^ salt)
        return Int(hash.multipliedFullWidth(by: UInt64(shards)).high)
    }
}
