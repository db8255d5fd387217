// From analysed documents to a segment: orders documents and terms, and turns one's entries into the other's postings.

import MartletCore
import MartletKernels

/// The steps have parts that threads do side by side; what they make does not depend on how many there are.
struct SegmentAssembly: Sendable {
    private let shares: [AnalyzedDocuments]
    private let views: [ShareView]
    private let fieldCount: Int
    private let hasKeys: Bool
    private let hasPositions: Bool
    private let threads: Int

    /// Postings that are in memory at once on their way from documents to terms.
    private let inversionBytes: Int

    init(
        _ shares: [AnalyzedDocuments], fieldCount: Int, hasKeys: Bool, hasPositions: Bool, threads: Int,
        inversionBytes: Int
    ) {
        self.inversionBytes = max(1, inversionBytes)
        self.hasPositions = hasPositions
        self.threads = threads
        self.shares = shares.filter { $0.count > 0 }
        views = self.shares.map(\.view)
        self.fieldCount = fieldCount
        self.hasKeys = hasKeys
    }

    func run() throws(Diagnostic) -> [UInt8] {
        defer { withExtendedLifetime(shares) {} }
        let (runs, rankings) = try sortShares()
        let order: [DocumentSource]
        let columns: DocumentColumns
        let terms: TermOrder
        if threads > 1 {
            ((order, columns), terms) = try Parallel.pair { () throws(Diagnostic) in
                try documents(runs)
            } beside: { () throws(Diagnostic) in
                TermOrder(rankings, shares)
            }
        } else {
            (order, columns) = try documents(runs)
            terms = TermOrder(rankings, shares)
        }
        var writer = SegmentWriter(
            rowids: columns.rowids, keys: hasKeys ? columns.keys : nil, lengths: columns.lengths,
            hasPositions: hasPositions)
        try write(terms, order, to: &writer)
        return try writer.finish(threads: threads)
    }

    // MARK: Order

    private enum Sorted: Sendable {
        case documents(DocumentOrder.Run)
        case terms(TermRanking)
    }

    /// Sorts the documents and the terms of each share.
    private func sortShares() throws(Diagnostic) -> (runs: [DocumentOrder.Run], rankings: [TermRanking]) {
        let documents = DocumentOrder(views: views, hasKeys: hasKeys)
        let sorted = try Parallel.map(count: 2 * shares.count, threads: threads) {
            (part) throws(Diagnostic) -> Sorted in
            let share = shares[part / 2]
            return part % 2 == 0
                ? .documents(documents.run(part / 2, isRemoved: share.isRemoved)) : .terms(share.ranking())
        }
        var runs: [DocumentOrder.Run] = []
        var rankings: [TermRanking] = []
        for part in sorted {
            switch part {
            case .documents(let run): runs.append(run)
            case .terms(let ranking): rankings.append(ranking)
            }
        }
        return (runs, rankings)
    }

    private func documents(
        _ runs: [DocumentOrder.Run]
    ) throws(Diagnostic) -> (order: [DocumentSource], columns: DocumentColumns) {
        let order = DocumentOrder(views: views, hasKeys: hasKeys).merge(runs)
        return (
            order,
            try DocumentColumns(order, views, fieldCount: fieldCount, hasKeys: hasKeys, threads: threads)
        )
    }

    // MARK: Postings

    /// Fewer are not worth a second thread.
    private static let threadPostings = 1 << 16
    /// Parts for each thread, so that none waits long for the last.
    private static let documentParts = 2
    private static let termParts = 8
    /// With positions a part costs a look at every document.
    private static let positionBytes = 128 << 20

    /// Writes the postings and the forward index: the entries of the documents, in order, go to the buckets of their terms,
    /// and from each bucket, sorted, to the dictionary.
    private func write(
        _ terms: TermOrder, _ order: [DocumentSource], to writer: inout SegmentWriter
    ) throws(Diagnostic) {
        let plan = try BucketPlan(terms.terms.lazy.map(\.count))
        let total = plan.start(plan.count)
        let threads = total < Self.threadPostings ? 1 : threads
        let byFrequency = writer.rankTerms(terms.terms.map { UInt32(truncatingIfNeeded: $0.count) })
        let places = TermPlaces(terms, plan, byFrequency)
        let (lengths, defaultField) = (writer.lengths, writer.defaultField)
        let passes = 1 + total * PostingRecord.bytes / inversionBytes
        for (pass, buckets) in plan.ranges(0..<plan.count, count: passes).enumerated() {
            let parts = threads == 1 ? 1 : threads * Self.documentParts
            let inverted = try Parallel.map(count: parts, threads: threads) {
                (part) throws(Diagnostic) -> (postings: PostingBuckets, forward: ForwardWriter) in
                var inversion = DocumentInversion(
                    views, places, bucketCount: plan.count, buckets, fieldCount: fieldCount, writesForward: pass == 0)
                let documents = order.count * part / parts..<order.count * (part + 1) / parts
                try inversion.add(order[documents], first: documents.lowerBound)
                return (inversion.postings, inversion.forward)
            }
            if pass == 0 { for part in inverted { try writer.append(part.forward) } }
            let postings = inverted.map(\.postings)
            let ranges = plan.ranges(buckets, count: rangeCount(plan, buckets, threads))
            let written = try Parallel.map(count: ranges.count, threads: threads) {
                (part) throws(Diagnostic) -> PostingsWriter in
                var writer = PostingsWriter(
                    lengths: lengths, defaultField: defaultField, hasPositions: hasPositions)
                try write(ranges[part], plan, terms, order, postings, to: &writer)
                return writer
            }
            for range in written { try writer.append(range) }
        }
    }

    /// Into how many parts the terms of some buckets are divided.
    private func rangeCount(_ plan: BucketPlan, _ buckets: Range<Int>, _ threads: Int) -> Int {
        if hasPositions {
            let bytes = (plan.start(buckets.upperBound) - plan.start(buckets.lowerBound)) * 4 * (1 + fieldCount)
            return max(threads, bytes / (Self.positionBytes / threads))
        }
        return threads == 1 ? 1 : threads * Self.termParts
    }

    /// Writes the terms of some buckets.
    private func write(
        _ buckets: Range<Int>, _ plan: BucketPlan, _ terms: TermOrder, _ order: [DocumentSource],
        _ parts: [PostingBuckets], to writer: inout PostingsWriter
    ) throws(Diagnostic) {
        let first = plan.rankLimits[buckets.lowerBound]
        let positions =
            hasPositions ? try self.positions(first..<plan.rankLimits[buckets.upperBound], terms.ranks, order) : nil
        var sorter = BucketSorter(plan, fieldCount: fieldCount)
        for bucket in buckets {
            let start = plan.start(bucket)
            try sorter.sort(bucket, of: parts) { (documents, frequencies) throws(Diagnostic) in
                for rank in plan.ranks(bucket) {
                    let term = terms.terms[rank]
                    let own = plan.postingStarts[rank] - start..<plan.postingStarts[rank + 1] - start
                    try writer.add(
                        shares[Int(term.share)].analyzer.bytes(ofTerm: Int(term.term)),
                        documents: UnsafeBufferPointer(rebasing: documents[own]),
                        frequencies: UnsafeBufferPointer(
                            rebasing: frequencies[own.lowerBound * fieldCount..<own.upperBound * fieldCount]),
                        positions: positions?.of(rank - first))
                }
            }
        }
    }

    /// The places of some terms' words: by term, document, field and place.
    private func positions(
        _ wanted: Range<Int>, _ ranks: [[UInt32]], _ order: [DocumentSource]
    ) throws(Diagnostic) -> TermPositions {
        let lowest = UInt32(truncatingIfNeeded: wanted.lowerBound)
        let count = UInt32(truncatingIfNeeded: wanted.count)
        var result = TermPositions(termCount: wanted.count)
        /// Calls `body` with each word of a wanted term, in order.
        func forEachWord(_ body: (_ term: Int, _ position: UInt32) -> Void) {
            var offsets: [UInt32] = []
            for source in order {
                let share = shares[Int(source.share)]
                let document = Int(source.document)
                offsets.removeAll(keepingCapacity: true)
                var reader = views[Int(source.share)].reader(document)
                while let term = reader.next(fieldCount: fieldCount) {
                    offsets.append(ranks[Int(source.share)][term] &- lowest)
                    reader.skipFrequencies(fieldCount: fieldCount)
                }
                for text in document * fieldCount..<(document + 1) * fieldCount {
                    let start = share.wordStarts[text]
                    for word in start..<share.wordStarts[text + 1] {
                        let offset = offsets[Int(share.words[word])]
                        if offset < count { body(Int(offset), UInt32(truncatingIfNeeded: word - start)) }
                    }
                }
            }
        }
        forEachWord { term, _ in result.ends[term] += 1 }
        result.makeRoom()
        forEachWord { term, position in result.append(position, to: term) }
        return result
    }
}

/// Positions grouped by term: counted first, then put in.
private struct TermPositions {
    /// At first how many a term has; then where they end, as far as they are here.
    var ends: [Int]
    private var starts: [Int] = []
    private var positions: [UInt32] = []

    init(termCount: Int) { ends = [Int](repeating: 0, count: termCount) }

    mutating func makeRoom() {
        var total = 0
        for term in ends.indices {
            let count = ends[term]
            ends[term] = total
            total += count
        }
        starts = ends + [total]
        positions = [UInt32](repeating: 0, count: total)
    }

    mutating func append(_ position: UInt32, to term: Int) {
        positions[ends[term]] = position
        ends[term] += 1
    }

    func of(_ term: Int) -> ArraySlice<UInt32> { positions[starts[term]..<starts[term + 1]] }
}
