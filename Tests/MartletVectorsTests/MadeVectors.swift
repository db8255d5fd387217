// Vectors for tests.

import MartletCore
import MartletKernels
import MartletVectors

/// Clustered vectors by a fixed seed; row r has the id `3 r`.
final class MadeVectors: VectorSource {
    let dimension: Int
    var rows: [[Float]] = [] {
        didSet { forgetPlaces() }
    }
    private var state: UInt64

    init(count: Int, dimension: Int, seed: UInt64, clusters: Int = 12) {
        self.dimension = dimension
        state = seed
        let centres = (0..<clusters).map { _ in (0..<dimension).map { _ in number() * 2 } }
        rows = (0..<count).map { index in centres[index * 7 % clusters].map { $0 + number() } }
    }

    /// Between −1 and 1.
    private func number() -> Float {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ bits >> 27) &* 0x94D0_49BB_1331_11EB
        return Float(bits >> 40) / Float(1 << 23) - 1
    }

    /// Something near a row.
    func query(_ index: Int) -> [Float] {
        rows[index * 31 % rows.count].enumerated().map { $1 + Float(($0 * 37 + index) % 11 - 5) * 0.05 }
    }

    func place(ofRow rowID: Int64) throws(Diagnostic) -> UnsafeRawBufferPointer {
        guard rowID >= 0, rowID / 3 < rows.count else { throw Diagnostic(.corrupt, "there is no row \(rowID)") }
        if let place = places[rowID] { return UnsafeRawBufferPointer(place) }
        let place = UnsafeMutableRawBufferPointer.allocate(byteCount: 4 * dimension, alignment: 16)
        rows[Int(rowID / 3)].withUnsafeBytes { place.copyMemory(from: $0) }
        places[rowID] = place
        return UnsafeRawBufferPointer(place)
    }

    func floats(at place: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer { place }

    private var places: [Int64: UnsafeMutableRawBufferPointer] = [:]

    private func forgetPlaces() {
        for place in places.values { place.deallocate() }
        places = [:]
    }

    deinit { forgetPlaces() }

    func segment(
        _ metric: VectorMetric, _ structure: VectorStructure, threads: Int = 1, of indexes: Range<Int>? = nil,
        scale: CodeScale? = nil, kind: CodeKind = .i8
    ) throws(Diagnostic) -> [UInt8] {
        let builder = VectorSegmentBuilder(metric: metric, dimension: dimension, kind: kind, scale: scale)
        for index in indexes ?? rows.indices {
            try rows[index].withFloats { (row) throws(Diagnostic) in try builder.add(rowID: Int64(3 * index), row) }
        }
        return try builder.finish(structure, threads: threads)
    }

    func search(
        _ segments: [VectorSegment], _ query: [Float], _ metric: VectorMetric, k: Int, mode: VectorSearchMode,
        filter: [Int64]? = nil, within: Double? = nil
    ) throws(Diagnostic) -> [VectorHit] {
        var figures = VectorSearchFigures()
        return try VectorSearcher(segments, source: self, workspaces: VectorWorkspaces()).search(
            query, metric: metric, k: k, mode: mode, filter: filter, within: within, figures: &figures)
    }

    /// By a scan of the floats.
    func truth(
        _ query: [Float], _ metric: VectorMetric, k: Int, within: Double? = nil,
        where isWanted: (Int64) -> Bool = { _ in true }
    ) throws(Diagnostic) -> [VectorHit] {
        var nearest = try NearestRows(query, metric: metric, k: k, within: within)
        for (index, row) in rows.enumerated() where isWanted(Int64(3 * index)) {
            row.withUnsafeBytes { nearest.offer(Int64(3 * index), $0) }
        }
        return nearest.sorted()
    }
}
