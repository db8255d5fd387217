// A bag of words to search for.

/// The different terms of a query in the order of their first occurrence, with how often each occurs.
package struct TextQuery: Hashable, Sendable {
    package struct Term: Hashable, Sendable {
        package var bytes: [UInt8]
        package var count: Int
    }

    package let terms: [Term]

    /// The terms that the analyzer makes of a person's words.
    package init(_ text: String, analyzer: Analyzer) {
        var places: [Int32: Int] = [:]
        var terms: [Term] = []
        for token in analyzer.tokens(of: text) {
            if let place = places[token.term] {
                terms[place].count += 1
            } else {
                places[token.term] = terms.count
                terms.append(Term(bytes: Array(analyzer.bytes(ofTerm: Int(token.term))), count: 1))
            }
        }
        self.terms = terms
    }

    package init(terms bag: [[UInt8]]) {
        var places: [[UInt8]: Int] = [:]
        var terms: [Term] = []
        for bytes in bag {
            if let place = places[bytes] {
                terms[place].count += 1
            } else {
                places[bytes] = terms.count
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
