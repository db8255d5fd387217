// Several segments into one, without the documents deleted from them.

package import MartletCore

package enum SegmentMerger {
    /// A segment and the documents deleted from it.
    package struct Source {
        package var reader: SegmentReader
        package var deleted: OrdinalBitmap?

        package init(reader: SegmentReader, deleted: OrdinalBitmap? = nil) {
            self.reader = reader
            self.deleted = deleted
        }
    }

    /// Segments in memory, without deletions, as one.
    static func merge(_ segments: [[UInt8]], fieldCount: Int, hasKeys: Bool) throws(Diagnostic) -> [UInt8] {
        func merge(_ rest: ArraySlice<[UInt8]>, _ sources: [Source]) throws(Diagnostic) -> [UInt8] {
            guard let first = rest.first else {
                return try Self.merge(sources, fieldCount: fieldCount, hasKeys: hasKeys)
            }
            return try first.withRawBytes { (bytes) throws(Diagnostic) in
                try merge(rest.dropFirst(), sources + [Source(reader: try SegmentReader(bytes))])
            }
        }
        return try merge(segments[...], [])
    }

    /// The bytes that a builder would make of the live documents of all sources.
    ///
    /// Costs O(postings); in memory, the new segment and some bytes a document and term. A live rowid must be in one
    /// source only.
    ///
    /// - Throws: what `check`, called every now and then, throws; `corrupt`.
    package static func merge(
        _ sources: [Source], fieldCount: Int, hasKeys: Bool, check: () throws(Diagnostic) -> Void = {}
    ) throws(Diagnostic) -> [UInt8] {
        for source in sources {
            guard source.reader.fieldCount == fieldCount, source.reader.hasKeys == hasKeys,
                source.reader.hasPositions == sources[0].reader.hasPositions
            else {
                throw SegmentReader.damaged("segments of one index differ in shape")
            }
        }
        var merge = Merge(sources: sources, fieldCount: fieldCount, hasKeys: hasKeys)
        return try merge.run(check)
    }
}

private struct Merge {
    let sources: [SegmentMerger.Source]
    let fieldCount: Int
    let hasKeys: Bool
    /// For each source, the new ordinal of each document; `gone` for deleted ones.
    var newOrdinals: [[UInt32]] = []
    /// The source and old ordinal of each new document.
    var origins: [(source: Int, document: Int)] = []
    /// For each source, the new ordinal of each term that stays.
    var newTerms: [[UInt32]] = []

    static let gone = UInt32.max

    private var hasPositions: Bool { sources.first?.reader.hasPositions ?? false }

    init(sources: [SegmentMerger.Source], fieldCount: Int, hasKeys: Bool) {
        self.sources = sources
        self.fieldCount = fieldCount
        self.hasKeys = hasKeys
    }

    mutating func run(_ check: () throws(Diagnostic) -> Void) throws(Diagnostic) -> [UInt8] {
        try orderDocuments()
        var rowids: [Int64] = []
        var keys = ByteColumn()
        var lengths = [[UInt32]](repeating: [], count: fieldCount)
        for (source, document) in origins {
            let reader = sources[source].reader
            rowids.append(try reader.rowid(document))
            if hasKeys { keys.append(try reader.key(document)) }
            for field in 0..<fieldCount { lengths[field].append(try reader.length(document, field: field)) }
        }
        var writer = SegmentWriter(
            rowids: rowids, keys: hasKeys ? keys : nil, lengths: lengths,
            hasPositions: hasPositions)
        try mergeTerms(into: &writer, check)
        let ranks = writer.rankTerms()
        var terms: [UInt32] = []
        for (source, document) in origins {
            if document % 1_024 == 0 { try check() }
            terms.removeAll(keepingCapacity: true)
            let map = newTerms[source]
            try sources[source].reader.forEachTerm(ofDocument: document) { (term) throws(Diagnostic) in
                guard map[term] != Self.gone else {
                    throw SegmentReader.damaged("the forward index and the postings differ")
                }
                terms.append(ranks[Int(map[term])])
            }
            terms.sort()
            guard zip(terms, terms.dropFirst()).allSatisfy(<) else {
                throw SegmentReader.damaged("a document's term occurs twice")
            }
            try writer.addForward(terms)
        }
        return try writer.finish()
    }

    /// Merges the sources' documents by key.
    private mutating func orderDocuments() throws(Diagnostic) {
        var next = [Int](repeating: 0, count: sources.count)
        newOrdinals = sources.map { [UInt32](repeating: Self.gone, count: $0.reader.documentCount) }
        while true {
            var best: Int?
            for source in sources.indices {
                let reader = sources[source].reader
                while next[source] < reader.documentCount, sources[source].deleted?.contains(next[source]) ?? false {
                    next[source] += 1
                }
                guard next[source] < reader.documentCount else { continue }
                if let current = best,
                    try !precedes(reader, next[source], sources[current].reader, next[current])
                {
                    continue
                }
                best = source
            }
            guard let best else { return }
            guard origins.count < Int(Int32.max) else {
                throw Diagnostic(.limitExceeded, "a text segment holds at most \(Int32.max) documents")
            }
            newOrdinals[best][next[best]] = UInt32(origins.count)
            origins.append((best, next[best]))
            next[best] += 1
        }
    }

    private func precedes(
        _ a: SegmentReader, _ documentA: Int, _ b: SegmentReader, _ documentB: Int
    ) throws(Diagnostic) -> Bool {
        if hasKeys {
            let difference = compare(try a.key(documentA), try b.key(documentB))
            if difference != 0 { return difference < 0 }
        }
        return try a.rowid(documentA) < b.rowid(documentB)
    }

    private mutating func mergeTerms(
        into writer: inout SegmentWriter, _ check: () throws(Diagnostic) -> Void
    ) throws(Diagnostic) {
        newTerms = sources.map { [UInt32](repeating: Self.gone, count: $0.reader.termCount) }
        var next = [Int](repeating: 0, count: sources.count)
        var termCount: UInt32 = 0
        let buffer = PostingBuffer(fieldCount: fieldCount)
        var gathered: [(document: UInt32, place: Int)] = []
        /// For each gathered posting its positions, and where they begin.
        var positions: [UInt32] = []
        var positionStarts: [Int] = []
        var orderedPositions: [UInt32] = []
        var frequencies: [UInt32] = []
        var documents: [UInt32] = []
        var ordered: [UInt32] = []
        while true {
            var lowest: UnsafeRawBufferPointer?
            for source in sources.indices where next[source] < sources[source].reader.termCount {
                let term = try sources[source].reader.bytes(ofTerm: next[source])
                if let current = lowest, !isLess(term, current) { continue }
                lowest = term
            }
            guard let lowest else { return }
            if termCount % 1_024 == 0 { try check() }
            gathered.removeAll(keepingCapacity: true)
            frequencies.removeAll(keepingCapacity: true)
            positions.removeAll(keepingCapacity: true)
            positionStarts.removeAll(keepingCapacity: true)
            orderedPositions.removeAll(keepingCapacity: true)
            var isOrdered = true
            for source in sources.indices where next[source] < sources[source].reader.termCount {
                let reader = sources[source].reader
                guard compare(try reader.bytes(ofTerm: next[source]), lowest) == 0 else { continue }
                let term = try reader.term(next[source])
                let places = hasPositions ? try reader.positions(term) : nil
                var cursor = try reader.cursor(term)
                var block = 0
                while try cursor.next(into: buffer) {
                    let own = try places?.decode(block, buffer)
                    block += 1
                    for index in 0..<buffer.count {
                        let document = newOrdinals[source][Int(buffer.documents[index])]
                        if document == Self.gone { continue }
                        if let last = gathered.last, last.document >= document { isOrdered = false }
                        gathered.append((document, gathered.count))
                        for field in 0..<fieldCount { frequencies.append(buffer.frequencies(field: field)[index]) }
                        if let own {
                            positionStarts.append(positions.count)
                            positions.append(contentsOf: own.of(index))
                        }
                    }
                }
                if !gathered.isEmpty { newTerms[source][next[source]] = termCount }
                next[source] += 1
            }
            if gathered.isEmpty { continue }
            if !isOrdered { gathered.sort { $0.document < $1.document } }
            documents.removeAll(keepingCapacity: true)
            ordered.removeAll(keepingCapacity: true)
            for (document, place) in gathered {
                guard documents.last != document else { throw SegmentReader.damaged("a posting occurs twice") }
                documents.append(document)
                for field in 0..<fieldCount { ordered.append(frequencies[place * fieldCount + field]) }
                if hasPositions {
                    let end = place + 1 < positionStarts.count ? positionStarts[place + 1] : positions.count
                    orderedPositions.append(contentsOf: positions[positionStarts[place]..<end])
                }
            }
            try add(lowest, documents, ordered, hasPositions ? orderedPositions[...] : nil, to: &writer)
            termCount += 1
        }
    }

    private func add(
        _ term: UnsafeRawBufferPointer, _ documents: [UInt32], _ frequencies: [UInt32],
        _ positions: ArraySlice<UInt32>?, to writer: inout SegmentWriter
    ) throws(Diagnostic) {
        var failure: Diagnostic?
        term.withMemoryRebound(to: UInt8.self) { term in
            documents.withUnsafeBufferPointer { documents in
                frequencies.withUnsafeBufferPointer { frequencies in
                    do throws(Diagnostic) {
                        try writer.addTerm(
                            term, documents: documents, frequencies: frequencies, positions: positions)
                    } catch {
                        failure = error
                    }
                }
            }
        }
        if let failure { throw failure }
    }
}
