// Documents as terms: what one thread makes of its share of a segment's texts.

import MartletCore

/// For each document, its different terms with their frequencies by field, in the numbers of this share's own analyzer.
///
/// `@unchecked Sendable`: a share is used by one thread at a time; shares are handed to threads for the length of a call.
final class AnalyzedDocuments: @unchecked Sendable {
    let fieldCount: Int
    let analyzer: Analyzer

    // One entry a document, in order of insertion.
    private(set) var rowids: [Int64] = []
    private(set) var keys = ByteColumn()
    private(set) var isRemoved: [Bool] = []
    private(set) var lengths: [UInt32] = []
    private(set) var entryStarts = NumberBuffer<Int>()
    /// For each document its different terms with their frequencies by field: see ``EntryReader``.
    private(set) var entries = NumberBuffer<UInt8>()

    // What is touched for every word is not checked for overlapping access: the checks took a tenth of the time.
    /// One entry for each different term of the current document; frequencies by field.
    @exclusivity(unchecked) private var ownTerms = NumberBuffer<Int32>()
    @exclusivity(unchecked) private var ownFrequencies = NumberBuffer<UInt32>()
    /// With positions: for each word of the documents, field by field, its term's entry within the document.
    @exclusivity(unchecked) private(set) var words = NumberBuffer<UInt32>()
    private(set) var wordStarts: [Int] = [0]
    private let hasPositions: Bool

    /// How many live documents hold each term.
    @exclusivity(unchecked) private var documentCounts: [UInt32] = []
    // Where a term of the current document has its entry; -1 elsewhere.
    @exclusivity(unchecked) private var slots: [Int32] = []
    @exclusivity(unchecked) private var tokens: [Token] = []

    init(definition: AnalyzerDefinition, fieldCount: Int, hasPositions: Bool) throws(Diagnostic) {
        analyzer = try Analyzer(definition)
        self.fieldCount = fieldCount
        self.hasPositions = hasPositions
        entryStarts.append(0)
    }

    var count: Int { rowids.count }

    /// So many tokens of a long text are held at once.
    private static let tokenLimit = 1 << 16

    /// Adds a document; `withText` hands over a field's text, if it has one.
    @inline(__always)
    func add(
        rowid: Int64, key: UnsafeRawBufferPointer?,
        withText: (_ field: Int, (UnsafeBufferPointer<UInt8>) -> Void) -> Void
    ) {
        ownTerms.removeAll()
        ownFrequencies.removeAll()
        for field in 0..<fieldCount {
            var length = 0
            withText(field) { text in
                var cursor = AnalysisCursor()
                var isLeft = true
                while isLeft {
                    tokens.removeAll(keepingCapacity: true)
                    isLeft = analyzer.analyze(text, from: &cursor, limit: Self.tokenLimit, into: &tokens)
                    length += tokens.count
                    count(tokens, field: field)
                }
            }
            lengths.append(UInt32(clamping: length))
        }
        for entry in 0..<ownTerms.count {
            slots[Int(ownTerms[entry])] = -1
            documentCounts[Int(ownTerms[entry])] += 1
        }
        EntryReader.append(ownTerms.numbers, ownFrequencies.numbers, fieldCount: fieldCount, to: &entries)
        rowids.append(rowid)
        if let key { keys.append(key) }
        isRemoved.append(false)
        entryStarts.reserve(1)
        entryStarts.append(entries.count)
        wordStarts.append(words.count)
    }

    private func count(_ tokens: [Token], field: Int) {
        if slots.count < analyzer.termCount {
            slots.append(contentsOf: repeatElement(-1, count: analyzer.termCount + 1_024 - slots.count))
            documentCounts.append(contentsOf: repeatElement(0, count: slots.count - documentCounts.count))
        }
        ownTerms.reserve(tokens.count)
        ownFrequencies.reserve(tokens.count * fieldCount)
        if hasPositions { words.reserve(tokens.count) }
        for token in tokens {
            let term = Int(token.term)
            var slot = slots[term]
            if slot < 0 {
                slot = Int32(truncatingIfNeeded: ownTerms.count)
                slots[term] = slot
                ownTerms.append(token.term)
                for _ in 0..<fieldCount { ownFrequencies.append(0) }
            }
            ownFrequencies[Int(slot) * fieldCount + field] += 1
            if hasPositions { words.append(UInt32(truncatingIfNeeded: slot)) }
        }
    }

    /// - Precondition: it was not removed before.
    func remove(_ document: Int) {
        isRemoved[document] = true
        var reader = EntryReader(entries.numbers, entryStarts[document]..<entryStarts[document + 1])
        while let term = reader.next(fieldCount: fieldCount) {
            documentCounts[term] -= 1
            reader.skipFrequencies(fieldCount: fieldCount)
        }
    }

    func reset() {
        // The room is kept: the next segment needs as much, and fresh memory costs a tenth of the time.
        rowids.removeAll(keepingCapacity: true)
        keys = ByteColumn()
        isRemoved.removeAll(keepingCapacity: true)
        lengths.removeAll(keepingCapacity: true)
        entryStarts.removeAll()
        entryStarts.append(0)
        entries.removeAll()
        for term in documentCounts.indices { documentCounts[term] = 0 }
        words.removeAll()
        wordStarts.removeAll(keepingCapacity: true)
        wordStarts.append(0)
        if analyzer.termCount > 1 << 20 {
            analyzer.reset()
            slots = []
            documentCounts = []
        }
    }

    /// How many live documents hold each term, and the terms that any holds in byte order.
    func ranking() -> TermRanking {
        let counts = Array(documentCounts.prefix(analyzer.termCount))
        // By their first eight bytes, then by the rest.
        var keyed: [(prefix: UInt64, term: Int32)] = []
        for term in counts.indices where counts[term] > 0 {
            keyed.append((BytePrefix.of(analyzer.bytes(ofTerm: term)), Int32(truncatingIfNeeded: term)))
        }
        keyed.sort { a, b in
            if a.prefix != b.prefix { return a.prefix < b.prefix }
            return analyzer.bytes(ofTerm: Int(a.term)).lexicographicallyPrecedes(analyzer.bytes(ofTerm: Int(b.term)))
        }
        return TermRanking(counts: counts, terms: keyed.map(\.term), prefixes: keyed.map(\.prefix))
    }
}

struct TermRanking: Sendable {
    /// By term, the number of documents.
    var counts: [UInt32]
    /// Those of at least one document, in byte order.
    var terms: [Int32]
    /// For each of them, its first eight bytes.
    var prefixes: [UInt64]
}

/// The first eight bytes of a byte string as a number: most comparisons need no more.
enum BytePrefix {
    @inline(__always)
    static func of(_ bytes: some Sequence<UInt8>) -> UInt64 {
        var prefix: UInt64 = 0
        var shift: UInt64 = 56
        for byte in bytes.prefix(8) {
            prefix |= UInt64(byte) << shift
            shift &-= 8
        }
        return prefix
    }
}
