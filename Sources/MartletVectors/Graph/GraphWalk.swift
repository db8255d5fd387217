// Best-first search through one level of a graph (Malkov and Yashunin 2018, algorithm 2).

import MartletKernels

/// What a walk compares with its query.
protocol WalkedRows {
    associatedtype Query
    func distances(
        _ query: Query, of ids: UnsafeBufferPointer<UInt32>, into out: UnsafeMutableBufferPointer<Float>)
}

extension CodeRows: WalkedRows {}
extension NibbleRows: WalkedRows {}

extension GraphScratch {
    /// Goes down all levels and walks through the lowest; leaves the `size` nearest nodes seen in the pool, ascending.
    ///
    /// - Parameter levels: the lowest first.
    /// - Returns: how many are in the pool.
    func search<Level: GraphLevel, Rows: WalkedRows>(
        _ levels: [Level], _ rows: Rows, _ query: Rows.Query, size: Int
    ) -> Int {
        guard let lowest = levels.first, lowest.count > 0 else { return 0 }
        var entry: UInt32 = 0
        for level in levels.dropFirst().reversed() {
            entry = descend(level, rows, query, from: entry, limit: level.count)
        }
        return withUnsafePointer(to: entry) {
            walk(
                lowest, rows, query, from: UnsafeBufferPointer(start: $0, count: 1), size: size, limit: lowest.count)
        }
    }

    /// The same by 4-bit codes; then the pool has the distances of `rows`, and is in no order.
    func search<Level: GraphLevel>(
        _ levels: [Level], _ nibbles: NibbleRows, _ rows: CodeRows, _ query: CodeQuery, dimension: Int, size: Int
    ) -> Int {
        let rough = NibbleQuery(
            query, dimension: dimension, scale: nibbles.scale,
            in: nibbleMemory(NibbleQuery.byteCount(dimension: dimension)))
        let count = search(levels, nibbles, rough, size: size)
        var start = 0
        while start < count {
            let part = min(count - start, Self.widestList)
            for index in 0..<part { fresh[index] = PoolEntry.node(pool[start + index]) }
            rows.distances(query, of: UnsafeBufferPointer(rebasing: fresh[..<part]), into: distances)
            for index in 0..<part { pool[start + index] = PoolEntry.make(distances[index], fresh[index]) }
            start += part
        }
        return count
    }

    /// Walks from `entries` and leaves the `size` nearest nodes seen in the pool, ascending.
    ///
    /// - Parameter limit: nodes from this number on do not exist yet.
    /// - Returns: how many are in the pool.
    func walk<Level: GraphLevel, Rows: WalkedRows>(
        _ links: Level, _ rows: Rows, _ query: Rows.Query, from entries: UnsafeBufferPointer<UInt32>, size: Int,
        limit: Int
    ) -> Int {
        precondition(size > 0 && links.width <= Self.widestList && entries.count <= Self.widestList)
        precondition(limit <= links.count)
        begin(nodeCount: limit, poolSize: size)
        let pool = pool
        let visits = visits
        let epoch = epoch
        let bound = UInt32(truncatingIfNeeded: limit)
        var count = 0
        var next = 0
        var freshCount = 0
        for entry in entries where entry < bound && visits[Int(entry)] != epoch {
            visits[Int(entry)] = epoch
            fresh[freshCount] = entry
            freshCount += 1
        }
        while true {
            rows.distances(query, of: UnsafeBufferPointer(rebasing: fresh[..<freshCount]), into: distances)
            for index in 0..<freshCount {
                let entry = PoolEntry.make(distances[index], fresh[index])
                guard let place = PoolEntry.insert(entry, into: pool, count: &count, limit: size) else { continue }
                if place < next { next = place }
            }
            while next < count, PoolEntry.isExpanded(pool[next]) { next += 1 }
            if next == count { return count }
            let node = PoolEntry.node(pool[next])
            pool[next] |= 1
            freshCount = 0
            for neighbour in links.list(Int(node), into: neighbours) {
                if neighbour >= bound { break }
                if visits[Int(neighbour)] == epoch { continue }
                visits[Int(neighbour)] = epoch
                fresh[freshCount] = neighbour
                freshCount += 1
            }
            var ahead = next + 1
            while ahead < count, PoolEntry.isExpanded(pool[ahead]) { ahead += 1 }
            if ahead < count {
                links.prefetch(Int(PoolEntry.node(pool[ahead])))
            }
        }
    }

    /// Goes to the nearest node of a level that can be reached by ever nearer ones.
    func descend<Level: GraphLevel, Rows: WalkedRows>(
        _ links: Level, _ rows: Rows, _ query: Rows.Query, from entry: UInt32, limit: Int
    ) -> UInt32 {
        precondition(links.width <= Self.widestList && limit <= links.count && Int(entry) < limit)
        let bound = UInt32(truncatingIfNeeded: limit)
        var current = entry
        fresh[0] = entry
        rows.distances(query, of: UnsafeBufferPointer(rebasing: fresh[..<1]), into: distances)
        var best = distances[0]
        // Each step is strictly nearer, so that this ends.
        while true {
            var freshCount = 0
            for neighbour in links.list(Int(current), into: neighbours) {
                if neighbour >= bound { break }
                fresh[freshCount] = neighbour
                freshCount += 1
            }
            rows.distances(query, of: UnsafeBufferPointer(rebasing: fresh[..<freshCount]), into: distances)
            var moved = false
            for index in 0..<freshCount where distances[index] < best {
                best = distances[index]
                current = fresh[index]
                moved = true
            }
            if !moved { return current }
        }
    }
}
