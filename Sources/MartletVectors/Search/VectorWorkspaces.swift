// Working memory, and what is known of indexes, that searches of one database hand to each other.

/// Safe from any thread: each piece is lent to one search at a time.
package final class VectorWorkspaces: Sendable {
    private let idle = IdleObjects<GraphScratch>(count: 16)
    let cache = VectorIndexCache()

    package init() {}

    func withScratch<R, E: Error>(nodeCount: Int, _ body: (GraphScratch) throws(E) -> R) throws(E) -> R {
        let scratch = idle.take() ?? GraphScratch(nodeCount: nodeCount)
        defer { idle.put(scratch) }
        return try body(scratch)
    }
}
