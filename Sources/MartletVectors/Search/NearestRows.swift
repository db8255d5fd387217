// The nearest of vectors that are shown one by one: the search without an index, and the judge of the others.

package import MartletCore

package struct NearestRows {
    private let query: [Float]
    private let rank: VectorRank
    private let k: Int
    private let within: Double
    private var best: SmallestRanks
    private var kept: [(rank: Float, hit: VectorHit)] = []

    /// - Throws: `invalidVector` for a query that is not finite, or of zeros under `cosine`.
    package init(_ query: [Float], metric: VectorMetric, k: Int, within: Double? = nil) throws(Diagnostic) {
        var brought = query
        try query.withFloats { (query) throws(Diagnostic) in try VectorDomain.bring(query, into: &brought, metric) }
        self.query = brought
        self.k = k
        rank = VectorRank(metric)
        self.within = within ?? .infinity
        best = SmallestRanks(k)
    }

    /// - Parameter floats: as many as the query has; others are ignored.
    package mutating func offer(_ rowID: Int64, _ floats: UnsafeRawBufferPointer) {
        guard k > 0, floats.count == 4 * query.count else { return }
        let distance = query.withUnsafeBytes { rank.distance($0, floats) }
        let value = rank.rank(ofDistance: distance)
        guard distance <= within, value <= best.limit else { return }
        best.offer(value)
        kept.append((value, VectorHit(rowID: rowID, distance: distance)))
        // Most of what was kept early lies behind the limit by now.
        if kept.count > 4 * k + 1_024 {
            let limit = best.limit
            kept.removeAll { $0.rank > limit }
        }
    }

    /// The k nearest, nearest first, equal ones by row id.
    package func sorted() -> [VectorHit] {
        kept.sorted { ($0.rank, $0.hit.rowID) < ($1.rank, $1.hit.rowID) }.prefix(k).map(\.hit)
    }
}

extension [Float] {
    /// With typed errors.
    package func withFloats<R>(_ body: (UnsafeBufferPointer<Float>) throws(Diagnostic) -> R) throws(Diagnostic) -> R {
        let result = withUnsafeBufferPointer { (floats) -> Result<R, Diagnostic> in
            do throws(Diagnostic) {
                return .success(try body(floats))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }
}
