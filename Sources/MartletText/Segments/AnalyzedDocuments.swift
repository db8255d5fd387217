// Documents as terms: what one thread makes of its share of a segment's texts.

import MartletCore

/// For each document, its different terms with their frequencies by field, in the numbers of this share's own analyzer.
///
/// `@unchecked Sendable`: a share is used by one thread at a time; shares are handed to threads for the length of a call.
final class AnalyzedDocuments: @unchecked Sendable {
    let fieldCount: Int
    let analyzer: Analyzer

    // One entry a document, in order of insertion.
    private(set) var rowids = NumberBuffer<Int64>()
    private(set) var keyStarts = NumberBuffer<Int>()
    private(set) var keyBytes = NumberBuffer<UInt8>()
    private(set) var isRemoved: [Bool] = []
    /// By document, the length of each field: its words of more than one character.
    private(set) var lengths = NumberBuffer<UInt32>()
    private(set) var entryStarts = NumberBuffer<Int>()
    /// For each document its different terms with their frequencies by field: see ``EntryReader``.
    private(set) var entries = NumberBuffer<UInt8>()

    // What is touched for every word is not checked for overlapping access: the checks took a tenth of the time.
    /// One entry for each different term of the current document; frequencies by field.
    @exclusivity(unchecked) private var ownTerms = NumberBuffer<Int32>()
    @exclusivity(unchecked) private var ownFrequencies = NumberBuffer<UInt32>()
    /// With positions: for each word of the documents, field by field, its term's entry within the document.
    @exclusivity(unchecked) private(set) var words = NumberBuffer<UInt32>()
    /// With positions: by document and field, where its words begin; and the end.
    private(set) var wordStarts: [Int] = [0]
    private let hasPositions: Bool

    /// Of a term, side by side, so that one look into memory finds both.
    private struct TermState {
        /// Where a term of the current document has its entry; -1 elsewhere.
        var slot: Int32 = -1
        /// How many live documents hold it.
        var documentCount: UInt32 = 0
    }

    /// By term; some more than there are.
    @exclusivity(unchecked) private var states = UnsafeMutableBufferPointer<TermState>.allocate(capacity: 0)
    /// By term.
    @exclusivity(unchecked) private var isSingleCharacter: [Bool] = []
    @exclusivity(unchecked) private var tokens: [Token] = []

    init(definition: AnalyzerDefinition, fieldCount: Int, hasPositions: Bool) throws(Diagnostic) {
        analyzer = try Analyzer(definition)
        self.fieldCount = fieldCount
        self.hasPositions = hasPositions
        entryStarts.append(0)
        keyStarts.append(0)
    }

    deinit { states.deallocate() }

    var count: Int { rowids.count }

    /// Good until a document is added.
    var view: ShareView {
        ShareView(
            rowids: rowids.numbers, keyStarts: keyStarts.numbers, keyBytes: keyBytes.numbers, lengths: lengths.numbers,
            starts: entryStarts.numbers, entries: entries.numbers)
    }

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
        lengths.reserve(fieldCount)
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
            if hasPositions { wordStarts.append(words.count) }
        }
        for entry in 0..<ownTerms.count {
            let term = Int(ownTerms[entry])
            states[term].slot = -1
            states[term].documentCount += 1
            if isSingleCharacter[term] { shortenLengths(by: entry) }
        }
        EntryReader.append(ownTerms.numbers, ownFrequencies.numbers, fieldCount: fieldCount, to: &entries)
        rowids.reserve(1)
        rowids.append(rowid)
        if let key, let start = key.baseAddress {
            keyBytes.append(atMost: key.count) { target in
                UnsafeMutableRawPointer(target).copyMemory(from: start, byteCount: key.count)
                return key.count
            }
        }
        keyStarts.reserve(1)
        keyStarts.append(keyBytes.count)
        isRemoved.append(false)
        entryStarts.reserve(1)
        entryStarts.append(entries.count)
    }

    /// Takes the current document's words of one term out of its lengths.
    private func shortenLengths(by entry: Int) {
        let first = lengths.count - fieldCount
        for field in 0..<fieldCount {
            let length = lengths[first + field]
            lengths[first + field] = length - min(length, ownFrequencies[entry * fieldCount + field])
        }
    }

    private func count(_ tokens: [Token], field: Int) {
        if states.count < analyzer.termCount { growStates() }
        while isSingleCharacter.count < analyzer.termCount {
            isSingleCharacter.append(analyzer.isSingleCharacter(analyzer.bytes(ofTerm: isSingleCharacter.count)))
        }
        ownTerms.reserve(tokens.count)
        ownFrequencies.reserve(tokens.count * fieldCount)
        if hasPositions { words.reserve(tokens.count) }
        for token in tokens {
            let term = Int(token.term)
            var slot = states[term].slot
            if slot < 0 {
                slot = Int32(truncatingIfNeeded: ownTerms.count)
                states[term].slot = slot
                ownTerms.append(token.term)
                for _ in 0..<fieldCount { ownFrequencies.append(0) }
            }
            ownFrequencies[Int(slot) * fieldCount + field] += 1
            if hasPositions { words.append(UInt32(truncatingIfNeeded: slot)) }
        }
    }

    /// Makes room for the terms that there are, and for some more.
    private func growStates() {
        let count = analyzer.termCount
        let larger = UnsafeMutableBufferPointer<TermState>.allocate(capacity: count + count / 2 + 1_024)
        let known = larger.initialize(fromContentsOf: states)
        larger[known...].initialize(repeating: TermState())
        states.deallocate()
        states = larger
    }

    /// - Precondition: it was not removed before.
    func remove(_ document: Int) {
        isRemoved[document] = true
        var reader = EntryReader(entries.numbers, entryStarts[document]..<entryStarts[document + 1])
        while let term = reader.next(fieldCount: fieldCount) {
            states[term].documentCount -= 1
            reader.skipFrequencies(fieldCount: fieldCount)
        }
    }

    func reset() {
        // The room is kept: the next segment needs as much, and fresh memory costs a tenth of the time.
        rowids.removeAll()
        keyStarts.removeAll()
        keyStarts.append(0)
        keyBytes.removeAll()
        isRemoved.removeAll(keepingCapacity: true)
        lengths.removeAll()
        entryStarts.removeAll()
        entryStarts.append(0)
        entries.removeAll()
        words.removeAll()
        wordStarts.removeAll(keepingCapacity: true)
        wordStarts.append(0)
        if analyzer.termCount > 1 << 20 {
            analyzer.reset()
            isSingleCharacter.removeAll()
            states.deallocate()
            states = .allocate(capacity: 0)
        } else {
            for term in states.indices { states[term].documentCount = 0 }
        }
    }

    /// How many live documents hold each term, and the terms that any holds in byte order.
    func ranking() -> TermRanking {
        var counts: [UInt32] = []
        counts.reserveCapacity(analyzer.termCount)
        for term in 0..<min(analyzer.termCount, states.count) { counts.append(states[term].documentCount) }
        // By their first eight bytes, then by the rest.
        var keyed: [(prefix: UInt64, term: Int32)] = []
        for term in counts.indices where counts[term] > 0 {
            let bytes = UnsafeRawBufferPointer(analyzer.bytes(ofTerm: term))
            keyed.append((BytePrefix.of(bytes), Int32(truncatingIfNeeded: term)))
        }
        keyed.sort { a, b in
            if a.prefix != b.prefix { return a.prefix < b.prefix }
            return analyzer.compare(Int(a.term), with: Int(b.term), of: analyzer) < 0
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
    static func of(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        if bytes.count >= 8 { return UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)) }
        var prefix: UInt64 = 0
        var shift: UInt64 = 56
        for byte in bytes {
            prefix |= UInt64(byte) << shift
            shift &-= 8
        }
        return prefix
    }
}
