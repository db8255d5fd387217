// Candidates of one segment: by a walk through its graph, or by a scan of its codes.

import MartletCore
import MartletKernels

struct SegmentSearch {
    private let reader: VectorSegmentReader
    private let deleted: OrdinalBitmap?
    private let deletedCount: Int
    private let query: EncodedQuery
    private let number: Int
    private let workspaces: VectorWorkspaces

    init(_ segment: VectorSegment, _ query: EncodedQuery, number: Int, workspaces: VectorWorkspaces) {
        reader = segment.reader
        deleted = segment.deleted
        deletedCount = segment.deletedCount
        self.query = query
        self.number = number
        self.workspaces = workspaces
    }

    func run(
        k: Int, mode: VectorSearchMode, filter: [Int64]?, into candidates: inout VectorCandidates,
        figures: inout VectorSearchFigures
    ) throws(Diagnostic) {
        var allowed: OrdinalBitmap?
        if let filter { allowed = try self.allowed(filter) }
        let matches = allowed?.count ?? reader.count
        guard matches > 0 else { return }
        if case .approximate(let size, _) = mode, reader.hasGraph,
            let poolSize = VectorSearchCost.poolSize(
                size: max(size, k), matches: matches, isFiltered: allowed != nil, count: reader.count,
                bytes: reader.rows.stride, walkedBytes: reader.walkedBytes)
        {
            // A walk that met too few rows that match has not seen all that do.
            if walk(poolSize, atLeast: min(k, live(allowed)), allowed, into: &candidates) {
                figures.walkedSegments += 1
                return
            }
        }
        if case .approximate(_, let lists) = mode, reader.listCount > 0,
            let probes = VectorSearchCost.probes(
                lists ?? VectorSearchCost.usualProbes(of: reader.listCount), of: reader.listCount, matches: matches,
                isFiltered: allowed != nil, count: reader.count, bytes: reader.rows.stride)
        {
            figures.probedSegments += 1
            return try probe(probes, atLeast: min(k, live(allowed)), allowed, into: &candidates)
        }
        figures.scannedSegments += 1
        if let allowed, matches < reader.count / 2 {
            gather(allowed, into: &candidates)
        } else {
            withScanMemory { scan(0..<reader.count, allowed, $0, into: &candidates) }
        }
    }

    private func live(_ allowed: OrdinalBitmap?) -> Int { allowed?.count ?? reader.count - deletedCount }

    /// The nodes of the filter's rows that are not deleted.
    private func allowed(_ filter: [Int64]) throws(Diagnostic) -> OrdinalBitmap {
        var bitmap = OrdinalBitmap(capacity: reader.count)
        var place = 0
        for rowID in filter {
            guard let node = try reader.node(ofRow: rowID, from: &place), !(deleted?.contains(node) ?? false) else {
                continue
            }
            bitmap.insert(node)
        }
        return bitmap
    }

    @inline(__always)
    private func isWanted(_ node: Int, _ allowed: OrdinalBitmap?) -> Bool {
        if let allowed { return allowed.contains(node) }
        return !(deleted?.contains(node) ?? false)
    }

    private func offer(_ node: Int, _ distance: Float, to candidates: inout VectorCandidates) {
        let (lower, upper) = query.bounds(
            distance, rowError: reader.error(ofNode: node), rowLength: { reader.length(ofNode: node) })
        candidates.offer(segment: number, node: node, lower: lower, upper: upper)
    }

    /// - Returns: false, and no candidates, if fewer than `wanted` of the rows met may be found.
    private func walk(
        _ size: Int, atLeast wanted: Int, _ allowed: OrdinalBitmap?, into candidates: inout VectorCandidates
    ) -> Bool {
        let pool = size * reader.count / max(1, reader.count - deletedCount) + (deletedCount > 0 ? 8 : 0)
        return workspaces.withScratch(nodeCount: reader.count) { scratch in
            let size = min(pool, reader.count)
            let count =
                if let nibbles = reader.nibbles {
                    scratch.search(
                        reader.links, nibbles, reader.rows, query.view, dimension: reader.dimension, size: size)
                } else {
                    scratch.search(reader.links, reader.rows, query.view, size: size)
                }
            let pool = UnsafeBufferPointer(start: scratch.pool, count: count)
            var found = pool.count
            if allowed != nil || deleted != nil {
                found = pool.reduce(0) { $0 + (isWanted(Int(PoolEntry.node($1)), allowed) ? 1 : 0) }
            }
            guard found >= wanted else { return false }
            for entry in pool where isWanted(Int(PoolEntry.node(entry)), allowed) {
                offer(Int(PoolEntry.node(entry)), PoolEntry.distance(entry), to: &candidates)
            }
            return true
        }
    }

    /// Looks into the lists whose centres are nearest, and into further ones until `wanted` rows have been met.
    private func probe(
        _ probes: Int, atLeast wanted: Int, _ allowed: OrdinalBitmap?, into candidates: inout VectorCandidates
    ) throws(Diagnostic) {
        let count = reader.listCount
        let lists = workspaces.withScratch(nodeCount: 0) { scratch in
            scratch.nearest(probes, of: reader.count..<reader.count + count, reader.rows, query.view)
        }
        var met = 0
        func look(_ list: Int) throws(Diagnostic) {
            let nodes = try reader.nodes(ofList: list)
            if allowed == nil, deleted == nil {
                met += nodes.count
            } else {
                for node in nodes where isWanted(node, allowed) { met += 1 }
            }
            withScanMemory { scan(nodes, allowed, $0, into: &candidates) }
        }
        for list in lists { try look(list) }
        guard met < wanted else { return }
        let seen = Set(lists)
        let rest = workspaces.withScratch(nodeCount: 0) { scratch in
            scratch.nearest(count, of: reader.count..<reader.count + count, reader.rows, query.view)
        }
        for list in rest where met < wanted && !seen.contains(list) { try look(list) }
    }

    /// Of some nodes; needed for inner products alone.
    private func greatestLength(of nodes: Range<Int>) -> Float {
        reader.metric == .dot ? reader.greatestLength(of: nodes) : 0
    }

    private static let block = 512

    private typealias ScanMemory = (
        distances: UnsafeMutableBufferPointer<Float>, near: UnsafeMutableBufferPointer<UInt32>
    )

    private func withScanMemory(_ body: (ScanMemory) -> Void) {
        withUnsafeTemporaryAllocation(of: Float.self, capacity: Self.block) { distances in
            withUnsafeTemporaryAllocation(of: UInt32.self, capacity: Self.block) { near in
                distances.initialize(repeating: 0)
                near.initialize(repeating: 0)
                body((distances, near))
            }
        }
    }

    private func scan(
        _ nodes: Range<Int>, _ allowed: OrdinalBitmap?, _ memory: ScanMemory, into candidates: inout VectorCandidates
    ) {
        let greatestLength = greatestLength(of: nodes)
        var start = nodes.lowerBound
        while start < nodes.upperBound {
            let end = min(start + Self.block, nodes.upperBound)
            reader.rows.distances(query.view, of: start..<end, into: memory.distances)
            let limit = query.distanceLimit(
                rank: candidates.limit, greatestError: reader.greatestError, greatestLength: greatestLength)
            var position = 0
            while position < end - start {
                let found = NearPositions.collect(
                    UnsafeBufferPointer(rebasing: memory.distances[..<(end - start)]), from: &position, limit: limit,
                    into: memory.near)
                for index in 0..<found {
                    let offset = Int(memory.near[index])
                    if isWanted(start + offset, allowed) {
                        offer(start + offset, memory.distances[offset], to: &candidates)
                    }
                }
            }
            start = end
        }
    }

    /// Scans the allowed nodes only.
    private func gather(_ allowed: OrdinalBitmap, into candidates: inout VectorCandidates) {
        let greatestLength = greatestLength(of: 0..<reader.count)
        withScanMemory { memory in
            let (distances, nodes) = memory
            var count = 0
            func flush() {
                reader.rows.distances(
                    query.view, of: UnsafeBufferPointer(rebasing: nodes[..<count]), into: distances)
                let limit = query.distanceLimit(
                    rank: candidates.limit, greatestError: reader.greatestError, greatestLength: greatestLength)
                for index in 0..<count where distances[index] <= limit {
                    offer(Int(nodes[index]), distances[index], to: &candidates)
                }
                count = 0
            }
            for (index, word) in allowed.words.enumerated() {
                var rest = word
                while rest != 0 {
                    nodes[count] = UInt32(truncatingIfNeeded: index << 6 | rest.trailingZeroBitCount)
                    rest &= rest - 1
                    count += 1
                    if count == Self.block { flush() }
                }
            }
            flush()
        }
    }
}
