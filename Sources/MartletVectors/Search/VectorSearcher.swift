// The nearest rows among several segments.

package import MartletCore
import MartletKernels

/// A segment with its deleted rows.
package struct VectorSegment: Sendable {
    package let reader: VectorSegmentReader
    package let deleted: OrdinalBitmap?
    let deletedCount: Int

    package init(_ reader: VectorSegmentReader, deleted: OrdinalBitmap? = nil) {
        self.reader = reader
        self.deleted = deleted
        deletedCount = deleted?.count ?? 0
    }
}

/// Where the true vectors of rows are.
package protocol VectorSource: AnyObject {
    /// A row's vector where it is stored; valid until the transaction writes.
    func place(ofRow rowID: Int64) throws(Diagnostic) -> UnsafeRawBufferPointer
    /// A stored vector as little-endian 32-bit floats; valid until the next call.
    func floats(at place: UnsafeRawBufferPointer) throws(Diagnostic) -> UnsafeRawBufferPointer
}

package struct VectorHit: Hashable, Sendable {
    package var rowID: Int64
    /// In the metric's terms: smaller is nearer.
    package var distance: Double

    package init(rowID: Int64, distance: Double) {
        self.rowID = rowID
        self.distance = distance
    }
}

/// How a search finds its candidates.
package enum VectorSearchMode: Hashable, Sendable {
    /// Through graphs where that is cheaper, looking at this many near rows, and in the so many nearest lists (nil: as
    /// many as find most of them).
    case approximate(size: Int, lists: Int? = nil)
    /// All codes.
    case exact
}

/// What a search did, for EXPLAIN.
package struct VectorSearchFigures: Hashable, Sendable {
    package var walkedSegments = 0
    /// Those of which only some lists were looked at.
    package var probedSegments = 0
    package var scannedSegments = 0
    /// Rows whose true distance was computed.
    package var rescoredRows = 0

    package init() {}
}

package struct VectorSearcher {
    let segments: [VectorSegment]
    private let source: any VectorSource
    private let workspaces: VectorWorkspaces
    /// How many rows are looked up before the first of them is compared.
    private static let groupCount = 64

    package init(_ segments: [VectorSegment], source: any VectorSource, workspaces: VectorWorkspaces) {
        self.segments = segments
        self.source = source
        self.workspaces = workspaces
    }

    /// Whether the segments hold bits of vectors that are none, which tell roughly how near rows are: no search is exact.
    package var estimates: Bool {
        segments.contains { $0.reader.kind == .bit && $0.reader.metric != .hamming }
    }

    /// How many of the rows that seem nearest are compared, where that is an estimate and nothing else is said.
    package static func sampleSize(k: Int) -> Int { max(256, 16 * k) }

    /// The k nearest rows, nearest first, equal ones by row id: under `exact` those that a scan of the floats finds,
    /// except for estimates.
    ///
    /// - Parameters:
    ///   - metric: of all segments.
    ///   - filter: the row ids that may be found, ascending; nil for all.
    ///   - within: the greatest distance that counts.
    /// - Throws: `invalidVector` for a query of another dimension, that is not finite, or of zeros under `cosine`.
    package func search(
        _ query: [Float], metric: VectorMetric, k: Int, mode: VectorSearchMode, filter: [Int64]? = nil,
        within: Double? = nil, figures: inout VectorSearchFigures
    ) throws(Diagnostic) -> [VectorHit] {
        let brought = try brought(query, metric)
        guard k > 0 else { return [] }
        let rank = VectorRank(metric)
        let estimates = estimates
        var sampled = k
        if estimates {
            if case .approximate(let size, _) = mode { sampled = max(k, size) } else { sampled = Self.sampleSize(k: k) }
        }
        var candidates = VectorCandidates(
            k: sampled, limit: within.map(rank.rank(ofDistance:)) ?? .infinity, isEstimate: estimates)
        for (index, segment) in segments.enumerated() where segment.reader.count > 0 {
            let encoded = brought.withUnsafeBufferPointer {
                EncodedQuery(
                    $0, scale: segment.reader.scale, metric: metric, stride: segment.reader.rows.stride,
                    kind: segment.reader.kind)
            }
            let search = SegmentSearch(segment, encoded, number: index, workspaces: workspaces)
            try search.run(k: k, mode: mode, filter: filter, into: &candidates, figures: &figures)
        }
        return try rescore(candidates, brought, rank, k: k, figures: &figures)
    }

    /// A query as the metric compares it.
    func brought(_ query: [Float], _ metric: VectorMetric) throws(Diagnostic) -> [Float] {
        for segment in segments where segment.reader.count > 0 && segment.reader.dimension != query.count {
            throw Diagnostic(
                .invalidVector,
                "the vector has \(query.count) elements, and the column's have \(segment.reader.dimension)")
        }
        var brought = query
        try query.withFloats { (query) throws(Diagnostic) in
            try VectorDomain.bring(query, into: &brought, metric)
        }
        return brought
    }

    /// Computes true distances in the order of the lower bounds, until no row left can be among the k nearest.
    func rescore(
        _ candidates: VectorCandidates, _ query: [Float], _ rank: VectorRank, k: Int,
        figures: inout VectorSearchFigures
    ) throws(Diagnostic) -> [VectorHit] {
        var best = SmallestRanks(k)
        var hits: [(rank: Float, hit: VectorHit)] = []
        let sorted = candidates.sorted()
        var found: [(rowID: Int64, place: UnsafeRawBufferPointer)] = []
        var next = 0
        while next < sorted.count, sorted[next].lower <= min(best.limit, candidates.limit) {
            // Rows lie far apart: they are on their way while the ones before them are compared.
            let group =
                next..<min(sorted.count, next + (next == 0 ? max(1, min(k, Self.groupCount)) : Self.groupCount / 8))
            found.removeAll(keepingCapacity: true)
            for candidate in sorted[group] {
                let rowID = try segments[Int(candidate.segment)].reader.rowID(ofNode: Int(candidate.node))
                let place = try source.place(ofRow: rowID)
                if let address = place.baseAddress { CodeRows.prefetch(address) }
                found.append((rowID, place))
            }
            for (candidate, (rowID, place)) in zip(sorted[group], found) {
                if candidate.lower > min(best.limit, candidates.limit) { break }
                let floats = try source.floats(at: place)
                guard floats.count == 4 * query.count else {
                    throw Diagnostic(.corrupt, "row \(rowID) has a vector of \(floats.count / 4) elements")
                }
                let distance = query.withUnsafeBytes { rank.distance($0, floats) }
                let value = rank.rank(ofDistance: distance)
                figures.rescoredRows += 1
                guard value <= candidates.greatestRank else { continue }
                best.offer(value)
                hits.append((value, VectorHit(rowID: rowID, distance: distance)))
            }
            next = group.upperBound
        }
        hits.sort { ($0.rank, $0.hit.rowID) < ($1.rank, $1.hit.rowID) }
        return hits.prefix(k).map(\.hit)
    }
}

/// True distances and ranks of one metric.
package struct VectorRank {
    private let metric: VectorMetric

    package init(_ metric: VectorMetric) { self.metric = metric }

    /// Of a query as `VectorDomain.bring` leaves it and a row's vector as it is stored.
    package func distance(_ query: UnsafeRawBufferPointer, _ row: UnsafeRawBufferPointer) -> Double {
        switch metric {
        case .l2: return Double(FloatDistances.squaredDistance(query, row)).squareRoot()
        case .hamming: return Double(FloatDistances.squaredDistance(query, row))
        case .dot: return -Double(FloatDistances.dot(query, row))
        case .cosine:
            let length = Double(FloatDistances.dot(row, row)).squareRoot()
            guard length > 0 else { return 1 }
            return 1 - max(-1, min(1, Double(FloatDistances.dot(query, row)) / length))
        }
    }

    func rank(ofDistance distance: Double) -> Float {
        switch metric {
        case .l2, .dot: Float(distance)
        case .hamming: Float(max(0, distance).squareRoot())
        case .cosine: Float(max(0, 2 * distance).squareRoot())
        }
    }
}
