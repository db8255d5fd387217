// The documents of a segment that a leaf of a query matches.

package import MartletCore
import MartletKernels

/// Where the texts of rows are.
package protocol DocumentTexts: AnyObject {
    /// A column of the index as UTF-8; nil where it is NULL. Valid until the next call.
    func text(ofRow rowID: Int64, field: Int) throws(Diagnostic) -> UnsafeRawBufferPointer?
}

/// Postings of a leaf in one segment: a term's own, or made for the query in the same form.
struct LeafPostings {
    let blocks: PostingBlocks
    /// The number of postings.
    let count: Int
    /// How many documents the leaf matches that are not deleted.
    let liveCount: Int
    /// What `blocks` looks into, unless that is the segment.
    private let made: MadePostings?

    init(_ blocks: PostingBlocks, count: Int, liveCount: Int) {
        self.blocks = blocks
        self.count = count
        self.liveCount = liveCount
        made = nil
    }

    /// - Parameter documents: ascending, not empty.
    init(
        documents: [UInt32], frequencies: [UInt32], liveCount: Int, _ reader: SegmentReader
    ) throws(Diagnostic) {
        let made = try MadePostings(documents, frequencies, fieldCount: reader.fieldCount)
        blocks = try made.blocks(documentCount: reader.documentCount)
        count = documents.count
        self.liveCount = liveCount
        self.made = made
    }

    func forEach(
        fieldCount: Int, _ body: (_ document: UInt32, _ buffer: PostingBuffer, _ place: Int) throws(Diagnostic) -> Void
    ) throws(Diagnostic) {
        let buffer = PostingBuffer(fieldCount: fieldCount)
        var cursor = PostingCursor(blocks)
        while try cursor.next(into: buffer) {
            let documents = buffer.documents
            for place in documents.indices { try body(documents[place], buffer, place) }
        }
    }

    /// The documents alone.
    func bitmap(_ reader: SegmentReader) throws(Diagnostic) -> OrdinalBitmap {
        var result = OrdinalBitmap(capacity: reader.documentCount)
        let buffer = PostingBuffer(fieldCount: reader.fieldCount)
        for block in 0..<blocks.count {
            _ = try blocks.decodeDocuments(block, into: buffer.room)
            for document in buffer.documents { result.insert(Int(document)) }
        }
        return result
    }
}

/// Encoded postings that lie in memory.
private final class MadePostings {
    private let bytes: UnsafeMutableRawBufferPointer
    private let count: Int
    private let fieldCount: Int

    init(_ documents: [UInt32], _ frequencies: [UInt32], fieldCount: Int) throws(Diagnostic) {
        var writer = PostingsWriter(unboundedFields: fieldCount)
        var failure: Diagnostic?
        documents.withUnsafeBufferPointer { documents in
            frequencies.withUnsafeBufferPointer { frequencies in
                do throws(Diagnostic) {
                    try writer.add([UInt8](), documents: documents, frequencies: frequencies)
                } catch {
                    failure = error
                }
            }
        }
        if let failure { throw failure }
        bytes = .allocate(byteCount: writer.postings.count, alignment: 8)
        bytes.copyBytes(from: writer.postings)
        count = documents.count
        self.fieldCount = fieldCount
    }

    deinit { bytes.deallocate() }

    func blocks(documentCount: Int) throws(Diagnostic) -> PostingBlocks {
        try PostingBlocks(
            postings: ByteView(UnsafeRawBufferPointer(bytes)),
            term: SegmentReader.Term(ordinal: 0, documentFrequency: count, offset: 0), fieldCount: fieldCount,
            defaultField: 0, documentCount: documentCount)
    }
}

/// Finds the postings of leaves in one segment.
struct LeafFinder {
    let segment: SearchSegment
    let weights: [Float]
    let analyzer: Analyzer
    let texts: any DocumentTexts
    let check: () throws(Diagnostic) -> Void

    private var reader: SegmentReader { segment.reader }
    private var fieldCount: Int { reader.fieldCount }

    /// nil if no document matches.
    func postings(_ leaf: StructuredQuery.Leaf) throws(Diagnostic) -> LeafPostings? {
        let searched = weights.indices.filter { weights[$0] > 0 && (leaf.field == nil || leaf.field == $0) }
        switch leaf.kind {
        case .term(let bytes):
            guard let term = try reader.find(bytes) else { return nil }
            if searched.count < fieldCount { return try union([term.ordinal], searched) }
            var live = term.documentFrequency
            if segment.deleted != nil, let deleted = segment.deletedFrequency { live -= try deleted(term.ordinal) }
            guard live > 0 else { return nil }
            return LeafPostings(try reader.blocks(term), count: term.documentFrequency, liveCount: live)
        case .prefix(let prefix):
            return try union(Array(try reader.terms(withPrefix: prefix)), searched)
        case .range(let range):
            return try union(try terms { range.contains($0) }, searched)
        case .pairs(let letter):
            return try union(try terms { StructuredQuery.Leaf.isPair($0, with: letter) }, searched)
        case .fuzzy(let word, let distance):
            let edits = EditDistance(word, limit: distance)
            return try union(try terms { edits.isWithin($0) }, searched)
        case .phrase(let terms, let slop): return try phrase(terms, slop, searched)
        case .nothing: return nil
        }
    }

    private func terms(_ accepts: (UnsafeRawBufferPointer) -> Bool) throws(Diagnostic) -> [Int] {
        var found: [Int] = []
        for ordinal in 0..<reader.termCount {
            if ordinal % 4_096 == 0 { try check() }
            if accepts(try reader.bytes(ofTerm: ordinal)) { found.append(ordinal) }
        }
        return found
    }

    /// Several terms as if they were one, in some fields.
    private func union(_ terms: [Int], _ searched: [Int]) throws(Diagnostic) -> LeafPostings? {
        if terms.isEmpty { return nil }
        if terms.count == 1, searched.count == fieldCount, segment.deleted == nil {
            let term = try reader.term(terms[0])
            return LeafPostings(
                try reader.blocks(term), count: term.documentFrequency, liveCount: term.documentFrequency)
        }
        var total = 0
        for term in terms { total += try reader.term(term).documentFrequency }
        if total < reader.documentCount / 16 { return try rare(terms, searched) }
        var sums = [UInt32](repeating: 0, count: reader.documentCount * searched.count)
        let buffer = PostingBuffer(fieldCount: fieldCount)
        for (number, term) in terms.enumerated() {
            if number % 64 == 0 { try check() }
            var cursor = try reader.cursor(try reader.term(term))
            while try cursor.next(into: buffer) {
                let documents = buffer.documents
                for (column, field) in searched.enumerated() {
                    let counts = buffer.frequencies(field: field)
                    for place in documents.indices {
                        sums[Int(documents[place]) * searched.count + column] &+= counts[place]
                    }
                }
            }
        }
        return try made { (document, add) throws(Diagnostic) in
            for (column, field) in searched.enumerated() {
                add(field, sums[document * searched.count + column])
            }
        }
    }

    /// As `union`, for so few postings that they are rather sorted.
    private func rare(_ terms: [Int], _ searched: [Int]) throws(Diagnostic) -> LeafPostings? {
        var found: [UInt32: [UInt32]] = [:]
        let nothing = [UInt32](repeating: 0, count: fieldCount)
        let buffer = PostingBuffer(fieldCount: fieldCount)
        for term in terms {
            var cursor = try reader.cursor(try reader.term(term))
            while try cursor.next(into: buffer) {
                for (place, document) in buffer.documents.enumerated() {
                    if let deleted = segment.deleted, deleted.contains(Int(document)) { continue }
                    for field in searched {
                        let count = buffer.frequencies(field: field)[place]
                        if count > 0 { found[document, default: nothing][field] &+= count }
                    }
                }
            }
        }
        if found.isEmpty { return nil }
        let documents = found.keys.sorted()
        return try LeafPostings(
            documents: documents, frequencies: documents.flatMap { found[$0] ?? nothing },
            liveCount: documents.count, reader)
    }

    /// Documents with their frequencies; those with none at all are left out, and deleted ones.
    private func made(
        among candidates: OrdinalBitmap? = nil,
        _ count: (_ document: Int, _ add: (Int, UInt32) -> Void) throws(Diagnostic) -> Void
    ) throws(Diagnostic) -> LeafPostings? {
        var documents: [UInt32] = []
        var frequencies: [UInt32] = []
        var own = [UInt32](repeating: 0, count: fieldCount)
        for document in 0..<reader.documentCount {
            if let candidates, !candidates.contains(document) { continue }
            if let deleted = segment.deleted, deleted.contains(document) { continue }
            var isFound = false
            for field in own.indices { own[field] = 0 }
            try count(document) { field, frequency in
                // As large as a block can hold.
                own[field] = min(frequency, 0x7FFF_FFFF)
                if frequency > 0 { isFound = true }
            }
            guard isFound else { continue }
            documents.append(UInt32(truncatingIfNeeded: document))
            frequencies.append(contentsOf: own)
        }
        if documents.isEmpty { return nil }
        return try LeafPostings(
            documents: documents, frequencies: frequencies, liveCount: documents.count, reader)
    }

    /// Looks the phrase up in the documents that have all of its words: by their positions, or in their texts.
    private func phrase(_ terms: [[UInt8]], _ slop: Int, _ searched: [Int]) throws(Diagnostic) -> LeafPostings? {
        var located: [SegmentReader.Term] = []
        for bytes in Set(terms) {
            guard let term = try reader.find(bytes) else { return nil }
            located.append(term)
        }
        located.sort { ($0.documentFrequency, $0.ordinal) < ($1.documentFrequency, $1.ordinal) }
        var candidates: OrdinalBitmap?
        for term in located {
            let found = try LeafPostings(try reader.blocks(term), count: term.documentFrequency, liveCount: 1)
                .bitmap(reader)
            candidates?.formIntersection(found)
            if candidates == nil { candidates = found }
        }
        if reader.hasPositions { return try phrase(terms, slop, searched, located, among: candidates) }
        var tokens: [Token] = []
        // The numbers of the terms in this analyzer.
        let numbers = terms.map { analyzer.number(ofTerm: $0) }
        let match = PhraseMatch(terms: numbers, slop: slop)
        return try made(among: candidates) { (document, add) throws(Diagnostic) in
            if document % 64 == 0 { try check() }
            let rowID = try reader.rowid(document)
            for field in searched {
                guard let text = try texts.text(ofRow: rowID, field: field) else { continue }
                tokens.removeAll(keepingCapacity: true)
                text.withMemoryRebound(to: UInt8.self) { analyzer.analyze($0, into: &tokens) }
                add(field, UInt32(clamping: match.occurrences(in: tokens.map(\.term)).count))
            }
        }
    }

    private func phrase(
        _ terms: [[UInt8]], _ slop: Int, _ searched: [Int], _ located: [SegmentReader.Term],
        among candidates: OrdinalBitmap?
    ) throws(Diagnostic) -> LeafPostings? {
        var walks = try located.map { (term) throws(Diagnostic) in try PositionWalk(term, reader) }
        // For each word of the phrase, its place among the walks.
        let order = try terms.map { (bytes) throws(Diagnostic) in
            let term = try reader.find(bytes)
            return located.firstIndex { $0 == term } ?? 0
        }
        let match = PhraseMatch(terms: order.map { Int32(truncatingIfNeeded: $0) }, slop: slop)
        return try made(among: candidates) { (document, add) throws(Diagnostic) in
            if document % 1_024 == 0 { try check() }
            for walk in walks.indices { try walks[walk].move(to: document) }
            for field in searched {
                let places = order.map { walks[$0].places(field: field) }
                add(field, UInt32(clamping: match.occurrences(at: places).count))
            }
        }
    }
}

extension LeafPostings {
    /// Those of the documents that are also in a bitmap; nil if there are none.
    func restricted(to allowed: OrdinalBitmap, _ reader: SegmentReader) throws(Diagnostic) -> LeafPostings? {
        var documents: [UInt32] = []
        var frequencies: [UInt32] = []
        try forEach(fieldCount: reader.fieldCount) { (document, buffer, place) throws(Diagnostic) in
            guard allowed.contains(Int(document)) else { return }
            documents.append(document)
            for field in 0..<reader.fieldCount { frequencies.append(buffer.frequencies(field: field)[place]) }
        }
        if documents.isEmpty { return nil }
        return try LeafPostings(documents: documents, frequencies: frequencies, liveCount: liveCount, reader)
    }
}
