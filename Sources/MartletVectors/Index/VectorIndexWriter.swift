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
    /// Whether the last flush left segments that are to be merged beside the writer.
    package private(set) var isMergeDue = false
    /// Rows to be added: where their vectors begin in `floats`.
    private var added: [Int64: Int] = [:]
    private var floats: [Float] = []
    private var removed: [Int64] = []
    /// Changes are only noted.
    private let isBuilding: Bool

    /// The scale of fewer rows would not fit the rest.
    private static let scaleMinimum = 1_024
    /// Pending vectors are flushed beyond this size.
    private static let memoryLimitBytes = 128 << 20

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

    /// - Parameter threads: for building graphs and lists; the result is the same for any number.
    package init(
        objectID: UInt32, in view: WriteView, threads: Int = Parallel.processorCount,
        cancellation: Cancellation = Cancellation()
    ) throws(Diagnostic) {
        self.view = view
        self.threads = threads
        self.cancellation = cancellation
        keys = SearchIndexKeys(objectID: objectID)
        definition = try VectorIndexReader.manifest(keys, in: view).definition
        isBuilding = try view.get(keys.build) != nil
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
        if isBuilding {
            try VectorIndexBuild.note(added.keys.sorted() + removed, keys, in: view)
            (added, floats, removed) = ([:], [], [])
            return
        }
        var manifest = try VectorIndexReader.manifest(keys, in: view)
        try delete(removed, from: &manifest, segments: manifest.segments.indices)
        removed = []
        if !added.isEmpty {
            let builder = VectorSegmentBuilder(
                metric: definition.metric, dimension: definition.dimension, kind: definition.kind,
                scale: manifest.scale)
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
        isMergeDue = !VectorMergePolicy.chooseLarge(
            manifest.segments, isStructured: definition.structure != .flat, rowLimit: .max
        ).isEmpty
        try view.put(keys.manifest, manifest.encoded())
    }

    /// Adds the rows of a builder, which the index must not hold, as a segment.
    package func append(_ builder: VectorSegmentBuilder, progress: ((Int) -> Void)? = nil) throws(Diagnostic) {
        try flush()
        var manifest = try VectorIndexReader.manifest(keys, in: view)
        try append(builder, to: &manifest, progress: progress)
        try view.put(keys.manifest, manifest.encoded())
    }

    /// Adds a finished segment, of rows that the index must not hold.
    ///
    /// - Parameter scale: that of its rows.
    package func append(
        _ bytes: [UInt8], rowCount: Int, isStructured: Bool, scale: CodeScale?
    ) throws(Diagnostic) {
        var manifest = try VectorIndexReader.manifest(keys, in: view)
        if manifest.scale == nil, rowCount >= Self.scaleMinimum { manifest.scale = scale }
        try enter(bytes, rowCount: rowCount, isStructured: isStructured, in: &manifest)
        try view.put(keys.manifest, manifest.encoded())
    }

    // MARK: Segments

    private func append(
        _ builder: VectorSegmentBuilder, to manifest: inout VectorIndexManifest, progress: ((Int) -> Void)? = nil
    ) throws(Diagnostic) {
        guard builder.count > 0 else { return }
        let structure = definition.structure.ofSegment(rows: builder.count)
        let bytes = try builder.finish(structure, threads: threads, progress: progress) { () throws(Diagnostic) in
            try cancellation.check()
        }
        if manifest.scale == nil, builder.count >= Self.scaleMinimum { manifest.scale = builder.scale }
        try enter(bytes, rowCount: builder.count, isStructured: structure != .flat, in: &manifest)
    }

    private func enter(
        _ bytes: [UInt8], rowCount: Int, isStructured: Bool, in manifest: inout VectorIndexManifest
    ) throws(Diagnostic) {
        guard manifest.nextSegment < .max else {
            throw Diagnostic(.limitExceeded, "a vector index has had too many segments; create it again")
        }
        let id = manifest.nextSegment
        manifest.nextSegment += 1
        try view.put(keys.segment(id), bytes)
        manifest.segments.append(
            VectorIndexManifest.Segment(
                id: id, rowCount: rowCount, deletedCount: 0, byteCount: bytes.count, isStructured: isStructured))
    }

    /// Marks rows as deleted in the given segments; ignores those that are in none.
    private func delete(
        _ rowIDs: [Int64], from manifest: inout VectorIndexManifest, segments: Range<Int>
    ) throws(Diagnostic) {
        guard !rowIDs.isEmpty else { return }
        // Collected before the first is written: writing moves what readers look at.
        var bitmaps: [OrdinalBitmap] = []
        var added = [[Int]](repeating: [], count: segments.count)
        var readers: [VectorSegmentReader] = []
        for segment in manifest.segments[segments] {
            readers.append(try VectorIndexReader.reader(segment, definition, keys, in: view))
            bitmaps.append(
                try VectorIndexReader.deleted(segment, keys, in: view) ?? OrdinalBitmap(capacity: segment.rowCount))
        }
        for rowID in rowIDs {
            for index in readers.indices.reversed() {
                guard let node = try readers[index].node(ofRow: rowID), bitmaps[index].insert(node) else { continue }
                added[index].append(node)
                manifest.segments[segments.lowerBound + index].deletedCount += 1
                break
            }
        }
        for (index, segment) in manifest.segments[segments].enumerated() {
            try keys.put(bitmaps[index], added: added[index], to: segment.id, in: view)
        }
    }

    /// Merges what is few rows.
    private func merge(_ manifest: inout VectorIndexManifest) throws(Diagnostic) {
        while true {
            let chosen = VectorMergePolicy.chooseSmall(manifest.segments)
            guard !chosen.isEmpty else { return }
            let builder = try VectorIndexMerge.collect(chosen, of: manifest, keys, in: view) { () throws(Diagnostic) in
            }
            try remove(chosen, from: &manifest)
            try append(builder, to: &manifest)
        }
    }

    private func remove(_ chosen: [Int], from manifest: inout VectorIndexManifest) throws(Diagnostic) {
        for index in chosen.sorted().reversed() {
            let id = manifest.segments.remove(at: index).id
            _ = try view.delete(keys.segment(id))
            _ = try view.deleteAll(prefix: keys.tombstones(id))
        }
    }

    /// Puts a merge that was made on a snapshot in the place of its inputs, without the rows deleted meanwhile. False,
    /// and no change, if one of the inputs is not there any more.
    func publish(_ merge: VectorIndexMerge) throws(Diagnostic) -> Bool {
        guard let bytes = merge.bytes else { return false }
        var manifest = try VectorIndexReader.manifest(keys, in: view)
        var places: [Int] = []
        var deletedSince: [Int64] = []
        for input in merge.inputs {
            guard let place = manifest.segments.firstIndex(where: { $0.id == input.segment }) else { return false }
            places.append(place)
            let segment = manifest.segments[place]
            guard segment.deletedCount > input.deletedCount,
                let deleted = try VectorIndexReader.deleted(segment, keys, in: view)
            else { continue }
            let reader = try VectorIndexReader.reader(segment, definition, keys, in: view)
            for node in deleted.members where !(input.deleted?.contains(node) ?? false) {
                deletedSince.append(try reader.rowID(ofNode: node))
            }
        }
        try remove(places, from: &manifest)
        if !bytes.isEmpty {
            try enter(bytes, rowCount: merge.rowCount, isStructured: merge.isStructured, in: &manifest)
            let last = manifest.segments.count - 1
            try delete(deletedSince, from: &manifest, segments: last..<last + 1)
        }
        try view.put(keys.manifest, manifest.encoded())
        return true
    }
}
