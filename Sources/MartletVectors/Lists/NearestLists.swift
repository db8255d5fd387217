// The lists that a search looks into.

import MartletKernels

extension GraphScratch {
    /// More are sorted: to enter each in its place would move too many.
    private static let mostEntered = 128

    /// The places, within a range of rows, of the `count` nearest ones, nearest first; equal ones in their order.
    func nearest(_ count: Int, of range: Range<Int>, _ rows: CodeRows, _ query: CodeQuery) -> [Int] {
        let limit = min(count, range.count)
        guard limit > 0 else { return [] }
        let areSorted = limit > Self.mostEntered
        begin(nodeCount: 0, poolSize: areSorted ? range.count : limit)
        var kept = 0
        var start = range.lowerBound
        while start < range.upperBound {
            let end = min(range.upperBound, start + distances.count)
            rows.distances(query, of: start..<end, into: distances)
            for row in start..<end {
                let entry = PoolEntry.make(
                    distances[row - start], UInt32(truncatingIfNeeded: row - range.lowerBound))
                if areSorted {
                    pool[kept] = entry
                    kept += 1
                } else {
                    _ = PoolEntry.insert(entry, into: pool, count: &kept, limit: limit)
                }
            }
            start = end
        }
        var found = UnsafeMutableBufferPointer(start: pool, count: kept)
        if areSorted { found.sort() }
        return found.prefix(limit).map { Int(PoolEntry.node($0)) }
    }
}
