// How many documents each bucket is in.

package import MartletKernels

/// In how many documents each bucket occurs: of all shards' rows.
package struct DocumentFrequencies: Sendable {
    package private(set) var documentCount = 0
    /// By bucket. Most occur in few documents, so that a byte does; one that is full gives `step` to `further`, and keeps more.
    private var counts = [UInt8](repeating: 0, count: TextFeatureHasher.bucketCount)
    private var further: [Int: Int] = [:]

    private static let step: UInt8 = 127

    package init() {}

    package subscript(bucket: Int) -> Int {
        let count = counts[bucket]
        return Int(count) + (count <= Self.step ? 0 : further[bucket] ?? 0)
    }

    package func isEmpty(_ buckets: Range<Int>) -> Bool {
        counts.withUnsafeBufferPointer { counts in
            var any: UInt8 = 0
            for bucket in buckets { any |= counts[bucket] }
            return any == 0
        }
    }

    /// O(entries), on several threads by ranges of buckets.
    package mutating func add(_ pieces: [HashedDocuments], team: WorkerTeam) {
        for piece in pieces { documentCount += piece.count }
        let parts = team.threads
        var steps = [[Int]](repeating: [], count: parts)
        counts.withUnsafeMutableBufferPointer { counts in
            nonisolated(unsafe) let counts = counts
            steps.withUnsafeMutableBufferPointer { steps in
                nonisolated(unsafe) let steps = steps
                team.run(parts) { part in
                    let low = part * TextFeatureHasher.bucketCount / parts
                    let high = (part + 1) * TextFeatureHasher.bucketCount / parts
                    steps[part] = Self.add(pieces, low..<high, to: counts)
                }
            }
        }
        for bucket in steps.joined() { further[bucket, default: 0] += Int(Self.step) }
    }

    private static let blockSize = 1_024

    /// Counts those of a range. Returns the buckets that were full, as often as they were.
    private static func add(
        _ pieces: [HashedDocuments], _ range: Range<Int>, to counts: UnsafeMutableBufferPointer<UInt8>
    ) -> [Int] {
        var full: [Int] = []
        withUnsafeTemporaryAllocation(of: Int.self, capacity: blockSize) { block in
            for piece in pieces {
                piece.entries.withUnsafeBufferPointer { entries in
                    for start in stride(from: 0, to: entries.count, by: blockSize) {
                        // Which buckets are in the range cannot be predicted: they are picked without a branch.
                        var picked = 0
                        for index in start..<min(start + blockSize, entries.count) {
                            let bucket = Int(entries[index] & TextFeatureHasher.bucketMask)
                            block[picked] = bucket
                            picked &+= range.contains(bucket) ? 1 : 0
                        }
                        for index in 0..<picked {
                            let bucket = block[index]
                            counts[bucket] &+= 1
                            if counts[bucket] == .max {
                                counts[bucket] = .max - step
                                full.append(bucket)
                            }
                        }
                    }
                }
            }
        }
        return full
    }
}
