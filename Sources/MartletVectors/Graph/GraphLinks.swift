// The links of a navigable graph while it is built, in flat arrays, and how it is layered.

import MartletKernels

/// Lists of neighbours of one level.
///
/// Nodes of a level are the first `count` ones: a node's number says how high it reaches, so that no level needs a map.
protocol GraphLevel {
    var count: Int { get }
    /// No list is longer.
    var width: Int { get }
    /// A node's neighbours, unless one of them is `GraphLinks.none` or another number that names no node: then those
    /// before it. Valid until `memory`, which has room for `width` numbers, changes.
    func list(_ node: Int, into memory: UnsafeMutablePointer<UInt32>) -> UnsafeBufferPointer<UInt32>
    /// Asks for a node's list to be brought near.
    func prefetch(_ node: Int)
}

/// `width` numbers for each node, the list ending at the first that names no node.
struct GraphLinks: GraphLevel {
    static let none = UInt32.max

    let lists: UnsafePointer<UInt32>
    let width: Int
    let count: Int

    @inline(__always) func list(_ node: Int) -> UnsafeBufferPointer<UInt32> {
        UnsafeBufferPointer(start: lists + node * width, count: width)
    }

    @inline(__always)
    func list(_ node: Int, into memory: UnsafeMutablePointer<UInt32>) -> UnsafeBufferPointer<UInt32> { list(node) }

    @inline(__always) func prefetch(_ node: Int) { CodeRows.prefetch(lists + node * width) }
}

/// How a graph of n nodes is layered: level l ≥ 1 holds the first n / mˡ nodes, while they are at least two.
struct GraphLevels: Hashable, Sendable {
    static let limit = 16
    /// The nodes on each level; the first is all of them.
    let counts: [Int]

    init(nodeCount: Int, m: Int) {
        var counts = [nodeCount]
        var count = nodeCount / m
        while count > 1, counts.count < Self.limit {
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
