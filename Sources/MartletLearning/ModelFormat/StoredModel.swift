// Models that have bytes.

/// A model, or a part of one, that stands by itself in its own bytes.
package protocol StoredModel: Sendable {
    static var storedKind: ModelKind { get }

    /// Writes the kind's fields.
    func write(to writer: inout ModelWriter)
}

extension StoredModel {
    /// The model's bytes, the same for the same model. O(bytes).
    package func serialized() -> [UInt8] {
        var writer = ModelWriter(Self.storedKind)
        write(to: &writer)
        return writer.finished()
    }

    /// How many bytes it has, and their digest (`ModelDigest`). O(bytes), and no memory for them.
    package func digest() -> (byteCount: Int, checksum: UInt32) { ModelWriter.digest(self) }
}
