// Which words tell a document from others: what a search for more like it looks for.

package import MartletCore

extension TextSearcher {
    package static let characteristicTermLimit = 25

    /// The terms of some texts with the highest product of weighted frequency and inverse document frequency, each once;
    /// at most ``characteristicTermLimit``, equal ones by their bytes. Terms that no other document has are left out,
    /// as nothing else is found by them, and words of one character. Linear in the texts.
    ///
    /// - Parameters:
    ///   - texts: one a field; nil for nothing.
    ///   - documents: as which the index holds the texts, where that is not one document: their passages.
    package func characteristicTerms(
        of texts: [String?], heldAs documents: [[String?]]? = nil, analyzer: Analyzer
    ) throws(Diagnostic) -> TextQuery {
        var weighted: [Int32: Float] = [:]
        for (field, text) in texts.prefix(fieldCount).enumerated() where parameters.weights[field] > 0 {
            guard let text else { continue }
            var counts: [Int32: Int] = [:]
            for token in analyzer.queryTokens(of: text) { counts[token.term, default: 0] += 1 }
            for (term, count) in counts { weighted[term, default: 0] += parameters.weights[field] * Float(count) }
        }
        var own: [Int32: Int] = [:]
        for document in documents ?? [] {
            let terms = document.lazy.compactMap(\.self).flatMap { analyzer.queryTokens(of: $0).map(\.term) }
            for term in Set(terms) { own[term, default: 0] += 1 }
        }
        let all = weighted.map { term, frequency in
            (bytes: Array(analyzer.bytes(ofTerm: Int(term))), frequency: frequency, own: own[term] ?? 1)
        }
        var rated: [(bytes: [UInt8], rating: Double)] = []
        for located in try locate(TextQuery(terms: all.map(\.bytes))) {
            let term = all[located.position]
            if located.documentFrequency <= term.own || analyzer.isSingleCharacter(term.bytes) { continue }
            rated.append((term.bytes, Double(term.frequency) * located.inverseDocumentFrequency))
        }
        rated.sort { a, b in
            a.rating != b.rating ? a.rating > b.rating : a.bytes.lexicographicallyPrecedes(b.bytes)
        }
        return TextQuery(terms: rated.prefix(Self.characteristicTermLimit).map(\.bytes))
    }
}
