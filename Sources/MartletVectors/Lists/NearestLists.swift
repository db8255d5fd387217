// The lists that a search looks into.

import MartletKernels

extension GraphScratch {
    /// The places, within a range of rows, of the `count` nearest ones, nearest first; equal ones in their order.
    func nearest(_ count: Int, of range: Range<Int>, _ rows: CodeRows, _ query: CodeQuery) -> [Int] {
        let limit = min(count, range.count)
        guard limit > 0 else { return [] }
        begin(nodeCount: 0, poolSize: limit)
        var kept = 0
        var start = range.lowerBound
        while start < range.upperBound {
            let end = min(range.upperBound, start + distances.count)
            rows.distances(query, of: start..<end, into: distances)
            for row in start..<end {
                let entry = PoolEntry.make(
                    distances[row - start], UInt32(truncatingIfNeeded: row - range.lowerBound))
                _ = PoolEntry.insert(entry, into: pool, count: &kept, limit: limit)
            }
            start = end
        }
        return UnsafeBufferPointer(start: pool, count: kept).map { Int(PoolEntry.node($0)) }
    }
}
