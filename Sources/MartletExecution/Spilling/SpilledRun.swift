// Sorted rows in a temporary file.

import MartletCore
import MartletStorage

/// Batches in their order, each read when it is needed. Several runs may share a file.
final class SpilledRun {
    private let file: TemporaryFile
    private let types: [DataType]
    private var parts: [Range<Int>] = []
    private var position = 0

    /// An empty run.
    init(_ file: TemporaryFile, types: [DataType]) {
        self.file = file
        self.types = types
    }

    /// Writes rows at the end, in pieces of about `pieceBytes`.
    ///
    /// - Throws: `diskFull`, `inputOutput`.
    func append(_ batch: Batch, pieceBytes: Int) throws(Diagnostic) {
        if batch.count == 0 { return }
        let rowBytes = max(1, batch.byteCount / batch.count)
        let rows = min(max(1, pieceBytes / rowBytes), Limits.rowsPerBatch)
        var start = 0
        while start < batch.count {
            let end = min(start + rows, batch.count)
            let bytes = BatchCodec.encode(batch.slice(start..<end))
            let place = try file.append(bytes)
            parts.append(place..<place + bytes.count)
            start = end
        }
    }

    /// The next rows from the start; nil after the last.
    func next() throws(Diagnostic) -> Batch? {
        if position == parts.count { return nil }
        position += 1
        return try BatchCodec.decode(try file.read(parts[position - 1]), types: types)
    }
}
