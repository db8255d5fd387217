// How many documents each bucket is in.

package import MartletKernels

/// In how many documents each bucket occurs.
package struct DocumentFrequencies: Sendable {
    package let documentCount: Int
    private let counts: ByteCounts

    /// Of all pieces, whichever shard they are of. O(entries + buckets · threads): each thread counts in some of the pieces,
    /// then each adds up some of the buckets.
    package init(_ pieces: [HashedDocuments], team: WorkerTeam) {
        documentCount = pieces.reduce(0) { $0 + $1.count }
        counts = ByteCounts(pieces, team: team)
    }

    /// Calls `body` with each bucket of a range that occurs, ascending. The range is of whole `TextFeatureHasher.bucketStep`.
    @inline(__always)
    package func forEach(of buckets: Range<Int>, _ body: (_ bucket: Int, _ documents: Int) -> Void) {
        counts.forEach(of: buckets, body)
    }
}

/// Numbers by bucket. Most are small, so that a byte does; one that is full gives `step` to `further`, and keeps more.
private struct ByteCounts: Sendable {
    private var bytes: [UInt8] = []
    private var further: [Int: Int] = [:]

    private static let step: UInt8 = 127

    init(_ pieces: [HashedDocuments], team: WorkerTeam) {
        let parts = max(1, min(team.threads, pieces.count))
        var counts = [ByteCounts](repeating: ByteCounts(), count: parts)
        counts.withUnsafeMutableBufferPointer { counts in
            nonisolated(unsafe) let counts = counts
            team.run(parts) { part in
                counts[part] = ByteCounts(
                    pieces[part * pieces.count / parts..<(part + 1) * pieces.count / parts])
            }
        }
        self = counts.removeFirst()
        for other in counts { add(other, team: team) }
    }

    private init() {}

    private init(_ pieces: ArraySlice<HashedDocuments>) {
        bytes = [UInt8](unsafeUninitializedCapacity: TextFeatureHasher.bucketCount) { bytes, initialized in
            initialized = TextFeatureHasher.bucketCount
            HugePages.advise(bytes.baseAddress, byteCount: initialized)
            bytes.initialize(repeating: 0)
        }
        bytes.withUnsafeMutableBufferPointer { bytes in
            for piece in pieces {
                for entry in piece.entries {
                    let bucket = Int(entry & TextFeatureHasher.bucketMask)
                    bytes[bucket] &+= 1
                    if bytes[bucket] == .max {
                        bytes[bucket] -= Self.step
                        further[bucket, default: 0] += Int(Self.step)
                    }
                }
            }
        }
    }

    private mutating func add(_ other: ByteCounts, team: WorkerTeam) {
        let step = TextFeatureHasher.bucketStep
        var full = [[Int: Int]](repeating: [:], count: bytes.count / step)
        bytes.withUnsafeMutableBytes { bytes in
            nonisolated(unsafe) let bytes = bytes
            full.withUnsafeMutableBufferPointer { full in
                nonisolated(unsafe) let full = full
                team.run(full.count) { part in
                    full[part] = Self.add(other.bytes, to: bytes, of: part * step..<(part + 1) * step)
                }
            }
        }
        for full in [other.further] + full { further.merge(full, uniquingKeysWith: +) }
    }

    /// Adds bytes of a range, eight at a time where none of them can become full. Returns what the others give away.
    private static func add(
        _ others: [UInt8], to bytes: UnsafeMutableRawBufferPointer, of buckets: Range<Int>
    ) -> [Int: Int] {
        var further: [Int: Int] = [:]
        others.withUnsafeBytes { others in
            for start in stride(from: buckets.lowerBound, to: buckets.upperBound, by: 8) {
                let one = bytes.loadUnaligned(fromByteOffset: start, as: UInt64.self)
                let other = others.loadUnaligned(fromByteOffset: start, as: UInt64.self)
                if (one | other) & 0x8080_8080_8080_8080 == 0 {
                    bytes.storeBytes(of: one + other, toByteOffset: start, as: UInt64.self)
                    continue
                }
                for bucket in start..<start + 8 {
                    var sum = Int(bytes[bucket]) + Int(others[bucket])
                    while sum >= Int(UInt8.max) {
                        sum -= Int(step)
                        further[bucket, default: 0] += Int(step)
                    }
                    bytes[bucket] = UInt8(truncatingIfNeeded: sum)
                }
            }
        }
        return further
    }

    /// Calls `body` with each that is not 0: zeros go by eight at a time.
    @inline(__always)
    func forEach(of buckets: Range<Int>, _ body: (Int, Int) -> Void) {
        bytes.withUnsafeBytes { bytes in
            for start in stride(from: buckets.lowerBound, to: buckets.upperBound, by: 8) {
                var rest = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: start, as: UInt64.self))
                while rest != 0 {
                    let place = rest.trailingZeroBitCount / 8
                    let byte = UInt8(truncatingIfNeeded: rest >> UInt64(place * 8))
                    let bucket = start + place
                    body(bucket, Int(byte) + (byte <= Self.step ? 0 : further[bucket] ?? 0))
                    rest &= ~(0xFF << UInt64(place * 8))
                }
            }
        }
    }
}
