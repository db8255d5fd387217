// Building a navigable graph on several threads, with the same result for any number of them.

import MartletCore
import MartletKernels

/// Nodes enter in batches of their number: every node of a batch looks for its neighbours in the graph as it was before
/// the batch (in parallel), then all links are entered, each list by one thread in the order of the nodes.
///
/// Rows should come in an order that has nothing to do with what they are like: those of one batch do not see each
/// other, and the first ones make the upper levels.
final class GraphBuilder {
    let rows: CodeRows
    let dimension: Int
    let m: Int
    let constructionSize: Int
    let levels: GraphLevels
    /// Neighbours of each level: width `2 m` on the lowest, `m` above.
    private var lists: [UnsafeMutablePointer<UInt32>] = []

    /// - Parameters:
    ///   - m: links of a node above the lowest level, 4...128.
    ///   - constructionSize: how many near nodes are looked at for a node's links.
    init(_ rows: CodeRows, dimension: Int, m: Int, constructionSize: Int) {
        precondition((2...GraphScratch.widestList / 2).contains(m) && constructionSize > 0)
        precondition(rows.count < 1 << 31)
        self.rows = rows
        self.dimension = dimension
        self.m = m
        self.constructionSize = constructionSize
        levels = GraphLevels(nodeCount: rows.count, m: m)
        for (level, count) in levels.counts.enumerated() {
            let list = UnsafeMutablePointer<UInt32>.allocate(capacity: max(1, count * width(level)))
            list.initialize(repeating: GraphLinks.none, count: max(1, count * width(level)))
            lists.append(list)
        }
    }

    deinit {
        for list in lists { list.deallocate() }
    }

    private func width(_ level: Int) -> Int { level == 0 ? 2 * m : m }

    func links(_ level: Int) -> GraphLinks {
        GraphLinks(lists: UnsafePointer(lists[level]), width: width(level), count: levels.counts[level])
    }

    /// Enters all rows.
    ///
    /// - Parameters:
    ///   - progress: called between batches with the number of rows entered.
    ///   - check: called between batches.
    /// - Throws: what `check` throws.
    func build(
        threads: Int, progress: ((Int) -> Void)? = nil, check: () throws(Diagnostic) -> Void
    ) throws(Diagnostic) {
        var entered = min(1, rows.count)
        while entered < rows.count {
            try check()
            let batch = entered..<min(rows.count, entered + max(1, min(entered / 32, 4_096)))
            try enter(batch, threads: threads)
            entered = batch.upperBound
            progress?(entered)
        }
    }

    /// The links that a node asks for, from its highest level down.
    private struct Wanted: Sendable {
        var levels: [[UInt32]]
    }

    /// `@unchecked Sendable`: parts look at lists that no part changes, or change the lists of nodes that are theirs.
    private struct Shared: @unchecked Sendable {
        let builder: GraphBuilder
    }

    private func enter(_ batch: Range<Int>, threads: Int) throws(Diagnostic) {
        let shared = Shared(builder: self)
        let existing = batch.lowerBound
        let partCount = min(batch.count, max(1, threads))
        // Small portions, so that threads end together.
        let portion = max(1, min(64, batch.count / (4 * partCount)))
        let portions = (batch.count + portion - 1) / portion
        let pools = Parts(count: partCount)
        let found = try Parallel.map(count: portions, threads: partCount) { (part) throws(Diagnostic) -> [Wanted] in
            let builder = shared.builder
            let worker = pools.take() ?? Worker(builder)
            defer { pools.put(worker) }
            let first = existing + part * portion
            return (first..<min(first + portion, batch.upperBound)).map {
                builder.wanted($0, existing: existing, worker)
            }
        }
        let wanted = found.flatMap { $0 }
        _ = try Parallel.map(count: partCount, threads: partCount) { (part) throws(Diagnostic) -> Void in
            let builder = shared.builder
            let worker = pools.take() ?? Worker(builder)
            defer { pools.put(worker) }
            for (offset, node) in wanted.enumerated() {
                let id = UInt32(truncatingIfNeeded: existing + offset)
                for (level, neighbours) in node.levels.enumerated() {
                    if Int(id) % partCount == part { builder.set(neighbours[...], of: id, level) }
                    for neighbour in neighbours where Int(neighbour) % partCount == part {
                        builder.add(id, to: neighbour, level, worker.selection)
                    }
                }
            }
        }
    }

    /// Finds a node's neighbours among the first `existing` nodes.
    private func wanted(_ node: Int, existing: Int, _ worker: Worker) -> Wanted {
        let query = rows.query(ofRow: node, dimension: dimension, in: worker.queryMemory)
        let top = levels.top(of: node)
        var entry: UInt32 = 0
        var level = levels.counts.count - 1
        while level > top {
            entry = worker.scratch.descend(
                links(level), rows, query, from: entry, limit: min(existing, levels.counts[level]))
            level -= 1
        }
        var result = [[UInt32]](repeating: [], count: top + 1)
        while level >= 0 {
            let count = withUnsafePointer(to: entry) {
                worker.scratch.walk(
                    links(level), rows, query, from: UnsafeBufferPointer(start: $0, count: 1), size: constructionSize,
                    limit: min(existing, levels.counts[level]))
            }
            let pool = UnsafeMutableBufferPointer(start: worker.scratch.pool, count: count)
            for index in pool.indices { pool[index] &= ~1 }
            if let first = pool.first { entry = PoolEntry.node(first) }
            result[level] = worker.selection.select(UnsafeBufferPointer(pool), limit: m).map(PoolEntry.node)
            level -= 1
        }
        return Wanted(levels: result)
    }

    private func set(_ neighbours: ArraySlice<UInt32>, of node: UInt32, _ level: Int) {
        let list = lists[level] + Int(node) * width(level)
        for (index, neighbour) in neighbours.enumerated() { list[index] = neighbour }
        for index in neighbours.count..<width(level) { list[index] = GraphLinks.none }
    }

    private func add(_ source: UInt32, to node: UInt32, _ level: Int, _ selection: NeighbourSelection) {
        let width = width(level)
        let list = lists[level] + Int(node) * width
        var count = 0
        while count < width, list[count] != GraphLinks.none { count += 1 }
        if count < width {
            list[count] = source
            return
        }
        let entries = selection.entries(Array(UnsafeBufferPointer(start: list, count: width)) + [source], from: node)
        let kept = entries.withUnsafeBufferPointer { selection.select($0, limit: width) }
        set(kept.map(PoolEntry.node)[...], of: node, level)
    }

    // MARK: The finished graph

    /// The nodes in an order that has neighbours near each other, so that a walk touches fewer pages: breadth first from
    /// the first node. Nodes of the upper levels keep their places, because a node's number says how high it reaches.
    ///
    /// - Returns: for each new number the old one.
    func localOrder() -> [UInt32] {
        let upper = levels.counts.count > 1 ? levels.counts[1] : min(1, rows.count)
        var order = Array(0..<UInt32(upper))
        order.reserveCapacity(rows.count)
        var isSeen = [Bool](repeating: false, count: rows.count)
        for node in 0..<upper { isSeen[node] = true }
        var next = 0
        var unseen = upper
        let lowest = links(0)
        while order.count < rows.count {
            if next == order.count {
                while isSeen[unseen] { unseen += 1 }
                isSeen[unseen] = true
                order.append(UInt32(unseen))
            }
            for neighbour in lowest.list(Int(order[next])) {
                if neighbour == GraphLinks.none { break }
                if isSeen[Int(neighbour)] { continue }
                isSeen[Int(neighbour)] = true
                order.append(neighbour)
            }
            next += 1
        }
        return order
    }

    /// The lists of all levels with the nodes renumbered, the lowest first.
    func packedLinks(order: [UInt32]) -> [[UInt8]] {
        var renumbered = [UInt32](repeating: 0, count: order.count)
        for (new, old) in order.enumerated() { renumbered[Int(old)] = UInt32(new) }
        return levels.counts.indices.map { level in
            let links = links(level)
            return PackedLinks.packed(count: links.count) { node in
                links.list(Int(order[node])).prefix { $0 != GraphLinks.none }.map { renumbered[Int($0)] }
            }
        }
    }

    /// One thread's working memory.
    private final class Worker {
        let scratch: GraphScratch
        let selection: NeighbourSelection
        let queryMemory: UnsafeMutableBufferPointer<Int8>

        init(_ builder: GraphBuilder) {
            scratch = GraphScratch(nodeCount: builder.rows.count)
            selection = NeighbourSelection(builder.rows, dimension: builder.dimension)
            queryMemory = CodeRows.queryMemory(builder.rows.queryByteCount)
        }

        deinit { queryMemory.deallocate() }
    }

    private typealias Parts = IdleObjects<Worker>
}
