// Changing a vector index within a write transaction.

package import MartletCore
import MartletKernels
package import MartletStorage

/// Collects changed rows in memory and writes them as one segment when flushed: before a search of the same transaction,
/// and before its end.
///
/// Use one writer for a transaction or a nested one, and flush before nesting or leaving it: what is not flushed is
/// lost. Not thread-safe.
package final class VectorIndexWriter {
    private let view: WriteView
    private let keys: SearchIndexKeys
    private let definition: VectorIndexDefinition
    private let threads: Int
    private let cancellation: Cancellation
    /// Rows to be added: where their vectors begin in `floats`.
    private var added: [Int64: Int] = [:]
    private var floats: [Float] = []
    private var removed: [Int64] = []

    /// Pending vectors are flushed beyond this size.
    private static let memoryLimitBytes = 128 << 20
    /// Segments of one size class are merged when there are so many.
    private static let mergeFactor = 8
    /// Smaller segments are scanned: a graph would not be faster.
    package static let graphMinimum = 8_192

    /// Makes an empty index.
    package static func create(
        objectID: UInt32, definition: VectorIndexDefinition, in view: WriteView
    ) throws(Diagnostic) {
        try view.put(
            SearchIndexKeys(objectID: objectID).manifest, VectorIndexManifest(definition: definition).encoded())
    }

    /// Removes all that belongs to an index.
    package static func drop(objectID: UInt32, in view: WriteView) throws(Diagnostic) {
        let keys = SearchIndexKeys(objectID: objectID)
        _ = try view.deleteAll(keys.delta)
        _ = try view.deleteAll(keys.segments)
    }

    /// - Parameter threads: for building graphs; the result is the same for any number.
    package init(
        objectID: UInt32, in view: WriteView, threads: Int = Parallel.processorCount,
        cancellation: Cancellation = Cancellation()
    ) throws(Diagnostic) {
        self.view = view
        self.threads = threads
        self.cancellation = cancellation
        keys = SearchIndexKeys(objectID: objectID)
        definition = try VectorIndexReader.manifest(keys, in: view).definition
    }

    // MARK: Rows

    /// Adds a row. The row must not be in the index (`delete` it first).
    ///
    /// - Throws: `invalidVector`.
    package func insert(rowID: Int64, _ vector: [Float]) throws(Diagnostic) {
        guard vector.count == definition.dimension else {
            throw Diagnostic(
                .invalidVector, "the vector has \(vector.count) elements, and the index's \(definition.dimension)")
        }
        var brought = vector
        try vector.withFloats { (vector) throws(Diagnostic) in
            try VectorDomain.bring(vector, into: &brought, definition.metric)
        }
        added[rowID] = floats.count
        floats.append(contentsOf: vector)
        if floats.count > Self.memoryLimitBytes / 4 { try flush() }
    }

    /// Removes a row. One that the index does not hold is ignored.
    package func delete(rowID: Int64) {
        if added.removeValue(forKey: rowID) == nil { removed.append(rowID) }
    }

    /// Whether there is something to flush.
    package var hasChanges: Bool { !added.isEmpty || !removed.isEmpty }

    /// Writes all changes into the transaction.
    package func flush() throws(Diagnostic) {
        guard hasChanges else { return }
        var manifest = try VectorIndexReader.manifest(keys, in: view)
        try delete(removed, from: &manifest)
        removed = []
        if !added.isEmpty {
            let builder = VectorSegmentBuilder(
                metric: definition.metric, dimension: definition.dimension, scale: manifest.scale)
            for (rowID, start) in added.sorted(by: { $0.key < $1.key }) {
                try floats.withFloats { (floats) throws(Diagnostic) in
                    try builder.add(
                        rowID: rowID, UnsafeBufferPointer(rebasing: floats[start..<start + definition.dimension]))
                }
            }
            added = [:]
            floats = []
            try append(builder, to: &manifest)
        }
        try merge(&manifest)
        try view.put(keys.manifest, manifest.encoded())
    }

    /// Adds the rows of a builder, which the index must not hold, as a segment.
    package func append(_ builder: VectorSegmentBuilder, progress: ((Int) -> Void)? = nil) throws(Diagnostic) {
        try flush()
        var manifest = try VectorIndexReader.manifest(keys, in: view)
        try append(builder, to: &manifest, progress: progress)
        try view.put(keys.manifest, manifest.encoded())
    }

    // MARK: Segments

    private func append(
        _ builder: VectorSegmentBuilder, to manifest: inout VectorIndexManifest, progress: ((Int) -> Void)? = nil
    ) throws(Diagnostic) {
        guard builder.count > 0 else { return }
        guard manifest.nextSegment < .max else {
            throw Diagnostic(.limitExceeded, "a vector index has had too many segments; create it again")
        }
        let graph = builder.count >= Self.graphMinimum ? definition.graph : nil
        let bytes = try builder.finish(
            graph: graph, threads: threads, cancellation: cancellation, progress: progress)
        let id = manifest.nextSegment
        manifest.nextSegment += 1
        // The scale of a few rows would not fit the rest.
        if manifest.scale == nil, builder.count >= 1_024 { manifest.scale = builder.scale }
        try view.put(keys.segment(id), bytes)
        manifest.segments.append(
            VectorIndexManifest.Segment(
                id: id, rowCount: builder.count, deletedCount: 0, byteCount: bytes.count, hasGraph: graph != nil))
    }

    /// Marks rows as deleted; ignores those that are in no segment.
    private func delete(_ rowIDs: [Int64], from manifest: inout VectorIndexManifest) throws(Diagnostic) {
        guard !rowIDs.isEmpty else { return }
        // Collected before the first is written: writing moves what readers look at.
        var bitmaps: [OrdinalBitmap] = []
        var added = [[Int]](repeating: [], count: manifest.segments.count)
        var readers: [VectorSegmentReader] = []
        for segment in manifest.segments {
            readers.append(try VectorIndexReader.reader(segment, definition, keys, in: view))
            bitmaps.append(
                try VectorIndexReader.deleted(segment, keys, in: view) ?? OrdinalBitmap(capacity: segment.rowCount))
        }
        for rowID in rowIDs {
            for index in readers.indices.reversed() {
                guard let node = try readers[index].node(ofRow: rowID), bitmaps[index].insert(node) else { continue }
                added[index].append(node)
                manifest.segments[index].deletedCount += 1
                break
            }
        }
        for index in manifest.segments.indices {
            try keys.put(bitmaps[index], added: added[index], to: manifest.segments[index].id, in: view)
        }
    }

    /// Drops empty segments, and merges those without a graph whose size class is full; enough rows together get one.
    private func merge(_ manifest: inout VectorIndexManifest) throws(Diagnostic) {
        while true {
            let chosen: [Int]
            if let empty = manifest.segments.firstIndex(where: { $0.liveCount == 0 }) {
                chosen = [empty]
            } else if let worn = manifest.segments.firstIndex(where: {
                !$0.hasGraph && $0.deletedCount > $0.liveCount
            }) {
                chosen = [worn]
            } else {
                chosen = fullClass(of: manifest)
            }
            guard !chosen.isEmpty else { return }
            try merge(chosen, of: &manifest)
        }
    }

    /// Makes one segment of the live rows of several.
    private func merge(_ chosen: [Int], of manifest: inout VectorIndexManifest) throws(Diagnostic) {
        var readers: [VectorSegmentReader] = []
        var rows: [(rowID: Int64, source: Int, node: Int)] = []
        for index in chosen where manifest.segments[index].liveCount > 0 {
            let reader = try VectorIndexReader.reader(manifest.segments[index], definition, keys, in: view)
            let deleted = try VectorIndexReader.deleted(manifest.segments[index], keys, in: view)
            for node in 0..<reader.count where !(deleted?.contains(node) ?? false) {
                rows.append((try reader.rowID(ofNode: node), readers.count, node))
            }
            readers.append(reader)
        }
        rows.sort { $0.rowID < $1.rowID }
        let builder = VectorSegmentBuilder(
            metric: definition.metric, dimension: definition.dimension, scale: manifest.scale)
        for row in rows { try builder.add(readers[row.source], rowID: row.rowID, node: row.node) }
        for index in chosen.reversed() {
            let id = manifest.segments.remove(at: index).id
            _ = try view.delete(keys.segment(id))
            _ = try view.deleteAll(prefix: keys.tombstones(id))
        }
        try append(builder, to: &manifest)
    }

    /// The segments without a graph of the smallest size class that has enough of them.
    private func fullClass(of manifest: VectorIndexManifest) -> [Int] {
        var classes: [Int: [Int]] = [:]
        for (index, segment) in manifest.segments.enumerated() where !segment.hasGraph {
            var sizeClass = 0
            var size = segment.liveCount
            while size >= Self.mergeFactor {
                size /= Self.mergeFactor
                sizeClass += 1
            }
            classes[sizeClass, default: []].append(index)
        }
        return classes.sorted { $0.key < $1.key }.first { $0.value.count >= Self.mergeFactor }?.value ?? []
    }
}
