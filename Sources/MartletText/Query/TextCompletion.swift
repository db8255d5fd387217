// What a person may be about to type.

package import MartletCore

package struct TextCompletion: Hashable, Sendable {
    /// What was typed, with its last word completed.
    package var text: String
    /// The completed word.
    package var word: String
    /// The number of documents with the word, in this form or another that the index does not tell from it.
    package var documentFrequency: Int
}

extension TextSearcher {
    /// The words that complete the last one of a text, by falling number of documents; none if a space stands behind it.
    ///
    /// A term of the index gives one word: the form that its documents have most often among those that begin as it was
    /// typed. O(terms that begin so) and the reading of some short documents for each word.
    package func completions(
        of typed: String, limit: Int, _ forms: WordForms, check: () throws(Diagnostic) -> Void
    ) throws(Diagnostic) -> [TextCompletion] {
        let bytes = Array(typed.utf8)
        // An identifier first as a whole, then its last part.
        for token in forms.plain.tokens(of: typed) where Int(token.end) == bytes.count {
            let start = Int(token.start)
            let word = Array(forms.plain.bytes(ofTerm: Int(token.term)))
            let written = String(decoding: bytes[start...], as: UTF8.self)
            var found = try completions(of: word, written, limit: limit, forms, check: check)
            if found.isEmpty { continue }
            let before = String(decoding: bytes[..<start], as: UTF8.self)
            for index in found.indices { found[index].text = before + found[index].word }
            return found
        }
        return []
    }

    private func completions(
        of prefix: [UInt8], _ written: String, limit: Int, _ forms: WordForms, check: () throws(Diagnostic) -> Void
    ) throws(Diagnostic) -> [TextCompletion] {
        var terms = try FrequentTerms(prefix: prefix, in: self, check: check)
        var stems = try stems(of: prefix, written, forms)[...]
        var next = try terms.next()
        var result: [TextCompletion] = []
        // Terms of which no document at hand has a word that begins so are passed over, but not without end.
        for _ in 0..<4 * limit + 16 where result.count < limit {
            try check()
            var best: (term: [UInt8], documentFrequency: Int)
            if let stem = stems.first, stem.documentFrequency > next?.documentFrequency ?? 0 {
                best = stem
                stems.removeFirst()
            } else if let term = next {
                best = term
                next = try terms.next()
            } else {
                break
            }
            let known = try forms.forms(of: best.term) { $0.word.starts(with: prefix) }
            let word =
                if let form = known.first(where: { $0.word.starts(with: prefix) }) {
                    form.spelling
                } else if known.isEmpty, best.term.starts(with: prefix) {
                    String(decoding: best.term, as: UTF8.self)
                } else {
                    String?.none
                }
            guard let word else { continue }
            result.append(TextCompletion(text: word, word: word, documentFrequency: best.documentFrequency))
        }
        return result
    }

    /// Terms that words with the prefix may have although they do not begin with it: stems are shorter than words, or end
    /// otherwise. By falling number of documents.
    private func stems(
        of prefix: [UInt8], _ written: String, _ forms: WordForms
    ) throws(Diagnostic) -> [(term: [UInt8], documentFrequency: Int)] {
        let definition = forms.analyzer.definition
        guard definition.stemming, definition.language != "none" else { return [] }
        var candidates = Set(forms.analyzer.terms(of: written))
        for length in 2..<max(2, prefix.count) where prefix[length] & 0xC0 != 0x80 {
            candidates.insert(Array(prefix[..<length]))
        }
        var found: [(term: [UInt8], documentFrequency: Int)] = []
        for term in candidates where !term.starts(with: prefix) {
            let frequency = try documentFrequency(of: term)
            if frequency > 0 { found.append((term, frequency)) }
        }
        return found.sorted { a, b in
            a.documentFrequency != b.documentFrequency
                ? a.documentFrequency > b.documentFrequency : a.term.lexicographicallyPrecedes(b.term)
        }
    }
}
