// What a vector index consists of. Numbers are little-endian.
//
//   manifest   u16 version 4 (3: no segment has 4-bit codes), u8 metric, u8 method (0 flat, 1 hnsw, 2 ivf; + 16 × kind,
//              as in segments), u16 m and u16 ef_construction (of ivf u32 lists, 0 for as many as suit), u32 dimension,
//              u32 flags (1 = the scale is settled), f32 the scale's middle, f32 its step, u32 next segment, u32
//              segments, then for each segment u32 id, u32 rows, u32 deleted ones, u32 flags (1 = it has a graph or
//              lists), u64 bytes; at the end u32 CRC-32C of all before.

package import MartletCore
package import MartletKernels
import MartletStorage

/// The fixed part of an index's definition.
package struct VectorIndexDefinition: Hashable, Sendable {
    package var metric: VectorMetric
    package var dimension: Int
    /// The form in which vectors are kept.
    package var kind: CodeKind
    package var structure: VectorStructure

    package init(metric: VectorMetric, dimension: Int, kind: CodeKind = .i8, structure: VectorStructure) {
        self.metric = metric
        self.dimension = dimension
        self.kind = kind
        self.structure = structure
    }
}

package struct VectorIndexManifest: Hashable {
    struct Segment: Hashable {
        var id: UInt32
        var rowCount: Int
        var deletedCount: Int
        var byteCount: Int
        /// Whether it has a graph or lists.
        var isStructured: Bool

        var liveCount: Int { rowCount - deletedCount }
    }

    var definition: VectorIndexDefinition
    /// What later segments are encoded with, so that merging them copies codes.
    var scale: CodeScale?
    var nextSegment: UInt32 = 0
    var segments: [Segment] = []

    package init(definition: VectorIndexDefinition) { self.definition = definition }

    /// Of the segments as well.
    static let version: UInt16 = 4
    /// The oldest one that is read.
    private static let oldestVersion: UInt16 = 3
    private static let headBytes = 32
    private static let segmentBytes = 24

    package func encoded() -> [UInt8] {
        var bytes: [UInt8] = []
        func append<T: FixedWidthInteger>(_ value: T) {
            withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
        }
        append(Self.version)
        append(definition.metric.code)
        let method: UInt8
        let parameters: UInt32
        switch definition.structure {
        case .flat: (method, parameters) = (0, 0)
        case .graph(let graph):
            method = 1
            parameters = UInt32(clamping: graph.m) | UInt32(clamping: graph.constructionSize) << 16
        case .lists(let lists): (method, parameters) = (2, UInt32(clamping: lists.count))
        }
        append(method | definition.kind.rawValue << 4)
        append(parameters)
        append(UInt32(clamping: definition.dimension))
        append(UInt32(scale == nil ? 0 : 1))
        append((scale?.middle ?? 0).bitPattern)
        append((scale?.step ?? 1).bitPattern)
        append(nextSegment)
        append(UInt32(clamping: segments.count))
        for segment in segments {
            append(segment.id)
            append(UInt32(clamping: segment.rowCount))
            append(UInt32(clamping: segment.deletedCount))
            append(UInt32(segment.isStructured ? 1 : 0))
            append(UInt64(segment.byteCount))
        }
        append(Checksum.crc32c(bytes))
        return bytes
    }

    package init(decoding bytes: UnsafeRawBufferPointer) throws(Diagnostic) {
        func number<T: FixedWidthInteger>(_ offset: Int, _ type: T.Type) -> T {
            T(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: T.self))
        }
        guard bytes.count >= Self.headBytes + 4,
            number(bytes.count - 4, UInt32.self)
                == Checksum.crc32c(UnsafeRawBufferPointer(rebasing: bytes[..<(bytes.count - 4)]))
        else { throw Self.damaged("its segment list") }
        let version = number(0, UInt16.self)
        guard version <= Self.version else {
            throw Diagnostic(
                .newerFormat, "a vector index has format \(version); this build reads format \(Self.version)",
                hint: "use a newer version of Martlet")
        }
        guard version >= Self.oldestVersion else {
            throw Diagnostic(
                .olderFormat, "a vector index has format \(version); this build reads format \(Self.version)",
                hint: "REINDEX makes it anew from the rows")
        }
        let count = Int(number(28, UInt32.self))
        guard bytes.count == Self.headBytes + Self.segmentBytes * count + 4, let metric = VectorMetric(code: bytes[2]),
            let kind = CodeKind(rawValue: bytes[3] >> 4)
        else { throw Self.damaged("its segment list") }
        let structure: VectorStructure
        switch bytes[3] & 15 {
        case 0: structure = .flat
        case 1:
            let graph = GraphParameters(m: Int(number(4, UInt16.self)), constructionSize: Int(number(6, UInt16.self)))
            guard GraphParameters.mRange.contains(graph.m),
                GraphParameters.constructionRange.contains(graph.constructionSize)
            else { throw Self.damaged("its definition") }
            structure = .graph(graph)
        case 2:
            let lists = ListParameters(count: Int(number(4, UInt32.self)))
            guard lists.count <= ListParameters.countRange.upperBound else { throw Self.damaged("its definition") }
            structure = .lists(lists)
        default: throw Self.damaged("its definition")
        }
        definition = VectorIndexDefinition(
            metric: metric, dimension: Int(number(8, UInt32.self)), kind: kind, structure: structure)
        guard (1...Limits.vectorDimension).contains(definition.dimension) else {
            throw Self.damaged("its definition")
        }
        if number(12, UInt32.self) & 1 == 1 {
            let scale = CodeScale(
                middle: Float(bitPattern: number(16, UInt32.self)), step: Float(bitPattern: number(20, UInt32.self)))
            guard scale.middle.isFinite, scale.step.isFinite, scale.step > 0 else { throw Self.damaged("its scale") }
            self.scale = scale
        }
        nextSegment = number(24, UInt32.self)
        for index in 0..<count {
            let start = Self.headBytes + Self.segmentBytes * index
            let segment = Segment(
                id: number(start, UInt32.self), rowCount: Int(number(start + 4, UInt32.self)),
                deletedCount: Int(number(start + 8, UInt32.self)),
                byteCount: Int(clamping: number(start + 16, UInt64.self)),
                isStructured: number(start + 12, UInt32.self) & 1 == 1)
            guard segment.liveCount >= 0 else { throw Self.damaged("its counts") }
            segments.append(segment)
        }
    }

    static func damaged(_ what: String) -> Diagnostic {
        Diagnostic(.corrupt, "a vector index is damaged: \(what)")
    }
}
