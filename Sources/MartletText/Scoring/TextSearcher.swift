// Ranking documents of several segments as if they were one collection.

package import MartletCore
import MartletKernels

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A segment as a search sees it: its bytes, the documents deleted from it, and how they change its statistics.
package struct SearchSegment {
    package var reader: SegmentReader
    package var deleted: OrdinalBitmap?
    /// For each field, the total length of the live documents.
    package var totalLengths: [UInt64]
    package var documentCount: Int
    /// How many deleted documents a term (by ordinal) occurs in.
    package var deletedFrequency: ((Int) throws(Diagnostic) -> Int)?
    /// The segment's number in its index.
    package var id: UInt32?
    /// Stands for exactly these bytes in every search with the same scratch; nil if nothing about them may be kept.
    package var cacheID: UInt32?

    package init(
        reader: SegmentReader, deleted: OrdinalBitmap? = nil, totalLengths: [UInt64], documentCount: Int,
        deletedFrequency: ((Int) throws(Diagnostic) -> Int)? = nil
    ) {
        self.reader = reader
        self.deleted = deleted
        self.totalLengths = totalLengths
        self.documentCount = documentCount
        self.deletedFrequency = deletedFrequency
    }

    /// What reading it gives, or the damage that it met, with the segment's number.
    func reading<Result>(
        _ body: (SegmentReader) throws(Diagnostic) -> Result
    ) throws(Diagnostic) -> Result {
        do throws(Diagnostic) {
            return try body(reader)
        } catch {
            throw error.inSegment(id)
        }
    }

    func bytes(ofTerm ordinal: Int) throws(Diagnostic) -> UnsafeRawBufferPointer {
        try reading { (reader) throws(Diagnostic) in try reader.bytes(ofTerm: ordinal) }
    }

    /// A segment with its statistics computed from the segment itself; O(deleted documents' terms).
    package init(_ reader: SegmentReader, deleted: OrdinalBitmap? = nil) throws(Diagnostic) {
        var totals: [UInt64] = []
        for field in 0..<reader.fieldCount { totals.append(try reader.totalLength(field: field)) }
        var count = reader.documentCount
        var frequencies: [Int: Int] = [:]
        if let deleted {
            for document in 0..<reader.documentCount where deleted.contains(document) {
                count -= 1
                for field in 0..<reader.fieldCount {
                    totals[field] &-= UInt64(try reader.length(document, field: field))
                }
                try reader.forEachTerm(ofDocument: document) { (term) throws(Diagnostic) in
                    frequencies[term, default: 0] += 1
                }
            }
        }
        self.init(reader: reader, deleted: deleted, totalLengths: totals, documentCount: count)
        deletedFrequency = { (term) throws(Diagnostic) in frequencies[term] ?? 0 }
    }
}

/// Scores documents by BM25F with statistics that are exact over all live documents.
///
/// For a query term of count q that occurs in n of N documents, a document with weighted frequency t = Σ wᶠ·tfᶠ and
/// weighted length l = Σ wᶠ·lengthᶠ (in the fields' order) scores
///
///     idf    = ln(1 + (N − n + 0.5) / (n + 0.5))          in double precision, then rounded
///     factor = q · idf · (k1 + 1)
///     norm   = k1·(1 − b) + (k1·b / average of l) · l
///     part   = factor · t / (t + norm)                    in single precision, then rounded to the query's grid,
///     score  = Σ part                                     but at least one unit of it
///
/// so that the scores depend neither on the division into segments nor on the order of the terms: the grid's unit is
/// 2⁻²³ times the power of two above Σ factor, and sums of its multiples are exact. Not for use from two threads; must
/// not outlive the segments' bytes.
package final class TextSearcher {
    package let segments: [SearchSegment]
    package let parameters: TextParameters
    package let fieldCount: Int
    /// The number of live documents.
    package let documentCount: Int
    package let averageLength: Double
    /// For each field, of live documents.
    let totalLengths: [UInt64]
    /// Where the statistics are those of an earlier search: how many documents each term of the query occurred in.
    let frequencies: [Int]?
    let normConstant: Float
    let normSlope: Float
    private let hasKeys: Bool
    /// For tests; the results are the same.
    package var tuning = SearchTuning()

    private let scratch: SearchScratch
    private let weights: WeightBuffer

    /// - Parameters:
    ///   - scratch: of an earlier searcher over as many fields, which is not used any more.
    ///   - statistics: of an earlier search for the same words, if scores are to be as they were then.
    package init(
        segments: [SearchSegment], fieldCount: Int, parameters: TextParameters, scratch: SearchScratch? = nil,
        statistics: TextStatistics? = nil
    ) throws(Diagnostic) {
        try parameters.validate(fieldCount: fieldCount)
        var documents = 0
        var totals = [UInt64](repeating: 0, count: fieldCount)
        for segment in segments {
            guard segment.reader.fieldCount == fieldCount, segment.totalLengths.count == fieldCount else {
                throw SegmentReader.damaged("it has a wrong number of fields")
            }
            let (sum, overflow) = documents.addingReportingOverflow(segment.documentCount)
            guard !overflow, segment.documentCount >= 0 else { throw SegmentReader.damaged("its counts are wrong") }
            documents = sum
            for field in 0..<fieldCount { totals[field] &+= segment.totalLengths[field] }
        }
        if let statistics {
            guard statistics.totalLengths.count == fieldCount, statistics.documentCount >= 0 else {
                throw SegmentReader.damaged("the statistics have a wrong number of fields")
            }
            documents = statistics.documentCount
            totals = statistics.totalLengths
        }
        self.segments = segments
        self.parameters = parameters
        self.fieldCount = fieldCount
        documentCount = documents
        totalLengths = totals
        frequencies = statistics?.frequencies
        hasKeys = segments.contains { $0.reader.hasKeys }
        var total = 0.0
        for field in 0..<fieldCount { total += Double(parameters.weights[field]) * Double(totals[field]) }
        averageLength = documents > 0 ? total / Double(documents) : 0
        normConstant = parameters.k1 * (1 - parameters.b)
        normSlope =
            averageLength > 0 ? Float(Double(parameters.k1) * Double(parameters.b) / averageLength) : 0
        weights = WeightBuffer(parameters.weights)
        if let scratch, scratch.fieldCount == fieldCount {
            scratch.keepLengths(of: segments)
            self.scratch = scratch
        } else {
            self.scratch = SearchScratch(fieldCount: fieldCount)
        }
    }

    /// A query term found in the segments.
    struct Located {
        /// One a segment; the first is not in the array, as there is mostly one alone.
        struct Places {
            private var first: SegmentReader.Term?
            private var others: [SegmentReader.Term?] = []
            private var count = 0

            mutating func append(_ place: SegmentReader.Term?) {
                if count == 0 { first = place } else { others.append(place) }
                count += 1
            }

            subscript(segment: Int) -> SegmentReader.Term? { segment == 0 ? first : others[segment - 1] }
        }

        var term: TextQuery.Term
        /// In the query.
        var position: Int
        var places: Places
        /// The number of live documents that it occurs in, in any field.
        var documentFrequency: Int
        var inverseDocumentFrequency: Double

        func factor(k1: Float) -> Float {
            Float(term.count) * term.weight * Float(inverseDocumentFrequency) * (k1 + 1)
        }
    }

    func locate(_ query: TextQuery) throws(Diagnostic) -> [Located] {
        var result: [Located] = []
        for (position, term) in query.terms.enumerated() {
            var places = Located.Places()
            var frequency = 0
            for index in segments.indices {
                let place: SegmentReader.Term?
                do throws(Diagnostic) {
                    place = try segments[index].reader.find(term.bytes)
                } catch {
                    throw error.inSegment(segments[index].id)
                }
                places.append(place)
                guard let place else { continue }
                frequency += place.documentFrequency
                if segments[index].deleted != nil, let deletedFrequency = segments[index].deletedFrequency {
                    frequency -= try deletedFrequency(place.ordinal)
                }
            }
            if let frequencies { frequency = position < frequencies.count ? frequencies[position] : 0 }
            guard frequency > 0 else { continue }
            guard frequency <= documentCount else {
                throw tooFrequent(String(decoding: term.bytes, as: UTF8.self), frequency)
            }
            let present = Double(frequency)
            let inverse = log(1 + (Double(documentCount) - present + 0.5) / (present + 0.5))
            result.append(
                Located(
                    term: term, position: position, places: places, documentFrequency: frequency,
                    inverseDocumentFrequency: inverse))
        }
        return result
    }

    /// The best `k` documents that hold a term of the query, by score descending, then primary key ascending.
    package func search(
        _ query: TextQuery, k: Int, filter: TextFilter = .all, range: TextHitRange = .all
    ) throws(Diagnostic) -> [TextHit] {
        guard k > 0, documentCount > 0 else { return [] }
        let terms = try locate(query)
        if terms.isEmpty { return [] }
        let grid = grid(terms)
        return try collect(k: k, range: range) { (index, threshold) throws(Diagnostic) in
            guard terms.contains(where: { $0.places[index] != nil }) else { return [] }
            var lists: [ScoredList] = []
            lists.reserveCapacity(terms.count)
            for position in terms.indices {
                guard let place = terms[position].places[index] else { continue }
                lists.append(
                    ScoredList(
                        blocks: try segments[index].reader.blocks(place), count: place.documentFrequency,
                        model: model(terms[position], grid)))
            }
            return try search(
                segment: index, lists, k: k, atLeast: threshold, filter: filter, range: range,
                allowed: try allowed(filter, segment: index))
        }
    }

    func tooFrequent(_ term: String, _ frequency: Int) -> Diagnostic {
        SegmentReader.damaged("'\(term)' occurs in \(frequency) of \(documentCount) documents")
    }

    /// Postings that add to scores.
    struct ScoredList {
        var blocks: PostingBlocks
        var count: Int
        var model: TermModel
    }

    /// The documents of a segment that pass a list of row ids; nil without one.
    func allowed(_ filter: TextFilter, segment index: Int) throws(Diagnostic) -> OrdinalBitmap? {
        guard case .rowids(let rowids) = filter else { return nil }
        return try segments[index].reader.documents(rowids: rowids)
    }

    /// The best of all segments; `best` gives those of one that reach a threshold.
    func collect(
        k: Int, range: TextHitRange,
        _ best: (_ segment: Int, _ threshold: Float) throws(Diagnostic) -> [TopK.Item]
    ) throws(Diagnostic) -> [TextHit] {
        var hits: [TextHit] = []
        var threshold = range.minimum
        for index in segments.indices {
            let found: [TopK.Item]
            do throws(Diagnostic) {
                found = try best(index, threshold)
                for item in found {
                    hits.append(
                        TextHit(
                            rowid: try segments[index].reader.rowid(Int(item.ordinal)), score: item.score,
                            segment: index, document: Int(item.ordinal)))
                }
            } catch {
                throw error.inSegment(segments[index].id)
            }
            if found.count == k, let last = found.last { threshold = max(threshold, last.score) }
        }
        if segments.count > 1 {
            var failure: Diagnostic?
            hits.sort { a, b in
                if a.score != b.score { return a.score > b.score }
                if hasKeys, failure == nil {
                    do throws(Diagnostic) {
                        let difference = compare(try storedKey(a), try storedKey(b))
                        if difference != 0 { return difference < 0 }
                    } catch {
                        failure = error
                    }
                }
                return a.rowid < b.rowid
            }
            if let failure { throw failure }
            if hits.count > k { hits.removeLast(hits.count - k) }
        }
        return hits
    }

    func search(
        segment index: Int, _ lists: [ScoredList], k: Int, atLeast least: Float, filter: TextFilter,
        range: TextHitRange, allowed: OrdinalBitmap?
    ) throws(Diagnostic) -> [TopK.Item] {
        let segment = segments[index]
        let lengths = try scratch.lengths(segment, parameters.weights)
        // The scans look into them.
        defer { withExtendedLifetime(lengths) {} }
        do throws(Diagnostic) {
            return try weights.withBuffer { (weights) throws(Diagnostic) in
                var scans: [TermScan] = []
                scans.reserveCapacity(lists.count)
                for list in lists {
                    scans.append(
                        try TermScan(
                            list.blocks, documentFrequency: list.count, model: list.model, weights: weights,
                            lengths: lengths.values, room: scratch.room(scans.count),
                            isBounded: segment.reader.documentCount > tuning.exhaustiveDocumentCount))
                }
                var scorer = SegmentScorer(
                    segment, scans: scans, k: k, atLeast: least, filter: filter, range: range, allowed: allowed,
                    weights: weights, scratch: scratch, tuning: tuning)
                return try scorer.run()
            }
        } catch {
            scratch.clear()
            throw error
        }
    }

    func model(_ term: Located, _ grid: TermModel.Grid) -> TermModel {
        TermModel(factor: term.factor(k1: parameters.k1), constant: normConstant, slope: normSlope, grid: grid)
    }

    /// The grid of a query's scores: the same for all segments.
    func grid(_ terms: [Located]) -> TermModel.Grid {
        TermModel.Grid(total: terms.reduce(0) { $0 + $1.factor(k1: parameters.k1) })
    }
}

/// Weights where loops find them without counting references.
private final class WeightBuffer {
    private let storage: UnsafeMutableBufferPointer<Float>

    init(_ weights: [Float]) {
        storage = .allocate(capacity: weights.count)
        _ = storage.initialize(from: weights)
    }

    deinit { storage.deallocate() }

    func withBuffer<R>(_ body: (UnsafeBufferPointer<Float>) throws(Diagnostic) -> R) throws(Diagnostic) -> R {
        try body(UnsafeBufferPointer(storage))
    }
}
