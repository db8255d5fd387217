// Exact search for many queries at once: the codes are read once for a group of queries.

package import MartletCore
import MartletKernels

extension VectorSearcher {
    /// Queries whose codes and distances stay in the nearest caches while a block of rows is compared with all of them.
    private static let groupSize = 64
    private static let block = 128

    /// For each query the k nearest rows, nearest first, equal ones by row id: those that a scan of the floats finds.
    ///
    /// - Parameters:
    ///   - source: makes what gives one thread the rows' vectors.
    ///   - threads: the result is the same for any number.
    /// - Throws: as `search`, for the first query that cannot be compared.
    package static func search(
        _ queries: [[Float]], among segments: [VectorSegment], metric: VectorMetric, k: Int, threads: Int,
        workspaces: VectorWorkspaces, source: @Sendable () throws(Diagnostic) -> any VectorSource
    ) throws(Diagnostic) -> [[VectorHit]] {
        guard k > 0 else { return queries.map { _ in [] } }
        let groups = (queries.count + groupSize - 1) / groupSize
        let found = try Parallel.map(count: groups, threads: threads) { (group) throws(Diagnostic) -> [[VectorHit]] in
            let searcher = VectorSearcher(segments, source: try source(), workspaces: workspaces)
            let start = group * groupSize
            return try searcher.exactHits(
                Array(queries[start..<min(queries.count, start + groupSize)]), metric: metric, k: k)
        }
        return found.flatMap { $0 }
    }

    private func exactHits(
        _ queries: [[Float]], metric: VectorMetric, k: Int
    ) throws(Diagnostic) -> [[VectorHit]] {
        var brought: [[Float]] = []
        for query in queries { brought.append(try self.brought(query, metric)) }
        let estimates = estimates
        let sampled = estimates ? Self.sampleSize(k: k) : k
        var candidates = queries.map { _ in VectorCandidates(k: sampled, limit: .infinity, isEstimate: estimates) }
        for (number, segment) in segments.enumerated() where segment.reader.count > 0 {
            scan(segment, number, brought, metric, into: &candidates)
        }
        var figures = VectorSearchFigures()
        var hits: [[VectorHit]] = []
        for (query, candidates) in zip(brought, candidates) {
            hits.append(try rescore(candidates, query, VectorRank(metric), k: k, figures: &figures))
        }
        return hits
    }

    private func scan(
        _ segment: VectorSegment, _ number: Int, _ queries: [[Float]], _ metric: VectorMetric,
        into candidates: inout [VectorCandidates]
    ) {
        let reader = segment.reader
        let stride = reader.rows.stride
        let queryBytes = reader.rows.queryByteCount
        let greatestLength = metric == .dot ? reader.greatestLength() : 0
        let encoded = queries.map { query in
            query.withUnsafeBufferPointer {
                EncodedQuery($0, scale: reader.scale, metric: metric, stride: stride, kind: reader.kind)
            }
        }
        let codes = encoded.flatMap { Array($0.view.codes[..<queryBytes]) }
        let bases = encoded.map(\.view.base)
        var distances = [Float](repeating: 0, count: queries.count * Self.block)
        var near = [UInt32](repeating: 0, count: Self.block)
        var start = 0
        while start < reader.count {
            let end = min(start + Self.block, reader.count)
            let count = end - start
            codes.withUnsafeBufferPointer { codes in
                bases.withUnsafeBufferPointer { bases in
                    distances.withUnsafeMutableBufferPointer { distances in
                        reader.rows.distances(queries: codes, bases: bases, of: start..<end, into: distances)
                        for (index, query) in encoded.enumerated() {
                            let row = UnsafeBufferPointer(rebasing: distances[index * count..<(index + 1) * count])
                            near.withUnsafeMutableBufferPointer { near in
                                let limit = query.distanceLimit(
                                    rank: candidates[index].limit, greatestError: reader.greatestError,
                                    greatestLength: greatestLength)
                                var position = 0
                                while position < count {
                                    let found = NearPositions.collect(row, from: &position, limit: limit, into: near)
                                    for place in near[..<found] {
                                        let node = start + Int(place)
                                        if segment.deleted?.contains(node) ?? false { continue }
                                        let (lower, upper) = query.bounds(
                                            row[Int(place)], rowError: reader.error(ofNode: node),
                                            rowLength: { reader.length(ofNode: node) })
                                        candidates[index].offer(
                                            segment: number, node: node, lower: lower, upper: upper)
                                    }
                                }
                            }
                        }
                    }
                }
            }
            start = end
        }
    }
}
