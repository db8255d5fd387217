// A ranked list in the order that trec_eval gives it.

/// A document that a search returned, with its score; higher is better.
package struct ScoredDocument: Hashable, Sendable {
    package var document: String
    package var score: Double

    package init(document: String, score: Double) {
        self.document = document
        self.score = score
    }
}

package enum Ranking {
    /// The documents, best first: by score descending, ties by document descending in byte order.
    ///
    /// trec_eval keeps scores in single precision, so scores that differ only beyond it are ties here too; that is
    /// what makes the figures equal. NaN counts as the lowest score. Of a document that occurs more than once, the best
    /// place counts. O(n log n).
    package static func ordered(_ results: [ScoredDocument]) -> [String] {
        let keyed = results.map { result -> (key: Float, document: String) in
            let single = Float(result.score)
            return (single.isNaN ? -.infinity : single, result.document)
        }
        let sorted = keyed.sorted { left, right in
            if left.key != right.key { return left.key > right.key }
            return right.document.utf8.lexicographicallyPrecedes(left.document.utf8)
        }
        var seen = Set<String>(minimumCapacity: sorted.count)
        var documents: [String] = []
        documents.reserveCapacity(sorted.count)
        for (_, document) in sorted where seen.insert(document).inserted { documents.append(document) }
        return documents
    }
}
