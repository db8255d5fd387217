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
        if case .approximate(let size) = mode, reader.hasGraph,
            let poolSize = VectorSearchCost.poolSize(
                size: max(size, k), matches: matches, isFiltered: allowed != nil, count: reader.count,
                bytes: reader.rows.stride)
        {
            let found = walk(poolSize, allowed, into: &candidates)
            // A walk that met too few rows that match has not seen all that do.
            if found >= min(k, live(allowed)) {
                figures.walkedSegments += 1
                return
            }
        }
        figures.scannedSegments += 1
        if let allowed, matches < reader.count / 2 {
            gather(allowed, into: &candidates)
        } else {
            scan(allowed, into: &candidates)
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

    /// - Returns: how many of the rows met may be found.
    private func walk(_ size: Int, _ allowed: OrdinalBitmap?, into candidates: inout VectorCandidates) -> Int {
        let pool = size * reader.count / max(1, reader.count - deletedCount) + (deletedCount > 0 ? 8 : 0)
        return workspaces.withScratch(nodeCount: reader.count) { scratch in
            var entry: UInt32 = 0
            for level in reader.links.dropFirst().reversed() {
                entry = scratch.descend(level, reader.rows, query.view, from: entry, limit: level.count)
            }
            let count = withUnsafePointer(to: entry) {
                scratch.walk(
                    reader.links[0], reader.rows, query.view, from: UnsafeBufferPointer(start: $0, count: 1),
                    size: min(pool, reader.count), limit: reader.count)
            }
            var found = 0
            for entry in UnsafeBufferPointer(start: scratch.pool, count: count) {
                let node = Int(PoolEntry.node(entry))
                guard isWanted(node, allowed) else { continue }
                found += 1
                offer(node, PoolEntry.distance(entry), to: &candidates)
            }
            return found
        }
    }

    /// Needed for inner products alone.
    private func greatestLength() -> Float { reader.metric == .dot ? reader.greatestLength() : 0 }

    private static let block = 512

    private func scan(_ allowed: OrdinalBitmap?, into candidates: inout VectorCandidates) {
        let greatestLength = greatestLength()
        withUnsafeTemporaryAllocation(of: Float.self, capacity: Self.block) { distances in
            withUnsafeTemporaryAllocation(of: UInt32.self, capacity: Self.block) { near in
                distances.initialize(repeating: 0)
                near.initialize(repeating: 0)
                var start = 0
                while start < reader.count {
                    let end = min(start + Self.block, reader.count)
                    reader.rows.distances(query.view, of: start..<end, into: distances)
                    let limit = query.distanceLimit(
                        rank: candidates.limit, greatestError: reader.greatestError, greatestLength: greatestLength)
                    var position = 0
                    while position < end - start {
                        let found = NearPositions.collect(
                            UnsafeBufferPointer(rebasing: distances[..<(end - start)]), from: &position, limit: limit,
                            into: near)
                        for index in 0..<found {
                            let offset = Int(near[index])
                            if isWanted(start + offset, allowed) {
                                offer(start + offset, distances[offset], to: &candidates)
                            }
                        }
                    }
                    start = end
                }
            }
        }
    }

    /// Scans the allowed nodes only.
    private func gather(_ allowed: OrdinalBitmap, into candidates: inout VectorCandidates) {
        let greatestLength = greatestLength()
        withUnsafeTemporaryAllocation(of: Float.self, capacity: Self.block) { distances in
            withUnsafeTemporaryAllocation(of: UInt32.self, capacity: Self.block) { nodes in
                distances.initialize(repeating: 0)
                nodes.initialize(repeating: 0)
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
}
