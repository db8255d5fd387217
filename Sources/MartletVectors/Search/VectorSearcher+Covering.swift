// Rows enough for an order by exact distances.

package import MartletCore

extension VectorSearcher {
    /// Rows among which the k nearest are, however carefully their distances are computed: all that are as near as the
    /// k-th, as far as floats can tell. Ascending row ids; nil if that is a large part of the table.
    ///
    /// Costs a scan of the codes, one more for each time that many rows are as near as the k-th.
    ///
    /// - Parameters:
    ///   - filter: the row ids that may be found, ascending; nil for all.
    ///   - isComplete: whether no row is missing in the index; else nil is given for fewer than k rows.
    /// - Throws: as `search`.
    package func covering(
        _ query: [Float], metric: VectorMetric, k: Int, filter: [Int64]?, isComplete: Bool
    ) throws(Diagnostic) -> [Int64]? {
        guard k > 0 else { return [] }
        if estimates { return nil }
        var figures = VectorSearchFigures()
        var wanted = k + 16
        while wanted <= 16 * (k + 256) {
            let hits = try search(query, metric: metric, k: wanted, mode: .exact, filter: filter, figures: &figures)
            if hits.count < wanted {
                return hits.count >= k || isComplete ? hits.map(\.rowID).sorted() : nil
            }
            let limit = hits[k - 1].distance + 2 * uncertainty(of: hits[k - 1].distance, query, metric)
            if hits[wanted - 1].distance > limit {
                return hits.prefix { $0.distance <= limit }.map(\.rowID).sorted()
            }
            wanted *= 4
        }
        return nil
    }

    /// A bound of how far the distances of `VectorRank`, which are sums of floats, may be from exact ones.
    private func uncertainty(of distance: Double, _ query: [Float], _ metric: VectorMetric) -> Double {
        let rounding = Double(query.count / 32 + 16) * 0x1p-22
        switch metric {
        case .hamming: return 0
        case .l2: return distance * rounding + 1e-18
        case .cosine: return 4 * rounding
        case .dot:
            var squares = 0.0
            for value in query { squares += Double(value) * Double(value) }
            var longest = 0.0
            for segment in segments { longest = max(longest, segment.reader.longestVector) }
            return squares.squareRoot() * longest * rounding + 1e-30
        }
    }
}

extension VectorSegmentReader {
    /// No vector of the segment is longer.
    fileprivate var longestVector: Double {
        Double(dimension).squareRoot() * abs(Double(scale.middle)) + Double(greatestLength()) + Double(greatestError)
    }
}
