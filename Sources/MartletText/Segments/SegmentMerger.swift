// Several segments into one, without the documents deleted from them.

package import MartletCore
import MartletKernels

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
    static func merge(
        _ segments: [[UInt8]], fieldCount: Int, hasKeys: Bool, threads: Int = 1
    ) throws(Diagnostic) -> [UInt8] {
        func merge(_ rest: ArraySlice<[UInt8]>, _ sources: [Source]) throws(Diagnostic) -> [UInt8] {
            guard let first = rest.first else {
                return try Self.merge(sources, fieldCount: fieldCount, hasKeys: hasKeys, threads: threads)
            }
            return try first.withRawBytes { (bytes) throws(Diagnostic) in
                try merge(rest.dropFirst(), sources + [Source(reader: try SegmentReader(bytes))])
            }
        }
        return try merge(segments[...], [])
    }

    /// The bytes that a builder would make of the live documents of all sources, for any number of threads.
    ///
    /// Costs O(postings); in memory, the new segment and some bytes a document and term. A live rowid must be in one
    /// source only.
    ///
    /// - Throws: what `check`, called every now and then, throws; `corrupt`.
    package static func merge(
        _ sources: [Source], fieldCount: Int, hasKeys: Bool, threads: Int = 1,
        check: @Sendable () throws(Diagnostic) -> Void = {}
    ) throws(Diagnostic) -> [UInt8] {
        for source in sources {
            guard source.reader.fieldCount == fieldCount, source.reader.hasKeys == hasKeys,
                source.reader.hasPositions == sources[0].reader.hasPositions
            else {
                throw SegmentReader.damaged("segments of one index differ in shape")
            }
        }
        let documents = try MergedDocuments(sources, hasKeys: hasKeys)
        var lengths = [[UInt32]](repeating: [], count: fieldCount)
        var rowids: [Int64] = []
        var keys = ByteColumn()
        rowids.reserveCapacity(documents.origins.count)
        for origin in documents.origins {
            let reader = sources[Int(origin.source)].reader
            rowids.append(try reader.rowid(Int(origin.document)))
            if hasKeys { keys.append(try reader.key(Int(origin.document))) }
            for field in 0..<fieldCount {
                lengths[field].append(try reader.length(Int(origin.document), field: field))
            }
        }
        var writer = SegmentWriter(
            rowids: rowids, keys: hasKeys ? keys : nil, lengths: lengths,
            hasPositions: sources.first?.reader.hasPositions ?? false)
        let newTerms = try TermMerge(sources, documents, fieldCount: fieldCount).run(
            into: &writer, threads: threads, check)
        let ranks = writer.rankTerms()
        let parts = documents.origins.count < 4_096 ? 1 : threads
        let view = Shared(sources)
        let forward = try Parallel.map(count: parts, threads: parts) { (part) throws(Diagnostic) -> ForwardWriter in
            let count = documents.origins.count
            return try forwardIndex(
                documents.origins[count * part / parts..<count * (part + 1) / parts], view.value, newTerms, ranks,
                check)
        }
        for part in forward { try writer.append(part) }
        return try writer.finish(threads: threads)
    }

    /// The terms of some documents by their new ranks.
    private static func forwardIndex(
        _ origins: ArraySlice<MergedDocuments.Origin>, _ sources: [Source], _ newTerms: [[UInt32]], _ ranks: [UInt32],
        _ check: () throws(Diagnostic) -> Void
    ) throws(Diagnostic) -> ForwardWriter {
        var writer = ForwardWriter()
        var terms: [UInt32] = []
        for origin in origins {
            if origin.document % 1_024 == 0 { try check() }
            terms.removeAll(keepingCapacity: true)
            let source = Int(origin.source)
            try sources[source].reader.forEachTerm(ofDocument: Int(origin.document)) { (term) throws(Diagnostic) in
                let new = newTerms[source][term]
                guard new != MergedDocuments.gone else {
                    throw SegmentReader.damaged("the forward index and the postings differ")
                }
                terms.append(ranks[Int(new)])
            }
            terms.sort()
            for place in terms.indices.dropFirst() where terms[place - 1] == terms[place] {
                throw SegmentReader.damaged("a document's term occurs twice")
            }
            try terms.withUnsafeBufferPointer { (terms) throws(Diagnostic) in try writer.add(sorted: terms) }
        }
        return writer
    }

    /// `@unchecked Sendable`: what threads look at side by side, and nobody changes.
    struct Shared<Value>: @unchecked Sendable {
        let value: Value

        init(_ value: Value) { self.value = value }
    }
}
