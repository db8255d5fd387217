// A vector index as one transaction sees it.

package import MartletCore
package import MartletStorage

/// Opens an index for searching: reads the segment list, each segment's header and the deleted rows.
///
/// Must not outlive the transaction, nor be used after the transaction wrote (open another then).
package struct VectorIndexReader {
    package let definition: VectorIndexDefinition
    package let segments: [VectorSegment]
    private let view: TransactionView
    private let keys: SearchIndexKeys
    private let manifest: VectorIndexManifest

    /// Throws `corrupt` if the index does not exist or is damaged.
    ///
    /// - Parameter workspaces: remembers for the next search what this one finds.
    package init(
        objectID: UInt32, in view: TransactionView, _ workspaces: VectorWorkspaces? = nil
    ) throws(Diagnostic) {
        keys = SearchIndexKeys(objectID: objectID)
        self.view = view
        (manifest, segments) = try Self.open(objectID: objectID, keys, in: view, workspaces?.cache)
        definition = manifest.definition
    }

    /// The number of rows that can be found.
    package var rowCount: Int { manifest.segments.reduce(0) { $0 + $1.liveCount } }
    package var deletedCount: Int { manifest.segments.reduce(0) { $0 + $1.deletedCount } }
    /// What further rows are encoded with; nil before the first ones.
    package var scale: CodeScale? { manifest.scale }
    /// The bytes of all segments.
    package var byteCount: Int { manifest.segments.reduce(0) { $0 + $1.byteCount } }
    /// The number of segments with a graph or lists.
    package var structuredCount: Int { manifest.segments.reduce(0) { $0 + ($1.isStructured ? 1 : 0) } }

    /// The ids of the rows that can be found, in no order.
    package func rowIDs() throws(Diagnostic) -> [Int64] {
        var rowIDs: [Int64] = []
        for segment in segments {
            try segment.reader.forEachRow { (rowID, node) throws(Diagnostic) in
                if !(segment.deleted?.contains(node) ?? false) { rowIDs.append(rowID) }
            }
        }
        return rowIDs
    }

    /// Checks checksums, orders, links and counts of all segments, and that no row is in two. Full read.
    package func integrityCheck() throws(Diagnostic) {
        for (entry, segment) in zip(manifest.segments, segments) {
            try segment.reader.check()
            guard segment.reader.byteCount == entry.byteCount, (segment.deleted?.count ?? 0) == entry.deletedCount
            else { throw VectorIndexManifest.damaged("the counts of segment \(entry.id)") }
        }
        let rowIDs = try rowIDs()
        guard Set(rowIDs).count == rowIDs.count else { throw VectorIndexManifest.damaged("a row is in two segments") }
        var stored = try view.cursor(keys.segments)
        var count = 0
        while try stored.next() { count += 1 }
        guard count == manifest.segments.count else {
            throw VectorIndexManifest.damaged("a segment belongs to nothing")
        }
    }

    // MARK: Pieces

    static func manifest(_ keys: SearchIndexKeys, in view: TransactionView) throws(Diagnostic) -> VectorIndexManifest {
        guard let bytes = try view.get(keys.manifest) else {
            throw Diagnostic(.corrupt, "a vector index has no segment list")
        }
        return try VectorIndexManifest(decoding: bytes)
    }

    static func reader(
        _ segment: VectorIndexManifest.Segment, _ definition: VectorIndexDefinition, _ keys: SearchIndexKeys,
        in view: TransactionView
    ) throws(Diagnostic) -> VectorSegmentReader {
        guard let bytes = try view.get(keys.segment(segment.id)) else {
            throw VectorIndexManifest.damaged("segment \(segment.id) is missing")
        }
        let reader = try VectorSegmentReader(bytes)
        guard reader.count == segment.rowCount, reader.dimension == definition.dimension,
            reader.metric == definition.metric, reader.kind == definition.kind
        else { throw VectorIndexManifest.damaged("segment \(segment.id) is not as the index says") }
        return reader
    }

    static func deleted(
        _ segment: VectorIndexManifest.Segment, _ keys: SearchIndexKeys, in view: TransactionView
    ) throws(Diagnostic) -> OrdinalBitmap? {
        guard segment.deletedCount > 0 else { return nil }
        return try keys.deleted(segment.id, of: segment.rowCount, in: view)
    }
}
