// What one opening of an index can take over from the one before it.

package import MartletCore
import MartletStorage

/// The parts of an index as they were read last: good for as long as the file holds the same. Used by one thread at a time.
final class TextIndexCache {
    private struct Opened {
        var reader: SegmentReader
        var deletedCount: Int
        var deleted: OrdinalBitmap?
    }

    private var manifestBytes: [UInt8] = []
    private var manifest: TextIndexManifest?
    private var opened: [UInt32: Opened] = [:]

    func manifest(_ keys: SearchIndexKeys, in view: TransactionView) throws(Diagnostic) -> TextIndexManifest {
        guard let bytes = try view.get(keys.manifest) else {
            throw Diagnostic(.corrupt, "a text index has no segment list")
        }
        if let manifest, bytes.elementsEqual(manifestBytes) { return manifest }
        let decoded = try TextIndexManifest(decoding: bytes)
        manifest = decoded
        manifestBytes = Array(bytes)
        let ids = Set(decoded.segments.map(\.id))
        opened = opened.filter { ids.contains($0.key) }
        return decoded
    }

    func segment(
        _ segment: TextIndexManifest.Segment, _ keys: SearchIndexKeys, in view: TransactionView
    ) throws(Diagnostic) -> (SegmentReader, OrdinalBitmap?) {
        // A running transaction may give a number, and a count of deletions, that another will give to something else.
        guard !view.isWritable else {
            return (
                try TextIndexReader.reader(segment, keys, in: view),
                try TextIndexReader.deleted(segment, keys, in: view)
            )
        }
        if let known = opened[segment.id], let bytes = try view.get(keys.segment(segment.id)), known.reader.isOf(bytes)
        {
            if known.deletedCount == segment.deletedCount { return (known.reader, known.deleted) }
            let deleted = try TextIndexReader.deleted(segment, keys, in: view)
            opened[segment.id]?.deleted = deleted
            opened[segment.id]?.deletedCount = segment.deletedCount
            return (known.reader, deleted)
        }
        let reader = try TextIndexReader.reader(segment, keys, in: view)
        let deleted = try TextIndexReader.deleted(segment, keys, in: view)
        opened[segment.id] = Opened(reader: reader, deletedCount: segment.deletedCount, deleted: deleted)
        return (reader, deleted)
    }
}

extension Diagnostic {
    /// Says in which segment the damage is.
    func inSegment(_ id: UInt32?) -> Diagnostic {
        guard code == .corrupt, place == nil, let id else { return self }
        var copy = self
        copy.place = "segment \(id)"
        return copy
    }

    /// Says in which index the damage is.
    package func inIndex(_ name: String) -> Diagnostic {
        guard code == .corrupt else { return self }
        var copy = self
        copy.place = "index \(name)" + (place.map { ", \($0)" } ?? "")
        return copy
    }
}
