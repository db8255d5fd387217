// The parameters of model versions in the file.
//
//   key: prefix (model, the version's object) + chunk number from 0     value: CRC-32C of the chunk 4 bytes, the chunk
//
// Chunks have 1 MiB, the last one what is left. The number of bytes is in the catalog: a version that lacks a chunk is
// damaged.

package import MartletCatalog
package import MartletCore
import MartletKernels
package import MartletStorage

package enum ModelBytes {
    private static let chunkBytes = 1 << 20

    /// Puts the parameters of a new version, in the transaction that publishes it.
    package static func write(
        _ bytes: [UInt8], of version: inout ModelVersion, _ view: WriteView
    ) throws(Diagnostic) {
        let id = try CatalogStore.nextID(view)
        version.bytesID = id
        version.parameterByteCount = bytes.count
        for number in 0..<chunkCount(bytes.count) {
            let range = number * chunkBytes..<min(bytes.count, (number + 1) * chunkBytes)
            try bytes.withRawBytes { (all) throws(Diagnostic) in
                let chunk = UnsafeRawBufferPointer(rebasing: all[range])
                let checksum = Checksum.crc32c(chunk)
                try key(id, number).withUnsafeBytes { (key) throws(Diagnostic) in
                    try view.put(key, reserving: 4 + chunk.count) { target in
                        target.storeBytes(of: checksum.littleEndian, as: UInt32.self)
                        UnsafeMutableRawBufferPointer(rebasing: target[4...]).copyMemory(from: chunk)
                    }
                }
            }
        }
    }

    /// - Throws: `corrupt` if a chunk is missing or damaged.
    package static func read(_ version: ModelVersion, _ view: TransactionView) throws(Diagnostic) -> [UInt8] {
        let pieces = try pieces(version, view)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(version.parameterByteCount ?? 0)
        for piece in pieces { bytes.append(contentsOf: piece) }
        return bytes
    }

    /// The chunks' bytes where the file has them, each as its checksum wants it; good as long as the view is.
    ///
    /// - Throws: `corrupt` if a chunk is missing or damaged.
    static func pieces(
        _ version: ModelVersion, _ view: TransactionView
    ) throws(Diagnostic) -> [UnsafeRawBufferPointer] {
        guard let id = version.bytesID, let count = version.parameterByteCount else { return [] }
        var pieces: [UnsafeRawBufferPointer] = []
        var total = 0
        for number in 0..<chunkCount(count) {
            guard let value = try view.get(key(id, number)), value.count > 4 else {
                throw Diagnostic(.corrupt, "chunk \(number + 1) of the model is missing")
            }
            let chunk = UnsafeRawBufferPointer(rebasing: value[4...])
            guard UInt32(littleEndian: value.loadUnaligned(as: UInt32.self)) == Checksum.crc32c(chunk) else {
                throw Diagnostic(.corrupt, "the checksum of chunk \(number + 1) of the model is wrong")
            }
            pieces.append(chunk)
            total += chunk.count
        }
        guard total == count else {
            throw Diagnostic(.corrupt, "the model has \(total) bytes instead of \(count)")
        }
        return pieces
    }

    package static func delete(_ version: ModelVersion, _ view: WriteView) throws(Diagnostic) {
        if let id = version.bytesID { _ = try view.deleteAll(KeyPrefix(.model, id)) }
    }

    private static func chunkCount(_ bytes: Int) -> Int { max(1, (bytes + chunkBytes - 1) / chunkBytes) }

    private static func key(_ id: UInt32, _ number: Int) -> KeyWriter {
        var key = KeyWriter(KeyPrefix(.model, id))
        key.append(rowNumber: Int64(number))
        return key
    }
}
