// The rows of a TRAIN, read from one snapshot.

import MartletCore
import MartletKernels
import MartletLearning
import MartletStorage

/// Batches of rows in memory or, beyond a limit, in a temporary file, from which each is read whenever it is wanted.
///
/// `@unchecked Sendable`: `append` is called by one thread, before any other sees the spool; the file is read by position.
final class RowSpool: RowBatches, @unchecked Sendable {
    private enum Place {
        case memory(Batch)
        case file(Range<Int>)
    }

    private let types: [DataType]
    private let memoryLimitBytes: Int
    private let makeFile: () throws(Diagnostic) -> TemporaryFile
    private var file: TemporaryFile?
    private var places: [Place] = []
    private var firstRows: [Int] = [0]
    private var heldBytes = 0
    /// CRC-32C over the values, in the order of the rows.
    private(set) var checksum: UInt32 = 0

    init(types: [DataType], memoryLimitBytes: Int, makeFile: @escaping () throws(Diagnostic) -> TemporaryFile) {
        self.types = types
        self.memoryLimitBytes = memoryLimitBytes
        self.makeFile = makeFile
    }

    var rowCount: Int { firstRows[firstRows.count - 1] }

    var batchCount: Int { places.count }

    /// Whether rows lie in a file.
    var isSpilled: Bool { file != nil }

    func firstRow(ofBatch index: Int) -> Int { firstRows[index] }

    /// - Throws: `cannotWriteFile`, `diskFull`, `inputOutput`.
    func append(_ batch: Batch) throws(Diagnostic) {
        guard batch.count > 0 else { return }
        addToChecksum(batch)
        let bytes = batch.byteCount
        if file == nil, heldBytes + bytes > memoryLimitBytes { file = try makeFile() }
        if let file {
            let encoded = BatchCodec.encode(batch)
            let start = try file.append(encoded)
            places.append(.file(start..<start + encoded.count))
        } else {
            heldBytes += bytes
            places.append(.memory(batch))
        }
        firstRows.append(rowCount + batch.count)
    }

    func batch(_ index: Int) throws(Diagnostic) -> Batch {
        switch places[index] {
        case .memory(let batch): return batch
        case .file(let range):
            guard let file else { throw Diagnostic(.inputOutput, "the temporary file of the rows is gone") }
            return try BatchCodec.decode(try file.read(range), types: types)
        }
    }

    private func addToChecksum(_ batch: Batch) {
        func add(_ bytes: UnsafeRawBufferPointer) { checksum = Checksum.crc32c(bytes, seed: checksum) }
        for column in batch.columns {
            switch column.storage {
            case .integers(let values): values.withUnsafeBytes(add)
            case .reals(let values): values.withUnsafeBytes(add)
            case .booleans(let values): values.withUnsafeBytes(add)
            case .bytes(let values):
                values.bytes.withUnsafeBytes(add)
                values.offsets.withUnsafeBytes(add)
            case .nulls(let count): withUnsafeBytes(of: count, add)
            }
            column.nulls?.withUnsafeBytes(add)
        }
    }
}
