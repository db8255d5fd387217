// The links of a navigable graph in flat arrays.

/// Lists of neighbours of one level: `width` numbers for each node, the list ending at the first that names no node.
///
/// Nodes of a level are the first `count` ones: a node's number says how high it reaches, so that no level needs a map.
struct GraphLinks {
    static let none = UInt32.max

    // Little-endian, as the processors that this runs on have it.
    let lists: UnsafePointer<UInt32>
    let width: Int
    let count: Int

    @inline(__always) func list(_ node: Int) -> UnsafeBufferPointer<UInt32> {
        UnsafeBufferPointer(start: lists + node * width, count: width)
    }
}

/// How a graph of n nodes is layered: level l ≥ 1 holds the first n / mˡ nodes, while they are at least two.
struct GraphLevels: Hashable, Sendable {
    /// The nodes on each level; the first is all of them.
    let counts: [Int]

    init(nodeCount: Int, m: Int) {
        var counts = [nodeCount]
        var count = nodeCount / m
        while count > 1, counts.count < 16 {
            counts.append(count)
            count /= m
        }
        self.counts = counts
    }

    /// The highest level that a node is on.
    func top(of node: Int) -> Int {
        var level = counts.count - 1
        while level > 0, counts[level] <= node { level -= 1 }
        return level
    }
}
