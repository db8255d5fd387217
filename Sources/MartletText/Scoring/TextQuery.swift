// A bag of words to search for.

/// The different terms of a query in the order of their first occurrence, with how often each occurs.
package struct TextQuery: Hashable, Sendable {
    package struct Term: Hashable, Sendable {
        package var bytes: [UInt8]
        package var count: Int
        /// How much each occurrence counts.
        package var weight: Float = 1
    }

    package private(set) var terms: [Term]

    /// The terms that the analyzer makes of a person's words.
    package init(_ text: String, analyzer: Analyzer) {
        // Few words are compared with each other faster than hashed.
        var numbers: [Int32] = []
        var places: [Int32: Int] = [:]
        var terms: [Term] = []
        for token in analyzer.queryTokens(of: text) {
            let known = numbers.count <= 32 ? numbers.firstIndex(of: token.term) : places[token.term]
            if let known {
                terms[known].count += 1
                continue
            }
            numbers.append(token.term)
            if numbers.count == 33 {
                for (place, number) in numbers.enumerated() { places[number] = place }
            } else if numbers.count > 33 {
                places[token.term] = terms.count
            }
            terms.append(Term(bytes: Array(analyzer.bytes(ofTerm: Int(token.term))), count: 1))
        }
        self.terms = terms
        weighSingleCharacters(analyzer)
    }

    /// As above, and the synonyms of what the words are.
    package init(_ text: String, analyzer: Analyzer, synonyms: Synonyms) {
        let terms = analyzer.queryTokens(of: text).map { Array(analyzer.bytes(ofTerm: Int($0.term))) }
        self.init(terms: terms + synonyms.additions(to: terms))
        weighSingleCharacters(analyzer)
    }

    /// Words of one character say little about a text beside longer ones.
    private static let singleCharacterWeight: Float = 0.2

    private mutating func weighSingleCharacters(_ analyzer: Analyzer) {
        guard terms.contains(where: { !analyzer.isSingleCharacter($0.bytes) }) else { return }
        for place in terms.indices where analyzer.isSingleCharacter(terms[place].bytes) {
            terms[place].weight = Self.singleCharacterWeight
        }
    }

    /// The query with further terms, each once and only if it is new, that count less than a person's own.
    package func adding(_ additions: [[UInt8]], weight: Float) -> TextQuery {
        if additions.isEmpty { return self }
        var query = self
        var known = Set(terms.map(\.bytes))
        for bytes in additions where known.insert(bytes).inserted {
            query.terms.append(Term(bytes: bytes, count: 1, weight: weight))
        }
        return query
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

    package init(rowid: Int64, score: Float, segment: Int, document: Int) {
        self.rowid = rowid
        self.score = score
        self.segment = segment
        self.document = document
    }
}
