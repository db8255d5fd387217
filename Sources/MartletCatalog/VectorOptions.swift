// How a vector index measures and finds. Part of the stored definition.

package struct VectorOptions: Hashable, Sendable, Codable {
    package enum Metric: String, Hashable, Sendable, Codable, CaseIterable {
        case cosine, l2, dot, hamming
    }

    package enum Structure: String, Hashable, Sendable, Codable, CaseIterable {
        /// Every row is looked at, by its codes.
        case flat
        /// A graph of neighbours.
        case hnsw
    }

    package var structure: Structure
    package var metric: Metric
    /// Links of a node on the upper levels of the graph.
    package var m: Int
    /// How many near rows are looked at for a row's links.
    package var constructionSize: Int

    package init(structure: Structure, metric: Metric = .cosine, m: Int = 16, constructionSize: Int = 200) {
        self.structure = structure
        self.metric = metric
        self.m = m
        self.constructionSize = constructionSize
    }
}
