// Documents in, one segment out.

package import MartletCore

/// Collects analysed documents in memory and makes a segment of them. The same documents give the same bytes in any order.
///
/// Not for use from two threads. About 12 bytes are held for each different term of a document.
package final class SegmentBuilder {
    package let fieldCount: Int
    package let analyzer: Analyzer
    private let hasKeys: Bool

    // One entry a document, in order of insertion.
    private var rowids: [Int64] = []
    private var keys = ByteColumn()
    private var isRemoved: [Bool] = []
    private var removedCount = 0
    private var lengths: [UInt32] = []
    private var entryStarts: [Int] = [0]
    // What is touched for every word is not checked for overlapping access: the checks took a tenth of the time.
    private var documentByRowid: [Int64: Int]?

    // One entry for each different term of a document; frequencies by field.
    @exclusivity(unchecked) private var entryTerms: [Int32] = []
    @exclusivity(unchecked) private var entryFrequencies: [UInt32] = []

    // Where a term of the current document has its entry, less the document's start; -1 elsewhere.
    @exclusivity(unchecked) private var slots: [Int32] = []
    @exclusivity(unchecked) private var tokens: [Token] = []

    /// - Parameter hasKeys: whether every document comes with a primary key; else the rowid is the key.
    package init(definition: AnalyzerDefinition, fieldCount: Int, hasKeys: Bool) throws(Diagnostic) {
        guard (1...SegmentFormat.maximumFieldCount).contains(fieldCount) else {
            throw Diagnostic(
                .limitExceeded, "a text index has 1 to \(SegmentFormat.maximumFieldCount) columns, not \(fieldCount)")
        }
        analyzer = try Analyzer(definition)
        self.fieldCount = fieldCount
        self.hasKeys = hasKeys
    }

    /// The documents that `finish` would write.
    package var documentCount: Int { rowids.count - removedCount }

    /// About how much memory the documents take.
    package var memoryBytes: Int {
        entryTerms.count * (4 + 4 * fieldCount) + rowids.count * (40 + 4 * fieldCount) + keys.bytes.count
            + analyzer.termCount * 24
    }

    /// Adds a document; an absent or NULL text is an empty one.
    ///
    /// - Precondition: `texts` has at most `fieldCount` elements.
    package func add(rowid: Int64, key: [UInt8]? = nil, texts: [String?]) throws(Diagnostic) {
        try add(rowid: rowid, key: key) { field, tokens in
            guard field < texts.count, var text = texts[field] else { return }
            text.withUTF8 { self.analyzer.analyze($0, into: &tokens) }
        }
    }

    /// Adds a document whose texts are UTF-8 in memory; nil is an empty text.
    package func add(
        rowid: Int64, key: UnsafeRawBufferPointer?, texts: [UnsafeRawBufferPointer?]
    ) throws(Diagnostic) {
        try add(rowid: rowid, key: key.map { Array($0) }) { field, tokens in
            guard field < texts.count, let text = texts[field] else { return }
            text.withMemoryRebound(to: UInt8.self) { self.analyzer.analyze($0, into: &tokens) }
        }
    }

    private func add(
        rowid: Int64, key: [UInt8]?, analyze: (_ field: Int, _ tokens: inout [Token]) -> Void
    ) throws(Diagnostic) {
        guard hasKeys == (key != nil) else {
            throw Diagnostic(.corrupt, "a text index holds documents with and without a key")
        }
        guard rowids.count < Int(Int32.max) - 1 else {
            throw Diagnostic(.limitExceeded, "a text segment holds at most \(Int32.max) documents")
        }
        let start = entryTerms.count
        for field in 0..<fieldCount {
            tokens.removeAll(keepingCapacity: true)
            analyze(field, &tokens)
            lengths.append(UInt32(clamping: tokens.count))
            count(tokens, field: field, start: start)
        }
        for entry in start..<entryTerms.count { slots[Int(entryTerms[entry])] = -1 }
        documentByRowid?[rowid] = rowids.count
        rowids.append(rowid)
        if let key { keys.append(key) }
        isRemoved.append(false)
        entryStarts.append(entryTerms.count)
    }

    private func count(_ tokens: [Token], field: Int, start: Int) {
        if slots.count < analyzer.termCount {
            slots.append(contentsOf: repeatElement(-1, count: analyzer.termCount + 1_024 - slots.count))
        }
        for token in tokens {
            let term = Int(token.term)
            var slot = slots[term]
            if slot < 0 {
                slot = Int32(entryTerms.count - start)
                slots[term] = slot
                entryTerms.append(token.term)
                for _ in 0..<fieldCount { entryFrequencies.append(0) }
            }
            entryFrequencies[(start + Int(slot)) * fieldCount + field] += 1
        }
    }

    /// Takes a document out again; false if it is not here.
    package func remove(rowid: Int64) -> Bool {
        if documentByRowid == nil {
            var made: [Int64: Int] = [:]
            for (document, rowid) in rowids.enumerated() where !isRemoved[document] { made[rowid] = document }
            documentByRowid = made
        }
        guard let document = documentByRowid?.removeValue(forKey: rowid) else { return false }
        isRemoved[document] = true
        removedCount += 1
        return true
    }

    /// The segment of all documents added and not removed; the builder is then empty.
    ///
    /// Costs O(postings) and a sort of the different terms and of the documents.
    package func finish() throws(Diagnostic) -> [UInt8] {
        defer { reset() }
        let order = documentOrder()
        var orderedLengths = [[UInt32]](repeating: [], count: fieldCount)
        for field in 0..<fieldCount { orderedLengths[field] = order.map { lengths[$0 * fieldCount + field] } }
        var writer = SegmentWriter(
            rowids: order.map { rowids[$0] }, keys: hasKeys ? keys.gather(order) : nil, lengths: orderedLengths)

        // Terms in byte order, and where each one's postings begin: a counting sort.
        var counts = [Int](repeating: 0, count: analyzer.termCount)
        for document in order {
            for entry in entryStarts[document]..<entryStarts[document + 1] { counts[Int(entryTerms[entry])] += 1 }
        }
        let ranked = sortedTerms(counts.indices.filter { counts[$0] > 0 })
        var rank = [UInt32](repeating: 0, count: analyzer.termCount)
        var next = counts
        var total = 0
        for (position, term) in ranked.enumerated() {
            rank[term] = UInt32(position)
            next[term] = total
            total += counts[term]
        }
        var documents = [UInt32](repeating: 0, count: total)
        var frequencies = [UInt32](repeating: 0, count: total * fieldCount)
        for (ordinal, document) in order.enumerated() {
            for entry in entryStarts[document]..<entryStarts[document + 1] {
                let term = Int(entryTerms[entry])
                let place = next[term]
                next[term] = place + 1
                documents[place] = UInt32(ordinal)
                for field in 0..<fieldCount {
                    frequencies[place * fieldCount + field] = entryFrequencies[entry * fieldCount + field]
                }
            }
        }
        for term in ranked {
            let end = next[term]
            let start = end - counts[term]
            try add(
                analyzer.bytes(ofTerm: term), documents: documents[start..<end],
                frequencies: frequencies[start * fieldCount..<end * fieldCount], to: &writer)
        }
        var ranks: [UInt32] = []
        for document in order {
            ranks.removeAll(keepingCapacity: true)
            for entry in entryStarts[document]..<entryStarts[document + 1] {
                ranks.append(rank[Int(entryTerms[entry])])
            }
            ranks.sort()
            try writer.addForward(ranks)
        }
        return try writer.finish()
    }

    /// Empties the builder.
    package func reset() {
        rowids = []
        keys = ByteColumn()
        isRemoved = []
        removedCount = 0
        lengths = []
        entryStarts = [0]
        documentByRowid = nil
        entryTerms = []
        entryFrequencies = []
        if analyzer.termCount > 1 << 20 {
            analyzer.reset()
            slots = []
        }
    }

    /// The live documents by key.
    private func documentOrder() -> [Int] {
        let live = rowids.indices.filter { !isRemoved[$0] }
        if !hasKeys { return live.sorted { rowids[$0] < rowids[$1] } }
        return live.sorted { a, b in
            keys.withBytes(at: a) { first in
                keys.withBytes(at: b) { second in
                    let difference = compare(first, second)
                    return difference != 0 ? difference < 0 : rowids[a] < rowids[b]
                }
            }
        }
    }

    /// Terms in byte order: by their first eight bytes, then by the rest.
    private func sortedTerms(_ terms: [Int]) -> [Int] {
        var keyed: [(prefix: UInt64, term: Int)] = []
        keyed.reserveCapacity(terms.count)
        for term in terms {
            var prefix: UInt64 = 0
            var shift: UInt64 = 56
            for byte in analyzer.bytes(ofTerm: term).prefix(8) {
                prefix |= UInt64(byte) << shift
                shift &-= 8
            }
            keyed.append((prefix, term))
        }
        keyed.sort { a, b in
            if a.prefix != b.prefix { return a.prefix < b.prefix }
            return analyzer.bytes(ofTerm: a.term).lexicographicallyPrecedes(analyzer.bytes(ofTerm: b.term))
        }
        return keyed.map(\.term)
    }

    private func add(
        _ term: ArraySlice<UInt8>, documents: ArraySlice<UInt32>, frequencies: ArraySlice<UInt32>,
        to writer: inout SegmentWriter
    ) throws(Diagnostic) {
        var failure: Diagnostic?
        term.withUnsafeBufferPointer { term in
            documents.withUnsafeBufferPointer { documents in
                frequencies.withUnsafeBufferPointer { frequencies in
                    do throws(Diagnostic) {
                        try writer.addTerm(term, documents: documents, frequencies: frequencies)
                    } catch {
                        failure = error
                    }
                }
            }
        }
        if let failure { throw failure }
    }
}
