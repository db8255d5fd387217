// What one walk through a graph needs in memory, kept for the next.

import MartletKernels

/// Used by one thread at a time.
final class GraphScratch {
    /// The nearest nodes so far, ascending. Of each: the distance in order-preserving form, then the node, then whether
    /// its neighbours have been looked at (the lowest bit).
    private(set) var pool: UnsafeMutablePointer<UInt64>
    private var poolCapacity: Int
    /// The walk that saw a node last, modulo 255.
    private(set) var visits: UnsafeMutablePointer<UInt8>
    private(set) var visitCapacity: Int
    private(set) var epoch: UInt8 = 0
    let fresh: UnsafeMutableBufferPointer<UInt32>
    let distances: UnsafeMutableBufferPointer<Float>
    /// Of one node, as its level gives them.
    let neighbours: UnsafeMutablePointer<UInt32>

    /// Of a query of 4-bit rows.
    private var nibbles = UnsafeMutableBufferPointer<Int8>(start: nil, count: 0)

    static let widestList = 512

    init(nodeCount: Int) {
        poolCapacity = 512
        pool = .allocate(capacity: poolCapacity + 1)
        visitCapacity = max(nodeCount, 1)
        visits = .allocate(capacity: visitCapacity)
        visits.initialize(repeating: 0, count: visitCapacity)
        fresh = .allocate(capacity: Self.widestList)
        distances = .allocate(capacity: Self.widestList)
        neighbours = .allocate(capacity: Self.widestList)
        fresh.initialize(repeating: 0)
        distances.initialize(repeating: 0)
    }

    deinit {
        pool.deallocate()
        visits.deallocate()
        fresh.deallocate()
        neighbours.deallocate()
        distances.deallocate()
        nibbles.deallocate()
    }

    /// Memory for a query of 4-bit rows; valid until the next call.
    func nibbleMemory(_ byteCount: Int) -> UnsafeMutableBufferPointer<Int8> {
        if byteCount > nibbles.count {
            nibbles.deallocate()
            nibbles = CodeRows.queryMemory(byteCount)
        }
        return nibbles
    }

    /// Forgets the nodes seen, and makes room for a pool of `size`.
    func begin(nodeCount: Int, poolSize size: Int) {
        if size > poolCapacity {
            pool.deallocate()
            poolCapacity = size
            pool = .allocate(capacity: size + 1)
        }
        if nodeCount > visitCapacity {
            visits.deallocate()
            visitCapacity = nodeCount
            visits = .allocate(capacity: nodeCount)
            visits.initialize(repeating: 0, count: nodeCount)
            epoch = 0
        }
        if epoch == .max {
            visits.update(repeating: 0, count: visitCapacity)
            epoch = 0
        }
        epoch += 1
    }
}

/// A node of the pool, packed.
enum PoolEntry {
    /// - Parameter node: below 2³¹.
    @inline(__always) static func make(_ distance: Float, _ node: UInt32) -> UInt64 {
        let bits = distance.bitPattern
        let ordered = bits ^ (bits >> 31 == 1 ? .max : 1 << 31)
        return UInt64(ordered) << 32 | UInt64(node) << 1
    }

    @inline(__always) static func node(_ entry: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: entry) >> 1 }

    /// Enters a node into a pool that is ascending, of which the farthest falls out when there are more than `limit`.
    ///
    /// - Returns: its place; nil if it is farther than all of a full pool.
    @inline(__always)
    static func insert(
        _ entry: UInt64, into pool: UnsafeMutablePointer<UInt64>, count: inout Int, limit: Int
    ) -> Int? {
        if count == limit {
            if entry > pool[count - 1] { return nil }
        } else {
            count += 1
        }
        // The last place is free, or holds what falls out.
        var low = 0
        var high = count - 1
        while low < high {
            let middle = (low + high) >> 1
            if pool[middle] < entry { low = middle + 1 } else { high = middle }
        }
        if low < count - 1 {
            (pool + low + 1).update(from: pool + low, count: count - 1 - low)
        }
        pool[low] = entry
        return low
    }

    @inline(__always) static func isExpanded(_ entry: UInt64) -> Bool { entry & 1 == 1 }

    @inline(__always) static func distance(_ entry: UInt64) -> Float {
        let ordered = UInt32(truncatingIfNeeded: entry >> 32)
        return Float(bitPattern: ordered >> 31 == 1 ? ordered ^ (1 << 31) : ~ordered)
    }
}
