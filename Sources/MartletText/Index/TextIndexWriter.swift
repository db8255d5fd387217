// Changing a text index within a write transaction.

package import MartletCore
package import MartletStorage

/// Collects changed rows in memory and writes them as one segment when flushed: before a search of the same transaction,
/// and before its end.
///
/// Use one writer for a transaction or a nested one, and flush before nesting or leaving it: what is not flushed is
/// forgotten with the writer. Inserting costs the analysis of the texts; deleting, when flushed, the document's terms;
/// flushing merges tiny segments up to ``mergeLimitBytes``; the larger ones are merged apart from it.
package final class TextIndexWriter {
    /// Documents in memory become a segment when they take more than this; segments wait in memory for being merged until
    /// they take half of it.
    package var memoryLimitBytes = 64 << 20
    /// How many threads may analyse texts at once; what is written is the same for any number.
    package var threads = 1
    /// Segments are merged while flushing only if all of them together are not larger: a matter of a millisecond. Larger
    /// ones wait for ``TextIndexMerge``.
    package var mergeLimitBytes = 64 << 10
    /// Whether the rows are passages of others: see ``PassageID``.
    package var holdsPassages = false
    /// With more segments than this, nobody seems to merge: then more is merged while flushing.
    private static let crowdCount = 64
    private static let crowdMergeLimitBytes = 8 << 20
    /// The memory in use is looked at after so many bytes of text: at the same rows for any number of threads.
    private static let lookBytes = 2 << 20
    /// What a document counts for beside its text.
    private static let documentBytes = 32

    /// Whether the last flush left segments that a ``TextIndexMerge`` would merge.
    package private(set) var isMergeDue = false

    private let view: WriteView
    private let keys: SearchIndexKeys
    private let definition: TextIndexDefinition
    private var builder: SegmentBuilder?
    private var pendingDeletes: [Int64] = []
    /// Segments of rows that came before the builder's, and that no deletion came before: they wait for becoming one.
    private var parts: [[UInt8]] = []
    /// Text added since the memory in use was last looked at.
    private var unseenBytes = 0

    // MARK: Whole indexes

    /// Makes an empty index. While it is being built, deletions are kept until `publish`.
    package static func create(
        objectID: UInt32, definition: TextIndexDefinition, building: Bool = false, in view: WriteView
    ) throws(Diagnostic) {
        try definition.analyzer.validate()
        guard (1...SegmentFormat.maximumFieldCount).contains(definition.fieldCount) else {
            throw Diagnostic(
                .limitExceeded,
                "a text index has 1 to \(SegmentFormat.maximumFieldCount) columns, not \(definition.fieldCount)")
        }
        let manifest = TextIndexManifest(definition: definition, isBuilding: building)
        try view.put(SearchIndexKeys(objectID: objectID).manifest, manifest.encoded())
    }

    /// Removes all that belongs to an index.
    package static func drop(objectID: UInt32, in view: WriteView) throws(Diagnostic) {
        let keys = SearchIndexKeys(objectID: objectID)
        _ = try view.deleteAll(keys.delta)
        _ = try view.deleteAll(keys.segments)
    }

    package init(objectID: UInt32, in view: WriteView) throws(Diagnostic) {
        self.view = view
        keys = SearchIndexKeys(objectID: objectID)
        definition = try TextIndexReader.manifest(keys, in: view).definition
    }

    // MARK: Rows

    /// Adds a row; nil texts are empty. The row must not be in the index (`delete` it first).
    package func insert(rowid: Int64, key: [UInt8]? = nil, texts: [String?]) throws(Diagnostic) {
        try prepared().add(rowid: rowid, key: key, texts: texts)
        for text in texts { unseenBytes += text?.utf8.count ?? 0 }
        unseenBytes += Self.documentBytes
        try flushIfLarge()
    }

    /// As above, with texts in memory as UTF-8.
    package func insert(
        rowid: Int64, key: UnsafeRawBufferPointer?, texts: [UnsafeRawBufferPointer?]
    ) throws(Diagnostic) {
        try prepared().add(rowid: rowid, key: key, texts: texts)
        for text in texts { unseenBytes += text?.count ?? 0 }
        unseenBytes += Self.documentBytes
        try flushIfLarge()
    }

    /// Adds a row's passages, under the ids from `first`; ``holdsPassages`` must be set.
    package func insert(
        first: Int64, key: UnsafeRawBufferPointer?, passages: DocumentPassages
    ) throws(Diagnostic) {
        let builder = try prepared()
        for place in 0..<passages.count {
            let texts = passages.texts(at: place)
            if let key {
                let suffix = [UInt8(truncatingIfNeeded: place >> 8), UInt8(truncatingIfNeeded: place)]
                try (Array(key) + suffix).withRawBytes { (key) throws(Diagnostic) in
                    try builder.add(rowid: first + Int64(place), key: key, texts: texts)
                }
            } else {
                try builder.add(rowid: first + Int64(place), key: nil, texts: texts)
            }
            for text in texts { unseenBytes += text?.count ?? 0 }
            unseenBytes += Self.documentBytes
        }
        // Not between two passages: those of a row are all flushed or none.
        try flushIfLarge()
    }

    /// Removes a row, or with ``holdsPassages`` the passages of a row, given by the id of the first. A row that a ready
    /// index does not hold is ignored.
    package func delete(rowid: Int64) throws(Diagnostic) {
        if let builder, try builder.remove(rowid: rowid) {
            var next = rowid + 1
            while holdsPassages, PassageID.place(of: next) > 0, try builder.remove(rowid: next) { next += 1 }
            return
        }
        pendingDeletes.append(rowid)
    }

    /// Whether there is something to flush.
    package var hasChanges: Bool {
        !pendingDeletes.isEmpty || !parts.isEmpty || (builder?.documentCount ?? 0) > 0
    }

    /// Forgets what is not flushed.
    package func discard() {
        builder?.reset()
        parts = []
        pendingDeletes = []
    }

    private func prepared() throws(Diagnostic) -> SegmentBuilder {
        if let builder { return builder }
        let made = try SegmentBuilder(
            definition: definition.analyzer, fieldCount: definition.fieldCount, hasKeys: definition.hasKeys,
            hasPositions: definition.hasPositions, threads: threads)
        made.inversionBytes = min(made.inversionBytes, max(16 << 20, memoryLimitBytes / 2))
        builder = made
        return made
    }

    private func flushIfLarge() throws(Diagnostic) {
        guard unseenBytes > Self.lookBytes, let builder else { return }
        unseenBytes = 0
        try builder.drain()
        guard builder.memoryBytes > memoryLimitBytes else { return }
        // As a segment, the rows take a fraction of the memory.
        guard pendingDeletes.isEmpty, parts.reduce(0, { $0 + $1.count }) < memoryLimitBytes / 2 else {
            return try flush()
        }
        parts.append(try builder.finish())
    }

    /// All rows that no deletion came after, as one segment; nil if there are none.
    private func takeSegment() throws(Diagnostic) -> [UInt8]? {
        if let builder, pendingDeletes.isEmpty, builder.documentCount > 0 { parts.append(try builder.finish()) }
        let taken = parts
        parts = []
        if taken.count < 2 { return taken.first }
        return try SegmentMerger.merge(
            taken, fieldCount: definition.fieldCount, hasKeys: definition.hasKeys, threads: threads)
    }

    /// Writes all changes into the transaction.
    package func flush() throws(Diagnostic) {
        guard hasChanges else { return }
        var manifest = try TextIndexReader.manifest(keys, in: view)
        if let segment = try takeSegment() { try append(segment, to: &manifest) }
        let deletes = pendingDeletes
        pendingDeletes = []
        try delete(deletes, from: &manifest, segments: manifest.segments.indices)
        if manifest.isBuilding {
            // Known ones too: the snapshot that is being built from may hold a row that this index noted as well.
            for rowid in deletes { try view.put(keys.orphan(rowid), []) }
        }
        if let builder, builder.documentCount > 0 {
            try append(try builder.finish(), to: &manifest)
        }
        try merge(
            &manifest,
            limitBytes: manifest.segments.count > Self.crowdCount
                ? max(mergeLimitBytes, Self.crowdMergeLimitBytes) : mergeLimitBytes)
        isMergeDue = TextIndexMerge.isDue(manifest)
        try view.put(keys.manifest, manifest.encoded())
    }

    /// Merges what can be merged, whatever its size up to `limitBytes`: housekeeping between statements.
    package func compact(limitBytes: Int = 1 << 30) throws(Diagnostic) {
        try flush()
        var manifest = try TextIndexReader.manifest(keys, in: view)
        try merge(&manifest, limitBytes: limitBytes)
        try view.put(keys.manifest, manifest.encoded())
    }

    /// Adds the segments of the rows that were there when the building began, takes out of them what was deleted or
    /// written since, and makes the index ready.
    ///
    /// The segments may be of a later snapshot than the building's begin (other jobs of the same commit, other
    /// processes): a change that is in both counts once, as this index noted it.
    package func publish(baseSegments: [[UInt8]]) throws(Diagnostic) {
        try flush()
        var manifest = try TextIndexReader.manifest(keys, in: view)
        let first = manifest.segments.count
        var orphans: [Int64] = []
        for segment in manifest.segments {
            let reader = try TextIndexReader.reader(segment, keys, in: view)
            let deleted = try TextIndexReader.deleted(segment, keys, in: view)
            for document in 0..<segment.documentCount where !(deleted?.contains(document) ?? false) {
                orphans.append(try reader.rowid(document))
            }
        }
        for bytes in baseSegments { try append(bytes, to: &manifest) }
        var cursor = try view.cursor(prefix: keys.orphans)
        while try cursor.next() { orphans.append(try SearchIndexKeys.rowid(ofOrphan: cursor.keySuffix)) }
        try delete(orphans, from: &manifest, segments: first..<manifest.segments.count)
        _ = try view.deleteAll(prefix: keys.orphans)
        manifest.isBuilding = false
        try view.put(keys.manifest, manifest.encoded())
    }

    // MARK: Segments

    private func append(_ bytes: [UInt8], to manifest: inout TextIndexManifest) throws(Diagnostic) {
        let fieldCount = definition.fieldCount
        let hasKeys = definition.hasKeys
        let hasPositions = definition.hasPositions
        let (documentCount, totals) = try bytes.withRawBytes { (raw) throws(Diagnostic) -> (Int, [UInt64]) in
            let reader = try SegmentReader(raw)
            guard reader.fieldCount == fieldCount, reader.hasKeys == hasKeys, reader.hasPositions == hasPositions else {
                throw SegmentReader.damaged("it does not fit its index")
            }
            var totals: [UInt64] = []
            for field in 0..<fieldCount { totals.append(try reader.totalLength(field: field)) }
            return (reader.documentCount, totals)
        }
        guard documentCount > 0 else { return }
        guard manifest.nextSegment < .max else {
            throw Diagnostic(.limitExceeded, "a text index has had too many segments; create it again")
        }
        let id = manifest.nextSegment
        manifest.nextSegment += 1
        try view.put(keys.segment(id), bytes)
        manifest.segments.append(
            TextIndexManifest.Segment(
                id: id, documentCount: documentCount, deletedCount: 0, byteCount: bytes.count, totalLengths: totals))
    }

    /// The changes to one segment, collected before the first is written: writing moves what readers look at.
    private struct Deletion {
        var bitmap: OrdinalBitmap
        var added: [Int] = []
        var lengths: [UInt64]
        var frequencies: [Int: UInt32] = [:]
    }

    /// Marks rows as deleted in the given segments; ignores those that are in none.
    private func delete(
        _ rowids: [Int64], from manifest: inout TextIndexManifest, segments: Range<Int>
    ) throws(Diagnostic) {
        guard !rowids.isEmpty else { return }
        var readers: [SegmentReader] = []
        var deletions: [Deletion] = []
        for index in segments {
            let segment = manifest.segments[index]
            readers.append(try TextIndexReader.reader(segment, keys, in: view))
            let bitmap = try TextIndexReader.deleted(segment, keys, in: view)
            deletions.append(
                Deletion(
                    bitmap: bitmap ?? OrdinalBitmap(capacity: segment.documentCount),
                    lengths: [UInt64](repeating: 0, count: definition.fieldCount)))
        }
        /// Whether one of the segments held the row.
        func delete(_ rowid: Int64) throws(Diagnostic) -> Bool {
            for place in readers.indices.reversed() {
                let reader = readers[place]
                guard let document = try reader.document(rowid: rowid), deletions[place].bitmap.insert(document) else {
                    continue
                }
                deletions[place].added.append(document)
                for field in 0..<definition.fieldCount {
                    deletions[place].lengths[field] += UInt64(try reader.length(document, field: field))
                }
                try reader.forEachTerm(ofDocument: document) { (term) throws(Diagnostic) in
                    deletions[place].frequencies[term, default: 0] += 1
                }
                return true
            }
            return false
        }
        for rowid in rowids {
            var next = rowid
            while try delete(next), holdsPassages {
                next += 1
                if PassageID.place(of: next) == 0 { break }
            }
        }
        for (place, deletion) in deletions.enumerated() where !deletion.added.isEmpty {
            try write(deletion, to: &manifest.segments[segments.lowerBound + place])
        }
    }

    private func write(
        _ deletion: Deletion, to segment: inout TextIndexManifest.Segment
    ) throws(Diagnostic) {
        segment.deletedCount += deletion.added.count
        for field in 0..<definition.fieldCount {
            guard segment.totalLengths[field] >= deletion.lengths[field] else {
                throw SegmentReader.damaged("its lengths do not add up")
            }
            segment.totalLengths[field] -= deletion.lengths[field]
        }
        try keys.put(deletion.bitmap, added: deletion.added, to: segment.id, in: view)
        for (term, count) in deletion.frequencies.sorted(by: { $0.key < $1.key }) {
            let before = try TextIndexReader.deletedFrequency(term, segment: segment.id, keys, in: view)
            var value: [UInt8] = []
            value.append(littleEndian: UInt32(clamping: before + Int(count)))
            try view.put(keys.deletedFrequency(segment.id, term: term), value)
        }
    }

    /// Merges what the policy chooses, within `limitBytes`.
    private func merge(_ manifest: inout TextIndexManifest, limitBytes: Int) throws(Diagnostic) {
        while true {
            let chosen = TextMergePolicy.choose(manifest.segments, limitBytes: limitBytes)
            guard !chosen.isEmpty else { return }
            var sources: [SegmentMerger.Source] = []
            for index in chosen where manifest.segments[index].liveCount > 0 {
                let segment = manifest.segments[index]
                sources.append(
                    SegmentMerger.Source(
                        reader: try TextIndexReader.reader(segment, keys, in: view),
                        deleted: try TextIndexReader.deleted(segment, keys, in: view)))
            }
            let merged =
                sources.isEmpty
                ? nil
                : try SegmentMerger.merge(
                    sources, fieldCount: definition.fieldCount, hasKeys: definition.hasKeys)
            try replace(chosen, with: merged, in: &manifest)
        }
    }

    /// Removes segments and puts one of the same rows at their place.
    private func replace(
        _ places: [Int], with merged: [UInt8]?, in manifest: inout TextIndexManifest
    ) throws(Diagnostic) {
        for place in places.sorted(by: >) {
            let id = manifest.segments.remove(at: place).id
            _ = try view.delete(keys.segment(id))
            _ = try view.deleteAll(prefix: keys.tombstones(id))
            _ = try view.deleteAll(prefix: keys.deletedFrequencies(id))
        }
        if let merged { try append(merged, to: &manifest) }
    }

    /// Puts a merge that was made on a snapshot in the place of its inputs, without the rows deleted meanwhile. False,
    /// and no change, if one of the inputs is not there any more.
    func publish(_ merge: TextIndexMerge) throws(Diagnostic) -> Bool {
        var manifest = try TextIndexReader.manifest(keys, in: view)
        var places: [Int] = []
        var deletedSince: [Int64] = []
        for input in merge.inputs {
            guard let place = manifest.segments.firstIndex(where: { $0.id == input.segment }) else { return false }
            places.append(place)
            let segment = manifest.segments[place]
            guard segment.deletedCount > input.deletedCount,
                let deleted = try TextIndexReader.deleted(segment, keys, in: view)
            else { continue }
            let reader = try TextIndexReader.reader(segment, keys, in: view)
            for document in deleted.members where !(input.deleted?.contains(document) ?? false) {
                deletedSince.append(try reader.rowid(document))
            }
        }
        try replace(places, with: merge.merged, in: &manifest)
        if merge.merged != nil {
            let last = manifest.segments.count - 1
            try delete(deletedSince, from: &manifest, segments: last..<last + 1)
        }
        try view.put(keys.manifest, manifest.encoded())
        return true
    }
}
