// What else to look for when a query holds certain words.

/// Synonyms as terms of one analyzer: a phrase of the query, given by its terms in a row, adds the terms of others. They
/// hold in one direction, and not for what was added.
package struct Synonyms: Sendable {
    private struct Entry {
        var phrase: [[UInt8]]
        var additions: [[UInt8]]
    }

    /// By the first term of the phrase.
    private var entries: [[UInt8]: [Entry]] = [:]

    /// So many pairs at most are kept.
    package static let limit = 100_000

    /// - Parameter pairs: what a query may hold, and what it is then to find too.
    package init(_ pairs: [(word: String, synonym: String)], analyzer: Analyzer) {
        for pair in pairs {
            let phrase = analyzer.terms(of: pair.word)
            guard let first = phrase.first else { continue }
            entries[first, default: []].append(Entry(phrase: phrase, additions: analyzer.terms(of: pair.synonym)))
        }
    }

    package var isEmpty: Bool { entries.isEmpty }

    /// The terms to be added to a query's, each once, in the order of the phrases' places.
    package func additions(to terms: [[UInt8]]) -> [[UInt8]] {
        var known = Set(terms)
        var result: [[UInt8]] = []
        for place in terms.indices {
            for entry in entries[terms[place]] ?? [] where terms[place...].starts(with: entry.phrase) {
                for term in entry.additions where known.insert(term).inserted { result.append(term) }
            }
        }
        return result
    }
}
