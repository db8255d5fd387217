// What an index consists of, and where the pieces lie in the file that only text indexes have (see SearchIndexKeys).
//
//   space        key after the object's prefix        value
//   searchDelta  20, segment u32, term u32            u32: how many deleted documents the term occurs in
//   searchDelta  30, rowid u64                        empty: a row deleted while the index was being built
//
// Numbers in keys are big-endian, those in values little-endian. A rowid's sign bit is flipped.
//
//   manifest   u16 version 1, u8 state (0 ready, 1 building), u8 flags (1 = documents have keys, 2 = words have positions), u16 fields,
//              u16 bytes of the analyzer's definition, u32 next segment, u32 segments, the definition,
//              then for each segment u32 id, u32 documents, u32 deleted ones, u32 0, u64 bytes,
//              and for each field u64 total length of live documents; at the end u32 CRC-32C of all before.

import MartletCore
import MartletKernels
import MartletStorage

/// The fixed part of an index's definition.
package struct TextIndexDefinition: Hashable, Sendable {
    package var analyzer: AnalyzerDefinition
    /// The number of indexed columns.
    package var fieldCount: Int
    /// Whether documents have a primary key that is not their rowid.
    package var hasKeys: Bool
    /// Whether the places of words are kept.
    package var hasPositions: Bool

    package init(analyzer: AnalyzerDefinition, fieldCount: Int, hasKeys: Bool, hasPositions: Bool = false) {
        self.hasPositions = hasPositions
        self.analyzer = analyzer
        self.fieldCount = fieldCount
        self.hasKeys = hasKeys
    }
}

struct TextIndexManifest: Hashable {
    struct Segment: Hashable {
        var id: UInt32
        var documentCount: Int
        var deletedCount: Int
        var byteCount: Int
        /// For each field, of live documents.
        var totalLengths: [UInt64]

        var liveCount: Int { documentCount - deletedCount }
    }

    var definition: TextIndexDefinition
    var isBuilding: Bool
    var nextSegment: UInt32 = 0
    var segments: [Segment] = []

    init(definition: TextIndexDefinition, isBuilding: Bool) {
        self.definition = definition
        self.isBuilding = isBuilding
    }

    func encoded() -> [UInt8] {
        var bytes: [UInt8] = []
        let analyzer = definition.analyzer.encoded()
        bytes.append(littleEndian: UInt16(1))
        bytes.append(isBuilding ? 1 : 0)
        bytes.append((definition.hasKeys ? 1 : 0) | (definition.hasPositions ? 2 : 0))
        bytes.append(littleEndian: UInt16(clamping: definition.fieldCount))
        bytes.append(littleEndian: UInt16(clamping: analyzer.count))
        bytes.append(littleEndian: nextSegment)
        bytes.append(littleEndian: UInt32(clamping: segments.count))
        bytes.append(contentsOf: analyzer)
        for segment in segments {
            bytes.append(littleEndian: segment.id)
            bytes.append(littleEndian: UInt32(clamping: segment.documentCount))
            bytes.append(littleEndian: UInt32(clamping: segment.deletedCount))
            bytes.append(littleEndian: UInt32(0))
            bytes.append(littleEndian: UInt64(segment.byteCount))
            for total in segment.totalLengths { bytes.append(littleEndian: total) }
        }
        bytes.append(littleEndian: Checksum.crc32c(bytes))
        return bytes
    }

    init(decoding bytes: UnsafeRawBufferPointer) throws(Diagnostic) {
        let view = ByteView(bytes)
        guard bytes.count >= 20,
            try view.u32(bytes.count - 4) == Checksum.crc32c(try view.slice(0, bytes.count - 4))
        else { throw Diagnostic(.corrupt, "the segment list of a text index is damaged") }
        guard try view.u16(0) == 1 else {
            throw Diagnostic(.newerFormat, "the segment list of a text index has an unknown version")
        }
        let fieldCount = Int(try view.u16(4))
        let analyzerBytes = Int(try view.u16(6))
        isBuilding = try view.u8(2) != 0
        definition = TextIndexDefinition(
            analyzer: try AnalyzerDefinition(decoding: Array(try view.slice(16, 16 + analyzerBytes))),
            fieldCount: fieldCount, hasKeys: try view.u8(3) & 1 != 0, hasPositions: try view.u8(3) & 2 != 0)
        guard (1...SegmentFormat.maximumFieldCount).contains(fieldCount) else { throw ByteView.outside }
        nextSegment = try view.u32(8)
        var position = 16 + analyzerBytes
        for _ in 0..<(try view.u32(12)) {
            var totals: [UInt64] = []
            for field in 0..<fieldCount { totals.append(try view.u64(position + 24 + 8 * field)) }
            let segment = Segment(
                id: try view.u32(position), documentCount: Int(try view.u32(position + 4)),
                deletedCount: Int(try view.u32(position + 8)), byteCount: Int(clamping: try view.u64(position + 16)),
                totalLengths: totals)
            guard segment.liveCount >= 0 else { throw ByteView.outside }
            segments.append(segment)
            position += 24 + 8 * fieldCount
        }
    }
}

/// What a text index keeps besides.
extension SearchIndexKeys {
    func deletedFrequencies(_ segment: UInt32) -> [UInt8] { delta.bytes + [0x20] + Self.bigEndian(segment) }

    func deletedFrequency(_ segment: UInt32, term: Int) -> [UInt8] {
        deletedFrequencies(segment) + Self.bigEndian(UInt32(truncatingIfNeeded: term))
    }

    var orphans: [UInt8] { delta.bytes + [0x30] }

    func orphan(_ rowid: Int64) -> [UInt8] { orphans + Self.bigEndian(UInt64(bitPattern: rowid) ^ (1 << 63)) }

    static func rowid(ofOrphan suffix: UnsafeRawBufferPointer) throws(Diagnostic) -> Int64 {
        guard suffix.count == 8 else { throw Diagnostic(.corrupt, "a key of a text index is damaged") }
        let flipped = UInt64(bigEndian: suffix.loadUnaligned(as: UInt64.self))
        return Int64(bitPattern: flipped ^ (1 << 63))
    }
}
