// Merging segments beside the writer: made on a snapshot, published in a short transaction.

package import MartletCore
package import MartletStorage

/// Segments of one index as one, made from a snapshot without holding the writer up. What is deleted meanwhile is taken
/// out when the merge is published; what is inserted meanwhile is in other segments.
package struct TextIndexMerge: Sendable {
    struct Input: Sendable {
        var segment: UInt32
        var deletedCount: Int
        /// The documents that the merge left out.
        var deleted: OrdinalBitmap?
    }

    /// No more is merged at once than can be written in a few milliseconds.
    static let limitBytes = 16 << 20

    private let objectID: UInt32
    let inputs: [Input]
    let merged: [UInt8]?

    static func isDue(_ manifest: TextIndexManifest) -> Bool {
        !manifest.isBuilding && !TextMergePolicy.choose(manifest.segments, limitBytes: limitBytes).isEmpty
    }

    /// Makes the next merge that is due in the snapshot; nil if there is none, the index is being built or is not there.
    ///
    /// Costs a read of the merged segments, and their size in memory.
    ///
    /// - Throws: what `check`, called every now and then, throws; `corrupt`.
    package static func prepare(
        objectID: UInt32, in view: TransactionView, check: @Sendable () throws(Diagnostic) -> Void
    ) throws(Diagnostic) -> TextIndexMerge? {
        let keys = SearchIndexKeys(objectID: objectID)
        guard let bytes = try view.get(keys.manifest) else { return nil }
        let manifest = try TextIndexManifest(decoding: bytes)
        guard isDue(manifest) else { return nil }
        var inputs: [Input] = []
        var sources: [SegmentMerger.Source] = []
        for place in TextMergePolicy.choose(manifest.segments, limitBytes: limitBytes) {
            let segment = manifest.segments[place]
            let deleted = try TextIndexReader.deleted(segment, keys, in: view)
            inputs.append(Input(segment: segment.id, deletedCount: segment.deletedCount, deleted: deleted))
            guard segment.liveCount > 0 else { continue }
            sources.append(
                SegmentMerger.Source(reader: try TextIndexReader.reader(segment, keys, in: view), deleted: deleted))
        }
        let merged =
            sources.isEmpty
            ? nil
            : try SegmentMerger.merge(
                sources, fieldCount: manifest.definition.fieldCount, hasKeys: manifest.definition.hasKeys, check: check)
        return TextIndexMerge(objectID: objectID, inputs: inputs, merged: merged)
    }

    /// Puts the merged segment in the place of its inputs. False, and no change, if they are not all there any more:
    /// merged by someone else, or dropped.
    ///
    /// Costs the writing of the merged segment.
    package func publish(in view: WriteView) throws(Diagnostic) -> Bool {
        guard try view.get(SearchIndexKeys(objectID: objectID).manifest) != nil else { return false }
        return try TextIndexWriter(objectID: objectID, in: view).publish(self)
    }
}
