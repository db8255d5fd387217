// Postings on the way from documents to terms.

import MartletCore

/// How the terms of a segment are divided into buckets: ranges of ranks with about as many postings each, few enough that
/// a bucket is sorted where memory is near.
struct BucketPlan: Sendable {
    /// By bucket, its first rank; then the number of terms.
    let rankLimits: [Int]
    /// By rank, how many postings the terms before have; then all.
    let postingStarts: [Int]

    private static let bucketPostings = 1 << 16
    static let bucketLimit = 1 << 10
    /// A bucket has fewer terms than this: no more than it has postings, unless there are billions.
    static let termLimit = 1 << 22

    /// - Parameter counts: by rank, the number of postings.
    /// - Throws: `limitExceeded`.
    init(_ counts: some Collection<Int>) throws(Diagnostic) {
        var starts = [0]
        starts.reserveCapacity(counts.count + 1)
        for count in counts { starts.append(starts[starts.count - 1] + count) }
        let total = starts[starts.count - 1]
        let buckets = max(1, min(Self.bucketLimit, total / Self.bucketPostings))
        var limits = [0]
        for bucket in 1..<buckets + 1 {
            let limit = bucket == buckets ? counts.count : starts.lowerBound(total / buckets * bucket)
            limits.append(max(limits[bucket - 1], min(limit, counts.count)))
        }
        for bucket in 0..<buckets where limits[bucket + 1] - limits[bucket] >= Self.termLimit {
            throw Diagnostic(.limitExceeded, "a text segment has too many terms")
        }
        rankLimits = limits
        postingStarts = starts
    }

    var count: Int { rankLimits.count - 1 }

    func ranks(_ bucket: Int) -> Range<Int> { rankLimits[bucket]..<rankLimits[bucket + 1] }

    /// The number of postings in the buckets before one.
    func start(_ bucket: Int) -> Int { postingStarts[rankLimits[bucket]] }

    /// Divides some buckets into ranges of about as many postings each; none is empty.
    func ranges(_ buckets: Range<Int>, count: Int) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var first = buckets.lowerBound
        let whole = start(buckets.upperBound) - start(buckets.lowerBound)
        for part in 0..<count {
            var end = part + 1 == count ? buckets.upperBound : first
            let goal = start(buckets.lowerBound) + whole / count * (part + 1)
            while end < buckets.upperBound, start(end) < goal { end += 1 }
            if end > first { ranges.append(first..<end) }
            first = end
        }
        return ranges
    }
}

/// A posting as a number: the document, its term's place in the bucket, and its frequencies in short.
///
/// | bits   |                                                                                                  |
/// | ------ | ------------------------------------------------------------------------------------------------ |
/// | 32..63 | document                                                                                         |
/// | 10..31 | term, counted from the bucket's first                                                            |
/// | 0..9   | (frequency - 1) · fields + field, where one field alone has it; else 1023: frequencies kept apart |
enum PostingRecord {
    static let codeBits: UInt64 = 10
    static let apart = 1 << Int(codeBits) - 1
    static let bytes = MemoryLayout<UInt64>.size
}

/// The postings of a range of documents, by bucket, each bucket in the order of the documents.
///
/// Filled by one thread, then read by any. `@unchecked Sendable`: for that reason.
final class PostingBuckets: @unchecked Sendable {
    private static let chunkRecords = 1 << 10
    private static let slabChunks = 1 << 7

    private struct Bucket {
        var chunks: [UnsafeMutablePointer<UInt64>] = []
        /// The frequencies of postings that have no code, those of one behind those of another.
        var apart: [UInt32] = []
    }

    private var buckets: [Bucket]
    /// By bucket, the place of the next record, and where its chunk ends.
    private let next: UnsafeMutableBufferPointer<UnsafeMutablePointer<UInt64>?>
    private let ends: UnsafeMutableBufferPointer<UnsafeMutablePointer<UInt64>?>
    private var slabs: [UnsafeMutablePointer<UInt64>] = []
    private var freeChunks = 0

    init(count: Int) {
        buckets = [Bucket](repeating: Bucket(), count: count)
        next = .allocate(capacity: count)
        next.initialize(repeating: nil)
        ends = .allocate(capacity: count)
        ends.initialize(repeating: nil)
    }

    deinit {
        for slab in slabs { slab.deallocate() }
        next.deallocate()
        ends.deallocate()
    }

    @inline(__always)
    func append(_ record: UInt64, to bucket: Int) {
        var place = next[bucket]
        if place == ends[bucket] { place = newChunk(bucket) }
        place.unsafelyUnwrapped.pointee = record
        next[bucket] = place.unsafelyUnwrapped + 1
    }

    func append(apart frequencies: UnsafeBufferPointer<UInt32>, to bucket: Int) {
        buckets[bucket].apart.append(contentsOf: frequencies)
    }

    private func newChunk(_ bucket: Int) -> UnsafeMutablePointer<UInt64> {
        if freeChunks == 0 {
            slabs.append(.allocate(capacity: Self.chunkRecords * Self.slabChunks))
            freeChunks = Self.slabChunks
        }
        let chunk = slabs[slabs.count - 1] + (Self.slabChunks - freeChunks) * Self.chunkRecords
        freeChunks -= 1
        buckets[bucket].chunks.append(chunk)
        ends[bucket] = chunk + Self.chunkRecords
        return chunk
    }

    /// Calls `body` with the records of a bucket in order, a chunk at a time.
    @inline(__always)
    func forEachChunk(of bucket: Int, _ body: (UnsafeBufferPointer<UInt64>) -> Void) {
        guard let end = next[bucket] else { return }
        let chunks = buckets[bucket].chunks
        for (place, chunk) in chunks.enumerated() {
            let count = place + 1 < chunks.count ? Self.chunkRecords : end - chunk
            body(UnsafeBufferPointer(start: chunk, count: count))
        }
    }

    /// The frequencies that a bucket keeps apart, in the order of its records.
    func apart(_ bucket: Int) -> [UInt32] { buckets[bucket].apart }
}

/// Sorts a bucket's postings by term: a counting sort, whose counts are known.
struct BucketSorter: ~Copyable {
    private let plan: BucketPlan
    private let fieldCount: Int
    /// By code, the field and its frequency.
    private var codes: [(field: Int, frequency: UInt32)] = []
    private var next: [Int] = []
    private var documents: [UInt32] = []
    private var frequencies: [UInt32] = []

    init(_ plan: BucketPlan, fieldCount: Int) {
        self.plan = plan
        self.fieldCount = fieldCount
        for code in 0..<PostingRecord.apart {
            codes.append((code % fieldCount, UInt32(code / fieldCount + 1)))
        }
    }

    /// Calls `body` with the documents and frequencies of a bucket, those of its terms one behind the other.
    mutating func sort(
        _ bucket: Int, of parts: [PostingBuckets],
        _ body: (UnsafeBufferPointer<UInt32>, UnsafeBufferPointer<UInt32>) throws(Diagnostic) -> Void
    ) throws(Diagnostic) {
        let ranks = plan.ranks(bucket)
        let start = plan.start(bucket)
        let count = plan.start(bucket + 1) - start
        next.removeAll(keepingCapacity: true)
        for rank in ranks { next.append(plan.postingStarts[rank] - start) }
        if documents.count < count {
            documents = [UInt32](repeating: 0, count: count)
            frequencies = [UInt32](repeating: 0, count: count * fieldCount)
        }
        for part in parts { place(bucket, part) }
        try documents.withUnsafeBufferPointer { (documents) throws(Diagnostic) in
            try frequencies.withUnsafeBufferPointer { (frequencies) throws(Diagnostic) in
                try body(
                    UnsafeBufferPointer(rebasing: documents[..<count]),
                    UnsafeBufferPointer(rebasing: frequencies[..<(count * fieldCount)]))
            }
        }
    }

    private mutating func place(_ bucket: Int, _ part: PostingBuckets) {
        let apart = part.apart(bucket)
        var nextApart = 0
        let fieldCount = fieldCount
        let termMask = UInt64(BucketPlan.termLimit - 1)
        codes.withUnsafeBufferPointer { codes in
            next.withUnsafeMutableBufferPointer { next in
                documents.withUnsafeMutableBufferPointer { documents in
                    frequencies.withUnsafeMutableBufferPointer { frequencies in
                        part.forEachChunk(of: bucket) { records in
                            for record in records {
                                let term = Int(record >> PostingRecord.codeBits & termMask)
                                let code = Int(record & UInt64(PostingRecord.apart))
                                let place = next[term]
                                next[term] = place + 1
                                documents[place] = UInt32(truncatingIfNeeded: record >> 32)
                                let own = place * fieldCount
                                if code == PostingRecord.apart {
                                    for field in 0..<fieldCount { frequencies[own + field] = apart[nextApart + field] }
                                    nextApart += fieldCount
                                } else if fieldCount == 1 {
                                    frequencies[own] = UInt32(truncatingIfNeeded: code + 1)
                                } else {
                                    for field in 0..<fieldCount { frequencies[own + field] = 0 }
                                    frequencies[own + codes[code].field] = codes[code].frequency
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
