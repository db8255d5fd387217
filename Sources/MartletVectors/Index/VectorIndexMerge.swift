// Merging segments beside the writer: collected from a snapshot, built without one, published in a short transaction.

package import MartletCore
package import MartletStorage

/// Segments of one index as one. What is deleted meanwhile is taken out when the merge is published; what is inserted
/// meanwhile is in other segments.
package struct VectorIndexMerge: Sendable {
    struct Input: Sendable {
        var segment: UInt32
        var deletedCount: Int
        /// The nodes that the merge leaves out.
        var deleted: OrdinalBitmap?
    }

    /// `@unchecked Sendable`: each stage of a merge hands the builder to the next.
    private struct Rows: @unchecked Sendable {
        let builder: VectorSegmentBuilder
    }

    private let objectID: UInt32
    private let structure: VectorStructure
    private let rows: Rows
    let inputs: [Input]
    /// The merged segment, once it is built; empty if no row is left.
    private(set) var bytes: [UInt8]?

    var rowCount: Int { rows.builder.count }
    var isStructured: Bool { structure != .flat }

    /// Collects the rows of the next merge that is due in the snapshot; nil if there is none, or the index is not there.
    ///
    /// Costs a read of the merged segments, and their size in memory.
    ///
    /// - Throws: what `check`, called every now and then, throws; `corrupt`.
    package static func prepare(
        objectID: UInt32, memoryLimitBytes: Int, in view: TransactionView, check: () throws(Diagnostic) -> Void
    ) throws(Diagnostic) -> VectorIndexMerge? {
        let keys = SearchIndexKeys(objectID: objectID)
        guard try view.get(keys.manifest) != nil else { return nil }
        let manifest = try VectorIndexReader.manifest(keys, in: view)
        let definition = manifest.definition
        let chosen = VectorMergePolicy.chooseLarge(
            manifest.segments, isStructured: definition.structure != .flat,
            rowLimit: VectorMergePolicy.rowLimit(definition, memoryLimitBytes: memoryLimitBytes))
        guard !chosen.isEmpty else { return nil }
        var inputs: [Input] = []
        for place in chosen {
            let segment = manifest.segments[place]
            inputs.append(
                Input(
                    segment: segment.id, deletedCount: segment.deletedCount,
                    deleted: try VectorIndexReader.deleted(segment, keys, in: view)))
        }
        let builder = try collect(chosen, of: manifest, keys, in: view, check: check)
        return VectorIndexMerge(
            objectID: objectID,
            structure: definition.structure.ofSegment(rows: builder.count),
            rows: Rows(builder: builder), inputs: inputs, bytes: nil)
    }

    /// The live rows of some segments, by row id.
    static func collect(
        _ chosen: [Int], of manifest: VectorIndexManifest, _ keys: SearchIndexKeys, in view: TransactionView,
        check: () throws(Diagnostic) -> Void
    ) throws(Diagnostic) -> VectorSegmentBuilder {
        var readers: [VectorSegmentReader] = []
        var rows: [(rowID: Int64, source: Int, node: Int)] = []
        for index in chosen where manifest.segments[index].liveCount > 0 {
            let reader = try VectorIndexReader.reader(manifest.segments[index], manifest.definition, keys, in: view)
            let deleted = try VectorIndexReader.deleted(manifest.segments[index], keys, in: view)
            try reader.forEachRow { (rowID, node) throws(Diagnostic) in
                if !(deleted?.contains(node) ?? false) { rows.append((rowID, readers.count, node)) }
            }
            readers.append(reader)
        }
        rows.sort { $0.rowID < $1.rowID }
        let builder = VectorSegmentBuilder(
            metric: manifest.definition.metric, dimension: manifest.definition.dimension,
            kind: manifest.definition.kind, scale: manifest.scale)
        for (number, row) in rows.enumerated() {
            if number % Limits.rowsPerBatch == 0 { try check() }
            try builder.add(readers[row.source], rowID: row.rowID, node: row.node)
        }
        return builder
    }

    /// Builds the segment. Needs no transaction.
    ///
    /// - Throws: what `check` throws.
    package func built(check: () throws(Diagnostic) -> Void) throws(Diagnostic) -> VectorIndexMerge {
        var copy = self
        copy.bytes = rows.builder.count == 0 ? [] : try rows.builder.finish(structure, check: check)
        return copy
    }

    /// Puts the merged segment in the place of its inputs. False, and no change, if they are not all there any more:
    /// merged by someone else, or dropped.
    ///
    /// Costs the writing of the merged segment.
    package func publish(in view: WriteView) throws(Diagnostic) -> Bool {
        guard bytes != nil, try view.get(SearchIndexKeys(objectID: objectID).manifest) != nil else { return false }
        return try VectorIndexWriter(objectID: objectID, in: view).publish(self)
    }
}
