// How many documents each bucket is in.

package import MartletKernels

/// In how many documents each bucket occurs.
package struct DocumentFrequencies: Sendable {
    package let documentCount: Int
    private let counts: ByteCounts

    /// Of all pieces, whichever shard they are of. O(entries + buckets), on several threads, each with a byte a bucket.
    package init(_ pieces: [HashedDocuments], team: WorkerTeam) {
        documentCount = pieces.reduce(0) { $0 + $1.count }
        let parts = max(1, min(team.threads, pieces.count))
        var tables = [ByteCounts](repeating: ByteCounts(), count: parts)
        tables.withUnsafeMutableBufferPointer { tables in
            nonisolated(unsafe) let tables = tables
            team.run(parts) { part in
                for piece in stride(from: part, to: pieces.count, by: parts) { tables[part].add(pieces[piece].entries) }
            }
        }
        var sum = tables.removeFirst()
        for table in tables { sum.add(table) }
        counts = sum
    }

    /// Calls `body` with each bucket that occurs, ascending.
    @inline(__always)
    package func forEach(_ body: (_ bucket: Int, _ documents: Int) -> Void) { counts.forEach(body) }
}

/// Numbers by bucket. Most are small, so that a byte does; one that is full gives `step` to `further`, and keeps more.
private struct ByteCounts: Sendable {
    private var bytes: [UInt8] = []
    private var further: [Int: Int] = [:]

    private static let step: UInt8 = 127

    mutating func add(_ entries: [UInt32]) {
        makeRoom()
        bytes.withUnsafeMutableBufferPointer { bytes in
            for entry in entries {
                let bucket = Int(entry & TextFeatureHasher.bucketMask)
                bytes[bucket] &+= 1
                if bytes[bucket] == .max {
                    bytes[bucket] -= Self.step
                    further[bucket, default: 0] += Int(Self.step)
                }
            }
        }
    }

    mutating func add(_ other: ByteCounts) {
        makeRoom()
        further.merge(other.further, uniquingKeysWith: +)
        bytes.withUnsafeMutableBufferPointer { bytes in
            Self.forEachByte(of: other.bytes) { bucket, added in
                var sum = Int(bytes[bucket]) + Int(added)
                while sum >= Int(UInt8.max) {
                    sum -= Int(Self.step)
                    further[bucket, default: 0] += Int(Self.step)
                }
                bytes[bucket] = UInt8(truncatingIfNeeded: sum)
            }
        }
    }

    @inline(__always)
    func forEach(_ body: (Int, Int) -> Void) {
        Self.forEachByte(of: bytes) { bucket, byte in
            body(bucket, Int(byte) + (byte <= Self.step ? 0 : further[bucket] ?? 0))
        }
    }

    private mutating func makeRoom() {
        guard bytes.isEmpty else { return }
        let count = TextFeatureHasher.bucketCount
        bytes = [UInt8](unsafeUninitializedCapacity: count) { bytes, initialized in
            HugePages.advise(bytes.baseAddress, byteCount: count)
            bytes.initialize(repeating: 0)
            initialized = count
        }
    }

    /// Calls `body` with each that is not 0: zeros go by eight at a time.
    @inline(__always)
    private static func forEachByte(of bytes: [UInt8], _ body: (Int, UInt8) -> Void) {
        bytes.withUnsafeBytes { bytes in
            for word in 0..<bytes.count / 8 {
                var rest = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: word * 8, as: UInt64.self))
                while rest != 0 {
                    let place = rest.trailingZeroBitCount / 8
                    body(word * 8 + place, UInt8(truncatingIfNeeded: rest >> UInt64(place * 8)))
                    rest &= ~(0xFF << UInt64(place * 8))
                }
            }
        }
    }
}
