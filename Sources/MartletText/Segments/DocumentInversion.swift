// Documents' entries, put into the buckets of their terms and into the forward index.

import MartletCore

/// Where the postings of each share's terms go.
///
/// `@unchecked Sendable`: nobody changes it.
final class TermPlaces: @unchecked Sendable {
    struct Place {
        /// The bucket above the term's place in it.
        var packed: UInt32
        /// The rank among all terms, the most frequent first.
        var byFrequency: UInt32

        @inline(__always) var bucket: Int { Int(packed >> 22) }
        @inline(__always) var term: UInt64 { UInt64(packed & UInt32(BucketPlan.termLimit - 1)) }
    }

    /// By share, then by its own number of the term.
    let shares: [UnsafeMutableBufferPointer<Place>]

    init(_ terms: TermOrder, _ plan: BucketPlan, _ byFrequency: [UInt32]) {
        var places: [Place] = []
        places.reserveCapacity(terms.terms.count)
        for bucket in 0..<plan.count {
            let ranks = plan.ranks(bucket)
            for rank in ranks {
                places.append(
                    Place(
                        packed: UInt32(truncatingIfNeeded: bucket << 22 | (rank - ranks.lowerBound)),
                        byFrequency: byFrequency[rank]))
            }
        }
        shares = terms.ranks.map { ranks in
            let own = UnsafeMutableBufferPointer<Place>.allocate(capacity: ranks.count)
            for (term, rank) in ranks.enumerated() {
                // A share also knows terms that no document has any more.
                let place = Int(rank) < places.count ? places[Int(rank)] : Place(packed: 0, byFrequency: 0)
                own.initializeElement(at: term, to: place)
            }
            return own
        }
    }

    deinit { for share in shares { share.deallocate() } }
}

/// Takes documents in order. O(entries), and a sort of each document's terms.
struct DocumentInversion {
    private let views: [ShareView]
    private let places: TermPlaces
    private let wanted: Range<Int>
    private let fieldCount: Int
    private let writesForward: Bool
    let postings: PostingBuckets
    private(set) var forward = ForwardWriter()

    /// - Parameters:
    ///   - wanted: the buckets whose postings are taken.
    ///   - writesForward: whether the forward index is wanted too.
    init(
        _ views: [ShareView], _ places: TermPlaces, bucketCount: Int, _ wanted: Range<Int>, fieldCount: Int,
        writesForward: Bool
    ) {
        self.views = views
        self.places = places
        self.wanted = wanted
        self.fieldCount = fieldCount
        self.writesForward = writesForward
        postings = PostingBuckets(count: bucketCount)
    }

    /// - Parameter first: the first document's number in the segment.
    mutating func add(_ documents: ArraySlice<DocumentSource>, first: Int) throws(Diagnostic) {
        var ordinal = UInt64(first)
        var ranks = NumberBuffer<UInt32>()
        let frequencies = UnsafeMutableBufferPointer<UInt32>.allocate(capacity: fieldCount)
        defer { frequencies.deallocate() }
        for source in documents {
            let share = Int(source.share)
            let view = views[share]
            let document = Int(source.document)
            ranks.removeAll()
            // A term takes at least a byte.
            ranks.reserve(view.starts[document + 1] - view.starts[document])
            invert(view.reader(document), places.shares[share], ordinal << 32, frequencies, into: &ranks)
            if writesForward {
                ShortSort.sort(ranks.mutableNumbers)
                try forward.add(sorted: ranks.numbers)
            }
            ordinal += 1
        }
    }

    @inline(__always)
    private func invert(
        _ entries: EntryReader, _ places: UnsafeMutableBufferPointer<TermPlaces.Place>, _ document: UInt64,
        _ frequencies: UnsafeMutableBufferPointer<UInt32>, into ranks: inout NumberBuffer<UInt32>
    ) {
        guard let own = frequencies.baseAddress else { return }
        var reader = entries
        while let term = reader.next(fieldCount: fieldCount) {
            let place = places[term]
            ranks.append(place.byFrequency)
            let bucket = place.bucket
            guard wanted.contains(bucket) else {
                reader.skipFrequencies(fieldCount: fieldCount)
                continue
            }
            let code = reader.readCode(fieldCount: fieldCount, frequencies: own)
            postings.append(
                document | place.term << PostingRecord.codeBits | UInt64(truncatingIfNeeded: code), to: bucket)
            if code == PostingRecord.apart {
                postings.append(apart: UnsafeBufferPointer(frequencies), to: bucket)
            }
        }
    }
}

extension EntryReader {
    /// The code of the term's frequencies in a ``PostingRecord``; where there is none, they are in `frequencies`.
    ///
    /// - Precondition: there is room for a number a field.
    @inline(__always)
    mutating func readCode(fieldCount: Int, frequencies: UnsafeMutablePointer<UInt32>) -> Int {
        if let field = readSimpleField(fieldCount: fieldCount) { return field }
        readFrequencies(fieldCount: fieldCount, into: frequencies)
        var only = -1
        for field in 0..<fieldCount where frequencies[field] > 0 {
            if only >= 0 { return PostingRecord.apart }
            only = field
        }
        guard only >= 0, Int(frequencies[only]) <= PostingRecord.apart / fieldCount else { return PostingRecord.apart }
        return (Int(frequencies[only]) - 1) * fieldCount + only
    }
}
