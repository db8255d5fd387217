// Where a text matches a query.

import MartletCore

/// The words of a text that a query found, in the order of the text.
package struct TextMatches: Sendable {
    struct Match: Hashable, Sendable {
        /// In the text's UTF-8.
        var range: Range<Int>
        /// The term's or leaf's place in the query.
        var term: Int
    }

    let bytes: [UInt8]
    private(set) var matches: [Match] = []
    /// What each place in the query looks for.
    private let labels: [String]

    /// A text in which nothing is looked for.
    package init(withoutAnyIn text: String) {
        bytes = Array(text.utf8)
        labels = []
    }

    /// The words of a person's query. Linear in the text.
    package init(_ text: String, query: TextQuery, analyzer: Analyzer) {
        bytes = Array(text.utf8)
        labels = query.terms.map { String(decoding: $0.bytes, as: UTF8.self) }
        var wanted: [[UInt8]: Int] = [:]
        for (place, term) in query.terms.enumerated() { wanted[term.bytes] = place }
        let tokens = Self.tokens(bytes, analyzer)
        // Each different term is looked up once.
        var places: [Int32: Int?] = [:]
        for token in tokens {
            let place: Int?
            if let known = places[token.term] {
                place = known
            } else {
                place = wanted[Array(analyzer.bytes(ofTerm: Int(token.term)))]
                places[token.term] = .some(place)
            }
            if let place { matches.append(Match(range: Int(token.start)..<Int(token.end), term: place)) }
        }
    }

    /// The words by which a structured query's leaves match; those of a phrase only where it stands together.
    ///
    /// - Parameter field: which column of the index the text is of; nil for none.
    package init(_ text: String, field: Int?, query: StructuredQuery, analyzer: Analyzer) {
        bytes = Array(text.utf8)
        labels = query.leaves.map(\.label)
        let tokens = Self.tokens(bytes, analyzer)
        var places: [Int: Int] = [:]
        for (number, leaf) in query.leaves.enumerated()
        where leaf.isScored && (leaf.field == nil || leaf.field == field) {
            if case .phrase(let terms, let slop) = leaf.kind {
                let match = PhraseMatch(terms: terms.map { analyzer.number(ofTerm: $0) }, slop: slop)
                for occurrence in match.occurrences(in: tokens.map(\.term)) {
                    for place in occurrence where places[place] == nil { places[place] = number }
                }
                continue
            }
            var known: [Int32: Bool] = [:]
            for (place, token) in tokens.enumerated() where places[place] == nil {
                let accepts: Bool
                if let answer = known[token.term] {
                    accepts = answer
                } else {
                    accepts = leaf.accepts(Array(analyzer.bytes(ofTerm: Int(token.term)))[...])
                    known[token.term] = accepts
                }
                if accepts { places[place] = number }
            }
        }
        for (place, token) in tokens.enumerated() {
            if let number = places[place] {
                matches.append(Match(range: Int(token.start)..<Int(token.end), term: number))
            }
        }
    }

    private static func tokens(_ bytes: [UInt8], _ analyzer: Analyzer) -> [Token] {
        var tokens: [Token] = []
        bytes.withUnsafeBufferPointer { analyzer.analyze($0, into: &tokens) }
        return tokens
    }

    /// The places as JSON: `start`, from 1, and `length` in characters (code points), and the `term` that matches there.
    package var json: String {
        var position = 0
        var characters = 0
        func advance(to offset: Int) {
            while position < offset {
                if bytes[position] & 0xC0 != 0x80 { characters += 1 }
                position += 1
            }
        }
        let items = matches.map { match in
            // Pairs of ideographs overlap.
            if match.range.lowerBound < position { (position, characters) = (0, 0) }
            advance(to: match.range.lowerBound)
            let start = characters
            let length = bytes[match.range].count { $0 & 0xC0 != 0x80 }
            return
                "{\"start\":\(start + 1),\"length\":\(length),\"term\":\(TextExplanation.quoted(labels[match.term]))}"
        }
        return "[\(items.joined(separator: ","))]"
    }
}

extension StructuredQuery.Leaf {
    /// Whether a term begins or ends with a letter of a script that is indexed by pairs; the letter alone does both.
    static func isPair(_ term: some BidirectionalCollection<UInt8>, with letter: [UInt8]) -> Bool {
        term.starts(with: letter) || term.suffix(letter.count).elementsEqual(letter)
    }

    /// Whether a term of a text is one that the leaf looks for; of a phrase, any.
    func accepts(_ term: ArraySlice<UInt8>) -> Bool {
        switch kind {
        case .term(let bytes): term.elementsEqual(bytes)
        case .prefix(let prefix): term.starts(with: prefix)
        case .range(let range): range.contains(term)
        case .pairs(let letter): Self.isPair(term, with: letter)
        case .fuzzy(let word, let distance):
            term.withUnsafeBytes { EditDistance(word, limit: distance).isWithin($0) }
        case .phrase(let terms, _): terms.contains { term.elementsEqual($0) }
        case .nothing: false
        }
    }
}
