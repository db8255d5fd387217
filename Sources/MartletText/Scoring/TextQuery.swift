// A bag of words to search for.

/// The different terms of a query, ascending, with how often each occurs.
package struct TextQuery: Hashable, Sendable {
    package struct Term: Hashable, Sendable {
        package var bytes: [UInt8]
        package var count: Int
    }

    package let terms: [Term]

    /// The terms that the analyzer makes of a person's words.
    package init(_ text: String, analyzer: Analyzer) {
        self.init(terms: analyzer.terms(of: text))
    }

    package init(terms bag: [[UInt8]]) {
        var terms: [Term] = []
        for bytes in bag.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
            if terms.last?.bytes == bytes {
                terms[terms.count - 1].count += 1
            } else {
                terms.append(Term(bytes: bytes, count: 1))
            }
        }
        self.terms = terms
    }
}

package struct TextHit: Hashable, Sendable {
    package var rowid: Int64
    package var score: Float
    /// The segment's place in the searcher and the document's in the segment.
    package var segment: Int
    package var document: Int
}
