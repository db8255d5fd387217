// What an index has beside the codes of its rows, so that a search need not look at all of them.

package enum VectorStructure: Hashable, Sendable {
    /// Nothing: all rows are scanned.
    case flat
    case graph(GraphParameters)
    case lists(ListParameters)

    var graph: GraphParameters? {
        if case .graph(let parameters) = self { parameters } else { nil }
    }

    /// What a segment of so many rows has of it: a few are scanned faster than anything is made.
    package func ofSegment(rows: Int) -> VectorStructure { rows >= VectorMergePolicy.structureMinimum ? self : .flat }
}

/// How a segment's graph is built.
package struct GraphParameters: Hashable, Sendable, Codable {
    /// Links of a node on the upper levels; twice as many on the lowest.
    package var m: Int
    /// How many near nodes are looked at for a node's links.
    package var constructionSize: Int

    package init(m: Int = 16, constructionSize: Int = 200) {
        self.m = m
        self.constructionSize = constructionSize
    }

    package static let mRange = 4...128
    package static let constructionRange = 8...4_096
}

/// How a segment's rows are divided into lists, each of the rows nearest to one centre.
package struct ListParameters: Hashable, Sendable {
    /// The most lists of a segment; 0: as many as suit its rows.
    package var count: Int

    package init(count: Int = 0) { self.count = count }

    package static let countRange = 1...65_536
    /// Rows of a list, on average, at least.
    private static let leastRows = 8

    /// The lists of a segment of so many rows.
    func count(rows: Int) -> Int {
        let suiting = count > 0 ? count : Int(2 * Double(rows).squareRoot())
        return max(1, min(suiting, rows / Self.leastRows, Self.countRange.upperBound))
    }
}
