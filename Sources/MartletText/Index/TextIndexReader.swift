// A text index as one transaction sees it.

package import MartletCore
package import MartletStorage

/// Opens an index for searching: reads the segment list and each segment's header, nothing more; O(segments), and the
/// bitmaps of deleted documents.
///
/// Must not outlive the transaction, nor be used after the transaction wrote (open another then).
package struct TextIndexReader {
    package let definition: TextIndexDefinition
    /// Whether the index is still being built: searches then miss what is not yet published.
    package let isBuilding: Bool
    package let segments: [SearchSegment]
    private let view: TransactionView
    private let keys: SearchIndexKeys
    private let manifest: TextIndexManifest

    /// Throws `corrupt` if the index does not exist or is damaged.
    package init(objectID: UInt32, in view: TransactionView) throws(Diagnostic) {
        try self.init(objectID: objectID, in: view, cache: TextIndexCache())
    }

    /// - Parameter cache: of an earlier opening of the same index.
    init(objectID: UInt32, in view: TransactionView, cache: TextIndexCache) throws(Diagnostic) {
        let keys = SearchIndexKeys(objectID: objectID)
        let manifest = try cache.manifest(keys, in: view)
        self.view = view
        self.keys = keys
        self.manifest = manifest
        definition = manifest.definition
        isBuilding = manifest.isBuilding
        var opened: [SearchSegment] = []
        for segment in manifest.segments {
            let (reader, deleted) = try cache.segment(segment, keys, in: view)
            var found = SearchSegment(
                reader: reader, deleted: deleted, totalLengths: segment.totalLengths, documentCount: segment.liveCount)
            found.id = segment.id
            if segment.deletedCount > 0 {
                let id = segment.id
                found.deletedFrequency = { (term) throws(Diagnostic) in
                    try Self.deletedFrequency(term, segment: id, keys, in: view)
                }
            }
            // A number is given once to what is committed; what a running transaction wrote may never be.
            found.cacheID = view.isWritable ? nil : segment.id
            opened.append(found)
        }
        segments = opened
    }

    /// The number of documents that can be found.
    package var documentCount: Int { manifest.segments.reduce(0) { $0 + $1.liveCount } }

    /// The bytes of all segments.
    package var byteCount: Int { manifest.segments.reduce(0) { $0 + $1.byteCount } }

    /// Throws `invalidOption` for parameters out of range.
    ///
    /// - Parameters:
    ///   - scratch: of an earlier search of the same index.
    ///   - statistics: of an earlier search for the same words, if scores are to be as they were then.
    package func searcher(
        _ parameters: TextParameters, scratch: SearchScratch? = nil, statistics: TextStatistics? = nil
    ) throws(Diagnostic) -> TextSearcher {
        try TextSearcher(
            segments: segments, fieldCount: definition.fieldCount, parameters: parameters, scratch: scratch,
            statistics: statistics)
    }

    /// The segment and document of a row that can be found. O(segments · log documents).
    package func locate(rowid: Int64) throws(Diagnostic) -> (segment: Int, document: Int)? {
        for index in segments.indices.reversed() {
            if let document = try segments[index].reader.document(rowid: rowid),
                !(segments[index].deleted?.contains(document) ?? false)
            {
                return (index, document)
            }
        }
        return nil
    }

    // MARK: Integrity

    /// Checks checksums, orders, counts and statistics of all segments, and that no row is in two. Full read.
    package func integrityCheck() throws(Diagnostic) {
        var rowids: Set<Int64> = []
        for (entry, segment) in zip(manifest.segments, segments) {
            do throws(Diagnostic) {
                try segment.reader.check()
            } catch {
                throw error.inSegment(entry.id)
            }
            let recomputed = try SearchSegment(segment.reader, deleted: segment.deleted)
            guard recomputed.documentCount == entry.liveCount, segment.reader.documentCount == entry.documentCount,
                recomputed.totalLengths == entry.totalLengths, segment.reader.byteCount == entry.byteCount
            else { throw damaged("the counts of segment \(entry.id) are wrong") }
            for term in 0..<segment.reader.termCount {
                let expected = try recomputed.deletedFrequency?(term) ?? 0
                guard try Self.deletedFrequency(term, segment: entry.id, keys, in: view) == expected else {
                    throw damaged("the statistics of segment \(entry.id) are wrong")
                }
            }
            for document in 0..<segment.reader.documentCount
            where !(segment.deleted?.contains(document) ?? false) {
                guard rowids.insert(try segment.reader.rowid(document)).inserted else {
                    throw damaged("a row is in two segments")
                }
            }
        }
        var stored = try view.cursor(keys.segments)
        var count = 0
        while try stored.next() { count += 1 }
        guard count == manifest.segments.count else { throw damaged("a segment belongs to nothing") }
        var orphans = try view.cursor(prefix: keys.orphans)
        let hasOrphans = try orphans.first()
        guard isBuilding || !hasOrphans else { throw damaged("a deleted row was left over") }
    }

    private func damaged(_ reason: String) -> Diagnostic {
        Diagnostic(.corrupt, "a text index is damaged: \(reason)")
    }

    // MARK: Pieces

    static func manifest(_ keys: SearchIndexKeys, in view: TransactionView) throws(Diagnostic) -> TextIndexManifest {
        guard let bytes = try view.get(keys.manifest) else {
            throw Diagnostic(.corrupt, "a text index has no segment list")
        }
        return try TextIndexManifest(decoding: bytes)
    }

    static func reader(
        _ segment: TextIndexManifest.Segment, _ keys: SearchIndexKeys, in view: TransactionView
    ) throws(Diagnostic) -> SegmentReader {
        guard let bytes = try view.get(keys.segment(segment.id)) else {
            throw Diagnostic(.corrupt, "segment \(segment.id) of a text index is missing")
        }
        let reader: SegmentReader
        do throws(Diagnostic) {
            reader = try SegmentReader(bytes)
        } catch {
            throw error.inSegment(segment.id)
        }
        guard reader.documentCount == segment.documentCount else {
            throw Diagnostic(.corrupt, "segment \(segment.id) of a text index has a wrong number of documents")
        }
        return reader
    }

    static func deleted(
        _ segment: TextIndexManifest.Segment, _ keys: SearchIndexKeys, in view: TransactionView
    ) throws(Diagnostic) -> OrdinalBitmap? {
        guard segment.deletedCount > 0 else { return nil }
        return try keys.deleted(segment.id, of: segment.documentCount, in: view)
    }

    static func deletedFrequency(
        _ term: Int, segment: UInt32, _ keys: SearchIndexKeys, in view: TransactionView
    ) throws(Diagnostic) -> Int {
        guard let bytes = try view.get(keys.deletedFrequency(segment, term: term)) else { return 0 }
        return Int(try ByteView(bytes).u32(0))
    }
}
