// What one opening of an index can take over from the one before it.

import MartletCore
import MartletStorage
import Synchronization

/// The segments of the indexes that were searched last, as a committed state of the file shows them.
final class VectorIndexCache: Sendable {
    struct Opened: Sendable {
        var transactionID: Int
        /// Where the manifest lies: elsewhere, if the map was moved.
        var place: UInt
        var manifest: VectorIndexManifest
        var segments: [VectorSegment]
    }

    private static let indexLimit = 64
    private let opened = Mutex<[UInt32: Opened]>([:])

    func find(_ objectID: UInt32) -> Opened? { opened.withLock { $0[objectID] } }

    func keep(_ objectID: UInt32, _ new: Opened) {
        opened.withLock { opened in
            if opened.count >= Self.indexLimit, opened[objectID] == nil { opened = [:] }
            // Readers of an older snapshot must not keep those of a newer one from what they know.
            if let known = opened[objectID], known.transactionID > new.transactionID { return }
            opened[objectID] = new
        }
    }
}

extension VectorIndexReader {
    /// The manifest and the segments, from the cache as far as they are the same.
    static func open(
        objectID: UInt32, _ keys: SearchIndexKeys, in view: TransactionView, _ cache: VectorIndexCache?
    ) throws(Diagnostic) -> (VectorIndexManifest, [VectorSegment]) {
        // What a running transaction shows may never be committed.
        let cache = view.isWritable ? nil : cache
        guard let bytes = try view.get(keys.manifest) else {
            throw Diagnostic(.corrupt, "a vector index has no segment list")
        }
        let place = UInt(bitPattern: bytes.baseAddress)
        let known = cache?.find(objectID)
        if let known, known.transactionID == view.transactionID, known.place == place {
            return (known.manifest, known.segments)
        }
        let manifest = try VectorIndexManifest(decoding: bytes)
        var segments: [VectorSegment] = []
        for segment in manifest.segments {
            let reader = try reader(segment, manifest.definition, keys, in: view)
            if let known, let index = known.manifest.segments.firstIndex(of: segment),
                known.segments[index].reader.identity == reader.identity
            {
                segments.append(VectorSegment(reader, deleted: known.segments[index].deleted))
            } else {
                segments.append(VectorSegment(reader, deleted: try deleted(segment, keys, in: view)))
            }
        }
        cache?.keep(
            objectID,
            VectorIndexCache.Opened(
                transactionID: view.transactionID, place: place, manifest: manifest, segments: segments))
        return (manifest, segments)
    }
}
