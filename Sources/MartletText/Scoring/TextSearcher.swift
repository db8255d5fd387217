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
    package var deleted: DocumentBitmap?
    /// For each field, the total length of the live documents.
    package var totalLengths: [UInt64]
    package var documentCount: Int
    /// How many deleted documents a term (by ordinal) occurs in.
    package var deletedFrequency: ((Int) throws(Diagnostic) -> Int)?
    /// Stands for exactly these bytes in every search with the same scratch; nil if nothing about them may be kept.
    package var cacheID: UInt32?

    package init(
        reader: SegmentReader, deleted: DocumentBitmap? = nil, totalLengths: [UInt64], documentCount: Int,
        deletedFrequency: ((Int) throws(Diagnostic) -> Int)? = nil
    ) {
        self.reader = reader
        self.deleted = deleted
        self.totalLengths = totalLengths
        self.documentCount = documentCount
        self.deletedFrequency = deletedFrequency
    }

    /// A segment with its statistics computed from the segment itself; O(deleted documents' terms).
    package init(_ reader: SegmentReader, deleted: DocumentBitmap? = nil) throws(Diagnostic) {
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
///     score += factor · t / (t + norm)                    in single precision, terms in byte order
///
/// so that the scores do not depend on the division into segments. Terms are read one after another into an array of
/// scores, one a document. Not for use from two threads; must not outlive the segments' bytes.
package final class TextSearcher {
    package let segments: [SearchSegment]
    package let parameters: TextParameters
    package let fieldCount: Int
    /// The number of live documents.
    package let documentCount: Int
    package let averageLength: Double
    let normConstant: Float
    let normSlope: Float
    private let hasKeys: Bool

    private var norms: [[Float]?]
    private let scratch: SearchScratch

    /// - Parameter scratch: of an earlier searcher over as many fields, which is not used any more.
    package init(
        segments: [SearchSegment], fieldCount: Int, parameters: TextParameters, scratch: SearchScratch? = nil
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
        self.segments = segments
        self.parameters = parameters
        self.fieldCount = fieldCount
        documentCount = documents
        hasKeys = segments.contains { $0.reader.hasKeys }
        var total = 0.0
        for field in 0..<fieldCount { total += Double(parameters.weights[field]) * Double(totals[field]) }
        averageLength = documents > 0 ? total / Double(documents) : 0
        normConstant = parameters.k1 * (1 - parameters.b)
        normSlope =
            averageLength > 0 ? Float(Double(parameters.k1) * Double(parameters.b) / averageLength) : 0
        norms = [[Float]?](repeating: nil, count: segments.count)
        if let scratch, scratch.fieldCount == fieldCount {
            scratch.keepNorms(of: segments)
            self.scratch = scratch
        } else {
            self.scratch = SearchScratch(fieldCount: fieldCount)
        }
    }

    /// A query term found in the segments.
    struct Located {
        var term: TextQuery.Term
        var places: [SegmentReader.Term?]
        /// The number of live documents that it occurs in, in any field.
        var documentFrequency: Int
        var inverseDocumentFrequency: Double

        func factor(k1: Float) -> Float {
            Float(term.count) * Float(inverseDocumentFrequency) * (k1 + 1)
        }
    }

    func locate(_ query: TextQuery) throws(Diagnostic) -> [Located] {
        var result: [Located] = []
        for term in query.terms {
            var places: [SegmentReader.Term?] = []
            var frequency = 0
            for segment in segments {
                let place = try segment.reader.find(term.bytes)
                places.append(place)
                guard let place else { continue }
                frequency += place.documentFrequency
                if segment.deleted != nil, let deletedFrequency = segment.deletedFrequency {
                    frequency -= try deletedFrequency(place.ordinal)
                }
            }
            guard frequency > 0 else { continue }
            guard frequency <= documentCount else { throw SegmentReader.damaged("a term's frequency is wrong") }
            let present = Double(frequency)
            let inverse = log(1 + (Double(documentCount) - present + 0.5) / (present + 0.5))
            result.append(
                Located(
                    term: term, places: places, documentFrequency: frequency, inverseDocumentFrequency: inverse))
        }
        return result
    }

    /// The best `k` documents that hold a term of the query, by score descending, then primary key ascending.
    package func search(
        _ query: TextQuery, k: Int, filter: TextFilter = .all
    ) throws(Diagnostic) -> [TextHit] {
        guard k > 0, documentCount > 0 else { return [] }
        let terms = try locate(query)
        if terms.isEmpty { return [] }
        var hits: [TextHit] = []
        var threshold: Float = 0
        for index in segments.indices {
            guard terms.contains(where: { $0.places[index] != nil }) else { continue }
            let found = try search(segment: index, terms: terms, k: k, atLeast: threshold, filter: filter)
            for item in found {
                hits.append(
                    TextHit(
                        rowid: try segments[index].reader.rowid(Int(item.ordinal)), score: item.score, segment: index,
                        document: Int(item.ordinal)))
            }
            if found.count == k, let last = found.last { threshold = max(threshold, last.score) }
        }
        if segments.count > 1 {
            var failure: Diagnostic?
            hits.sort { a, b in
                if a.score != b.score { return a.score > b.score }
                if hasKeys, failure == nil {
                    do throws(Diagnostic) {
                        let first = try segments[a.segment].reader.key(a.document)
                        let difference = compare(first, try segments[b.segment].reader.key(b.document))
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

    private func search(
        segment index: Int, terms: [Located], k: Int, atLeast least: Float, filter: TextFilter
    ) throws(Diagnostic) -> [TopK.Item] {
        let segment = segments[index]
        let count = segment.reader.documentCount
        try prepareNorms(index)
        if scratch.scores.count < count {
            scratch.scores.append(contentsOf: repeatElement(0, count: count - scratch.scores.count))
        }
        defer {
            scratch.scores.withUnsafeMutableBufferPointer {
                UnsafeMutableBufferPointer(rebasing: $0[0..<count]).update(repeating: 0)
            }
        }
        for term in terms {
            guard let place = term.places[index] else { continue }
            try accumulate(try segment.reader.cursor(place), segment: index, factor: term.factor(k1: parameters.k1))
        }
        var allowed: DocumentBitmap?
        if case .rowids(let rowids) = filter {
            var bitmap = DocumentBitmap(documentCount: count)
            for rowid in rowids {
                if let document = try segment.reader.document(rowid: rowid) { bitmap.insert(document) }
            }
            allowed = bitmap
        }
        var top = TopK(k)
        var position = 0
        var candidates = [UInt32](repeating: 0, count: 256)
        while position < count {
            let bound = max(top.threshold, least)
            let found = candidates.withUnsafeMutableBufferPointer { candidates in
                scratch.scores.withUnsafeBufferPointer { scores in
                    TextScoring.collect(
                        UnsafeBufferPointer(rebasing: scores[0..<count]), from: &position, threshold: bound,
                        into: candidates)
                }
            }
            for candidate in candidates[0..<found] {
                let document = Int(candidate)
                let score = scratch.scores[document]
                // Ordinals only grow, so an equal score cannot displace what is kept.
                if top.isFull, score <= top.threshold { continue }
                if let deleted = segment.deleted, deleted.contains(document) { continue }
                if let allowed, !allowed.contains(document) { continue }
                if case .matching(let accepts) = filter, try !accepts(try segment.reader.rowid(document)) { continue }
                top.offer(score: score, ordinal: candidate)
            }
        }
        return top.sorted()
    }

    private func accumulate(
        _ start: PostingCursor, segment index: Int, factor: Float
    ) throws(Diagnostic) {
        var cursor = start
        let count = segments[index].reader.documentCount
        let buffer = scratch.buffer
        while try cursor.next(into: buffer) {
            let isSound = scratch.weighted.withUnsafeMutableBufferPointer { weighted in
                var adding = false
                for field in 0..<fieldCount where parameters.weights[field] > 0 {
                    TextScoring.weigh(
                        frequencies: buffer.frequencies(field: field), weight: parameters.weights[field],
                        adding: adding, into: weighted)
                    adding = true
                }
                return scratch.scores.withUnsafeMutableBufferPointer { scores in
                    (norms[index] ?? []).withUnsafeBufferPointer { norms in
                        TextScoring.accumulate(
                            documents: buffer.documents, weighted: UnsafeBufferPointer(weighted), norms: norms,
                            factor: factor, scores: UnsafeMutableBufferPointer(rebasing: scores[0..<count]))
                    }
                }
            }
            guard isSound else { throw SegmentReader.damaged("a posting's document does not exist") }
        }
    }

    private func prepareNorms(_ index: Int) throws(Diagnostic) {
        guard norms[index] == nil else { return }
        let reader = segments[index].reader
        let cacheID = segments[index].cacheID
        if let cacheID, let known = scratch.norms[cacheID], known.parameters == parameters,
            known.constant == normConstant, known.slope == normSlope, known.values.count == reader.documentCount
        {
            norms[index] = known.values
            return
        }
        var made = [Float](repeating: 0, count: reader.documentCount)
        var adding = false
        for field in 0..<fieldCount where parameters.weights[field] > 0 {
            let lengths = try reader.lengths(field: field)
            made.withUnsafeMutableBufferPointer {
                TextScoring.weigh(lengths: lengths, weight: parameters.weights[field], adding: adding, into: $0)
            }
            adding = true
        }
        made.withUnsafeMutableBufferPointer {
            TextScoring.finish(norms: $0, constant: normConstant, slope: normSlope)
        }
        norms[index] = made
        if let cacheID {
            scratch.norms[cacheID] = SearchScratch.Norms(
                parameters: parameters, constant: normConstant, slope: normSlope, values: made)
        }
    }
}
