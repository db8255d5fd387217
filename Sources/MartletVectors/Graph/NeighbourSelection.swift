// Which of the near nodes become neighbours (Malkov and Yashunin 2018, algorithm 4).

import MartletKernels

/// Working memory of the selection, for one thread.
final class NeighbourSelection {
    private let rows: CodeRows
    private let dimension: Int
    private let queryMemory: UnsafeMutableBufferPointer<Int8>
    private let ids: UnsafeMutableBufferPointer<UInt32>
    private let distances: UnsafeMutableBufferPointer<Float>
    private static let block = 32

    init(_ rows: CodeRows, dimension: Int) {
        self.rows = rows
        self.dimension = dimension
        queryMemory = CodeRows.queryMemory(rows.queryByteCount)
        ids = .allocate(capacity: Self.block)
        ids.initialize(repeating: 0)
        distances = .allocate(capacity: Self.block)
        distances.initialize(repeating: 0)
    }

    deinit {
        queryMemory.deallocate()
        ids.deallocate()
        distances.deallocate()
    }

    /// The row of a node as a query; valid until the next call of this object.
    func query(_ node: UInt32) -> CodeQuery { rows.query(ofRow: Int(node), dimension: dimension, in: queryMemory) }

    /// Takes candidates from near to far, leaving out each that is nearer to one already taken than to the node itself:
    /// that one will lead to it.
    ///
    /// - Parameter candidates: pool entries, ascending.
    /// - Returns: at most `limit` pool entries, ascending.
    func select(_ candidates: UnsafeBufferPointer<UInt64>, limit: Int) -> [UInt64] {
        var taken: [UInt64] = []
        taken.reserveCapacity(limit)
        var start = 0
        while start < candidates.count, taken.count < limit {
            let end = min(start + Self.block, candidates.count)
            // What is left of this block, first after those taken before it.
            var left = Array(candidates[start..<end])
            for entry in taken where !left.isEmpty { drop(&left, nearerTo: entry) }
            while let first = left.first, taken.count < limit {
                taken.append(first)
                left.removeFirst()
                if !left.isEmpty { drop(&left, nearerTo: first) }
            }
            start = end
        }
        return taken
    }

    private func drop(_ left: inout [UInt64], nearerTo entry: UInt64) {
        let query = query(PoolEntry.node(entry))
        for index in left.indices { ids[index] = PoolEntry.node(left[index]) }
        rows.distances(query, of: UnsafeBufferPointer(rebasing: ids[..<left.count]), into: distances)
        var kept = 0
        for index in left.indices where distances[index] >= PoolEntry.distance(left[index]) {
            left[kept] = left[index]
            kept += 1
        }
        left.removeLast(left.count - kept)
    }

    /// Pool entries of the given nodes by their distance from `node`, ascending.
    func entries(_ nodes: [UInt32], from node: UInt32) -> [UInt64] {
        let query = query(node)
        var result: [UInt64] = []
        result.reserveCapacity(nodes.count)
        var start = 0
        while start < nodes.count {
            let end = min(start + Self.block, nodes.count)
            for index in start..<end { ids[index - start] = nodes[index] }
            rows.distances(query, of: UnsafeBufferPointer(rebasing: ids[..<(end - start)]), into: distances)
            for index in start..<end { result.append(PoolEntry.make(distances[index - start], nodes[index])) }
            start = end
        }
        result.sort()
        return result
    }
}
