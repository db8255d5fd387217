// How many documents each bucket is in.

package import MartletKernels

/// In how many documents each bucket occurs.
package struct DocumentFrequencies: Sendable {
    package let documentCount: Int
    private let counts: ByteCounts

    /// Of all pieces, whichever shard they are of. O(entries + buckets): each thread goes through all entries, and counts
    /// some of the buckets.
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
    private let bytes: [UInt8]
    private var further: [Int: Int] = [:]

    private static let step: UInt8 = 127

    init(_ pieces: [HashedDocuments], team: WorkerTeam) {
        let parts = team.threads
        var full = [[Int: Int]](repeating: [:], count: parts)
        bytes = [UInt8](unsafeUninitializedCapacity: TextFeatureHasher.bucketCount) { bytes, initialized in
            initialized = TextFeatureHasher.bucketCount
            HugePages.advise(bytes.baseAddress, byteCount: initialized)
            nonisolated(unsafe) let bytes = bytes
            full.withUnsafeMutableBufferPointer { full in
                nonisolated(unsafe) let full = full
                team.run(parts) { Self.count(pieces, part: $0, of: parts, bytes, &full[$0]) }
            }
        }
        for full in full { further.merge(full) { first, _ in first } }
    }

    /// Counts the buckets of a part: of `parts` steps of them one.
    private static func count(
        _ pieces: [HashedDocuments], part: Int, of parts: Int, _ bytes: UnsafeMutableBufferPointer<UInt8>,
        _ further: inout [Int: Int]
    ) {
        let step = TextFeatureHasher.bucketStep
        for start in stride(from: part * step, to: bytes.count, by: parts * step) {
            UnsafeMutableBufferPointer(rebasing: bytes[start..<start + step]).initialize(repeating: 0)
        }
        // 1 for the steps of this part.
        let own = (0..<bytes.count / step).map { UInt8($0 % parts == part ? 1 : 0) }
        for piece in pieces {
            for entry in piece.entries {
                let bucket = Int(entry & TextFeatureHasher.bucketMask)
                if own[bucket / step] == 0 { continue }
                bytes[bucket] &+= 1
                if bytes[bucket] == .max {
                    bytes[bucket] -= Self.step
                    further[bucket, default: 0] += Int(Self.step)
                }
            }
        }
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
