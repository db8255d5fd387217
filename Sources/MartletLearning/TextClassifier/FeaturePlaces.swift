// Where the weights of features lie while they are found.

package import MartletKernels

/// An order of features that keeps near each other what rows read together: first those of many rows, which then stay in the
/// processor's cache, then the others in the order in which rows name them, so that the rare features of a row are
/// neighbours. It changes where weights lie, and none of their values.
///
/// A feature that rows of several shards have is shared: it has one place in all of them, before those that only rows of one
/// shard have. So a shard keeps no weights of features that it does not know. Each shard's rows give the order of an equal
/// part of the rare ones that are shared, so that no shard waits for another whose features lie better.
package struct FeaturePlaces: Sendable {
    /// What one shard has.
    struct Shard: Sendable {
        /// Places 0 ..< this many are shared.
        var sharedCount: Int
        /// All places.
        fileprivate(set) var count: Int
        /// How many entries of each row are shared, which come first, and their squares' sum; empty if no feature is shared.
        fileprivate(set) var sharedEntries: [Int] = []
        fileprivate(set) var sharedSquares: [Float] = []
    }

    /// By feature of the vocabulary; `.max` for one that no row has.
    private let places: [UInt32]
    /// By feature: which shard has it, `Self.shared`, or `Self.nobody`. Empty if there is one shard.
    private let owners: [UInt16]
    let shards: [Shard]

    var featureCount: Int { places.count }

    private static let shared = UInt16.max
    private static let nobody = UInt16.max - 1
    /// Features of at least this many rows are frequent.
    private static let frequentRows: Float = 8

    /// Gives places to the features of all shards' rows, and writes them into the rows for the features' numbers. O(entries).
    package init(_ rows: [SparseRows], vocabulary: TextVocabulary, team: WorkerTeam) {
        let owners = rows.count > 1 ? Self.owners(rows, featureCount: vocabulary.featureCount, team) : []
        var places = [UInt32](repeating: .max, count: vocabulary.featureCount)
        var shards = Self.placeKnown(&places, owners, vocabulary, rows, team)
        places.withUnsafeMutableBufferPointer { places in
            guard let base = places.baseAddress else { return }
            nonisolated(unsafe) let places = base
            shards.withUnsafeMutableBufferPointer { shards in
                nonisolated(unsafe) let shards = shards
                // A place that is not known yet is one of a shard alone.
                team.run(rows.count) { Self.write(places, into: rows[$0], &shards[$0]) }
            }
        }
        self.places = places
        self.owners = owners
        self.shards = shards
    }

    /// Calls `body` for each of the features, with a shard that has it and its place there: nil if none has.
    ///
    /// - Parameter only: the one shard that is asked; nil: all are.
    @inline(__always)
    func forEach(
        of features: Range<Int>, only: Int?, _ body: (_ feature: Int, _ home: (shard: Int, place: Int)?) -> Void
    ) {
        places.withUnsafeBufferPointer { places in
            owners.withUnsafeBufferPointer { owners in
                for feature in features {
                    let owner = owners.isEmpty ? 0 : owners[feature]
                    if places[feature] == .max || owner != Self.shared && Int(owner) != only ?? Int(owner) {
                        body(feature, nil)
                    } else {
                        body(feature, (owner == Self.shared ? only ?? 0 : Int(owner), Int(places[feature])))
                    }
                }
            }
        }
    }

    /// Who has each feature: each thread looks through some shards, then what they found is brought together.
    private static func owners(_ rows: [SparseRows], featureCount: Int, _ team: WorkerTeam) -> [UInt16] {
        let groups = min(team.threads, rows.count)
        var found = [[UInt16]](repeating: [], count: groups)
        found.withUnsafeMutableBufferPointer { found in
            nonisolated(unsafe) let found = found
            team.run(groups) { group in
                var owners = [UInt16](repeating: nobody, count: featureCount)
                owners.withUnsafeMutableBufferPointer { owners in
                    for shard in group * rows.count / groups..<(group + 1) * rows.count / groups {
                        let (rows, owner) = (rows[shard], UInt16(truncatingIfNeeded: shard))
                        for row in 0..<rows.rowCount {
                            let entries = rows.indices + rows.starts[row]
                            for index in 0..<rows.counts[row] {
                                let feature = Int(entries[index])
                                owners[feature] = both(owners[feature], owner)
                            }
                        }
                    }
                }
                found[group] = owners
            }
        }
        return found.dropFirst().reduce(into: found[0]) { owners, others in
            for feature in owners.indices { owners[feature] = both(owners[feature], others[feature]) }
        }
    }

    @inline(__always)
    private static func both(_ one: UInt16, _ other: UInt16) -> UInt16 {
        one == nobody || one == other ? other : other == nobody ? one : shared
    }

    /// Places of shared features, and of the frequent ones of a shard.
    private static func placeKnown(
        _ places: inout [UInt32], _ owners: [UInt16], _ vocabulary: TextVocabulary, _ rows: [SparseRows],
        _ team: WorkerTeam
    ) -> [Shard] {
        var limit = (1 + Float(rows.reduce(0) { $0 + $1.rowCount })) / (1 + frequentRows)
        Elementwise.log(&limit, 1)
        let inverse = vocabulary.inverseFrequencies
        let sharedCount = owners.count { $0 == Self.shared }
        var next = [UInt32](repeating: UInt32(truncatingIfNeeded: sharedCount), count: rows.count)
        var nextShared: UInt32 = 0
        var rareCounts = [UInt32](repeating: 0, count: rows.count)
        for feature in places.indices {
            let isFrequent = inverse[feature] <= limit + 1
            switch owners.isEmpty ? 0 : owners[feature] {
            case Self.shared where isFrequent:
                places[feature] = nextShared
                nextShared += 1
            case Self.shared:
                places[feature] = waiting
                rareCounts[orderer(of: feature, rows.count)] += 1
            case let owner where isFrequent && owner != Self.nobody:
                places[feature] = next[Int(owner)]
                next[Int(owner)] += 1
            default: continue
            }
        }
        if nextShared < sharedCount { placeRare(&places, from: nextShared, rareCounts, rows, team) }
        return next.map { Shard(sharedCount: sharedCount, count: Int($0)) }
    }

    /// The place of a shared feature until it is known.
    private static let waiting = UInt32.max - 1

    /// Whose rows give the order that a rare feature which is shared is in: any, and each as often as the others.
    @inline(__always)
    private static func orderer(of feature: Int, _ shards: Int) -> Int {
        (feature &* 0x9E37_79B9 >> 16 & 0xFFFF) &* shards >> 16
    }

    /// Places of the features that wait for one, those that a shard orders after those of the shard before.
    private static func placeRare(
        _ places: inout [UInt32], from first: UInt32, _ counts: [UInt32], _ rows: [SparseRows], _ team: WorkerTeam
    ) {
        var next: [UInt32] = []
        var sum = first
        for count in counts {
            next.append(sum)
            sum += count
        }
        places.withUnsafeMutableBufferPointer { places in
            next.withUnsafeMutableBufferPointer { next in
                nonisolated(unsafe) let (places, next) = (places, next)
                team.run(rows.count) { next[$0] = placeRare(places, from: next[$0], shard: $0, of: rows) }
                // Those that no row of their shard has.
                for feature in places.indices where places[feature] == waiting {
                    let shard = orderer(of: feature, rows.count)
                    places[feature] = next[shard]
                    next[shard] += 1
                }
            }
        }
    }

    /// Those that a shard orders, as its rows name them. Returns the first place that is left.
    private static func placeRare(
        _ places: UnsafeMutableBufferPointer<UInt32>, from first: UInt32, shard: Int, of shards: [SparseRows]
    ) -> UInt32 {
        let rows = shards[shard]
        var next = first
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: (rows.counts.max() ?? 0) + 1) { own in
            for row in 0..<rows.rowCount {
                let entries = rows.indices + rows.starts[row]
                // Which it is cannot be predicted: each is written, and some are kept.
                var count = 0
                for index in 0..<rows.counts[row] {
                    own[count] = entries[index]
                    count += orderer(of: Int(entries[index]), shards.count) == shard ? 1 : 0
                }
                for feature in own[..<count] where places[Int(feature)] == waiting {
                    places[Int(feature)] = next
                    next += 1
                }
            }
        }
        return next
    }

    /// Gives places to the shard's other features, and writes them into its rows, shared ones first.
    private static func write(_ places: UnsafeMutablePointer<UInt32>, into rows: SparseRows, _ shard: inout Shard) {
        var next = UInt32(truncatingIfNeeded: shard.count)
        let sharedCount = UInt32(truncatingIfNeeded: shard.sharedCount)
        let longest = rows.counts.max() ?? 0
        var own = [(place: UInt32, value: Float)](repeating: (0, 0), count: sharedCount > 0 ? longest + 1 : 0)
        if sharedCount > 0 {
            shard.sharedEntries.reserveCapacity(rows.rowCount)
            shard.sharedSquares.reserveCapacity(rows.rowCount)
        }
        own.withUnsafeMutableBufferPointer { own in
            for row in 0..<rows.rowCount {
                let entries = rows.indices + rows.starts[row]
                let values = rows.values + rows.starts[row]
                var (ahead, behind, square) = (0, 0, Float(0))
                for index in 0..<rows.counts[row] {
                    let feature = Int(entries[index])
                    if places[feature] == .max {
                        places[feature] = next
                        next += 1
                    }
                    let (place, value) = (places[feature], values[index])
                    if sharedCount == 0 {
                        entries[index] = place
                        continue
                    }
                    // Which it is cannot be predicted: both are written, and one of them is kept.
                    let isShared = place < sharedCount
                    (entries[ahead], values[ahead], own[behind]) = (place, value, (place, value))
                    ahead += isShared ? 1 : 0
                    behind += isShared ? 0 : 1
                    square += isShared ? value * value : 0
                }
                if sharedCount == 0 { continue }
                for index in 0..<behind { (entries[ahead + index], values[ahead + index]) = own[index] }
                shard.sharedEntries.append(ahead)
                shard.sharedSquares.append(square)
            }
        }
        shard.count = Int(next)
    }
}
