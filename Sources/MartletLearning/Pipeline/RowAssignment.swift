// Which rows are trained on, in which shard, and which are held out.

package import MartletCore

/// Each row's set: a shard from 0, or one of the others.
package struct RowAssignment: Sendable {
    package static let leftOut: Int32 = -1
    package static let heldOut: Int32 = -2

    package private(set) var setOfRow: [Int32]
    /// How many rows each shard has.
    package private(set) var shardRows: [Int]
    package private(set) var heldOutRows = 0
    package private(set) var leftOutRows = 0

    /// - Parameters:
    ///   - labels: one a row: rows whose label is missing (NaN) are left out. Empty: there are none.
    ///   - split: the share of rows to hold out, by a hash of the row's number and the seed.
    ///   - keys: for each row the hash of what divides the shards (SHARDS … BY); nil: rows are dealt out in an
    ///     order by the seed, class by class, so that each shard has its part of every class.
    ///   - groups: for each row the hash of its group, which stays together.
    package init(
        rowCount: Int, labels: [Float], classes: Int?, split: Double, shards: Int, keys: [UInt64]? = nil,
        groups: [UInt64]? = nil, seed: UInt64
    ) throws(Diagnostic) {
        setOfRow = [Int32](repeating: 0, count: rowCount)
        shardRows = [Int](repeating: 0, count: shards)
        let salt = SeededRandom.mix(seed &+ 0x7370_6C69_7400)
        let limit = split <= 0 ? 0 : UInt64(min(split, 0.999_999) * 0x1p64)
        var wanted: [Int] = []
        if split > 0 || shards > 1 { wanted.reserveCapacity(rowCount) }
        for row in 0..<rowCount {
            if !labels.isEmpty, labels[row].isNaN {
                setOfRow[row] = Self.leftOut
                leftOutRows += 1
                continue
            }
            if split > 0, SeededRandom.mix((groups?[row] ?? UInt64(row)) ^ salt) < limit {
                setOfRow[row] = Self.heldOut
                heldOutRows += 1
            } else if shards > 1 {
                wanted.append(row)
            } else {
                shardRows[0] += 1
            }
        }
        guard shards > 1 else { return }
        guard wanted.count >= shards else {
            throw Diagnostic(
                .trainingFailed, "\(wanted.count) rows cannot make \(shards) shards",
                hint: "use at most SHARDS \(max(1, wanted.count))")
        }
        if let keys = keys ?? groups {
            for row in wanted {
                let shard = ShardAssignment.shard(of: Int64(bitPattern: keys[row]), seed: seed, shards: shards)
                setOfRow[row] = Int32(shard)
                shardRows[shard] += 1
            }
            return
        }
        deal(wanted, labels, classes, shards, seed)
    }

    private mutating func deal(_ rows: [Int], _ labels: [Float], _ classes: Int?, _ shards: Int, _ seed: UInt64) {
        var random = SeededRandom(seed: SeededRandom.mix(seed &+ 0x7368_6172_6400))
        var next = [Int](repeating: 0, count: max(1, classes ?? 1))
        // Classes begin at different shards, so that small ones do not all lack the same.
        for code in next.indices { next[code] = code % shards }
        for row in rows.shuffled(using: &random) {
            let code = classes == nil ? 0 : min(max(0, Int(labels[row])), next.count - 1)
            setOfRow[row] = Int32(next[code])
            shardRows[next[code]] += 1
            next[code] = (next[code] + 1) % shards
        }
    }
}
