// Where the pieces of a search index lie in the file: the same for every kind that consists of segments.
//
//   space        key after the object's prefix        value
//   searchDelta  00                                   the manifest: the list of segments
//   searchDelta  10, segment u32, chunk u32           what is deleted from a segment: a bitmap of 8,192, lowest bit first
//   segment      segment u32                          the bytes of a segment
//
// Numbers in keys are big-endian.

package import MartletCore

/// The keys of one index.
package struct SearchIndexKeys: Sendable {
    package let delta: KeyPrefix
    package let segments: KeyPrefix

    private static let ordinalsPerChunk = 8_192

    package init(objectID: UInt32) {
        delta = KeyPrefix(.searchDelta, objectID)
        segments = KeyPrefix(.segment, objectID)
    }

    package var manifest: [UInt8] { delta.bytes + [0x00] }

    package func segment(_ id: UInt32) -> [UInt8] { segments.bytes + Self.bigEndian(id) }

    package func tombstones(_ segment: UInt32) -> [UInt8] { delta.bytes + [0x10] + Self.bigEndian(segment) }

    private func tombstones(_ segment: UInt32, chunk: Int) -> [UInt8] {
        tombstones(segment) + Self.bigEndian(UInt32(truncatingIfNeeded: chunk))
    }

    package static func bigEndian<T: FixedWidthInteger>(_ number: T) -> [UInt8] {
        withUnsafeBytes(of: number.bigEndian) { Array($0) }
    }

    // MARK: Tombstones

    /// What is deleted from a segment of `count` ordinals.
    package func deleted(
        _ segment: UInt32, of count: Int, in view: TransactionView
    ) throws(Diagnostic) -> OrdinalBitmap {
        var bitmap = OrdinalBitmap(capacity: count)
        for chunk in 0..<(count + Self.ordinalsPerChunk - 1) / Self.ordinalsPerChunk {
            guard let bytes = try view.get(tombstones(segment, chunk: chunk)) else { continue }
            bitmap.formUnion(littleEndian: bytes, from: chunk * Self.ordinalsPerChunk)
        }
        return bitmap
    }

    /// Writes the chunks of the bitmap that hold one of these ordinals, which were added to it.
    package func put(
        _ deleted: OrdinalBitmap, added: [Int], to segment: UInt32, in view: WriteView
    ) throws(Diagnostic) {
        for chunk in Set(added.map { $0 / Self.ordinalsPerChunk }).sorted() {
            try view.put(
                tombstones(segment, chunk: chunk),
                deleted.littleEndian(from: chunk * Self.ordinalsPerChunk, count: Self.ordinalsPerChunk))
        }
    }
}
