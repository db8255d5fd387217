// What a person may have meant to type.

package import MartletCore

/// A word of a text that an index does not have, or hardly.
package struct TextCorrection: Hashable, Sendable {
    /// Where it stands in the text's UTF-8.
    package var range: Range<Int>
    /// What may have been meant; nil if nothing is better.
    package var suggestion: Suggestion?

    package struct Suggestion: Hashable, Sendable {
        package var word: String
        /// The number of documents with the word, in this form or another that the index does not tell from it.
        package var documentFrequency: Int
    }

    /// The text with all suggestions in their places; nil if there is none.
    package static func corrected(_ text: String, _ corrections: [TextCorrection]) -> String? {
        var bytes = Array(text.utf8)
        for correction in corrections.reversed() {
            guard let suggestion = correction.suggestion else { continue }
            bytes.replaceSubrange(correction.range, with: Array(suggestion.word.utf8))
        }
        return corrections.contains { $0.suggestion != nil } ? String(decoding: bytes, as: UTF8.self) : nil
    }
}

extension TextSearcher {
    /// No more words of a text are looked at.
    package static let correctedWordLimit = 64

    /// A term is rare if it is in one document, or in one of so many.
    private static let rareDocumentShare = 10_000

    /// The words of a text that are in no document, or in so few that they may be mistakes, in the order of the text.
    ///
    /// Suggested for a word is the closest term that is far more frequent: at one edit (a letter more, less or other, or two
    /// swapped) ten times, at two edits a hundred times; of several the most frequent. Terms of three to five letters may
    /// have one edit, longer ones two; shorter ones, and those with digits, are taken as they are. Where the index has
    /// stems, a word that is one edit away counts like a term that is.
    /// O(terms · doubtful words), and the reading of some short documents for each suggestion.
    package func corrections(
        of text: String, _ forms: WordForms, check: () throws(Diagnostic) -> Void
    ) throws(Diagnostic) -> [TextCorrection] {
        let doubtful = try doubtful(text, forms.analyzer)
        let bytes = Array(text.utf8)
        var near = try near(Set(doubtful.map(\.term)), check)
        if !doubtful.isEmpty, forms.analyzer.definition.stemming, forms.analyzer.definition.language != "none" {
            // Of its own, as it learns every word.
            let analyzer = try Analyzer(forms.analyzer.definition)
            for word in doubtful {
                try check()
                for variant in Self.variants(of: String(decoding: bytes[word.range], as: UTF8.self).lowercased()) {
                    guard let stem = analyzer.terms(of: variant).first, stem != word.term else { continue }
                    near[word.term, default: [:]][stem] = 1
                }
            }
        }
        let found = try closest(doubtful.map { ($0.term, $0.frequency) }, near)
        var corrections: [TextCorrection] = []
        for word in doubtful {
            try check()
            var correction = TextCorrection(range: word.range)
            if let best = found[word.term] {
                let written = String(decoding: bytes[word.range], as: UTF8.self)
                correction.suggestion = TextCorrection.Suggestion(
                    word: try forms.form(of: best.term, closestTo: written), documentFrequency: best.frequency)
            }
            corrections.append(correction)
        }
        return corrections
    }

    private func doubtful(
        _ text: String, _ analyzer: Analyzer
    ) throws(Diagnostic) -> [(range: Range<Int>, term: [UInt8], frequency: Int)] {
        var found: [(range: Range<Int>, term: [UInt8], frequency: Int)] = []
        let tokens = analyzer.tokens(of: text)
        for (place, token) in tokens.enumerated() where found.count < Self.correctedWordLimit {
            // Of identifiers the smallest parts.
            if place + 1 < tokens.count, tokens[place + 1].start < token.end { continue }
            let term = Array(analyzer.bytes(ofTerm: Int(token.term)))
            if Self.editLimit(term) == 0 { continue }
            let frequency = try documentFrequency(of: term)
            if frequency > max(1, documentCount / Self.rareDocumentShare) { continue }
            found.append((Int(token.start)..<Int(token.end), term, frequency))
        }
        return found
    }

    private static func editLimit(_ term: [UInt8]) -> Int {
        if term.contains(where: { Analyzer.isDigit($0) }) { return 0 }
        let count = term.count { $0 & 0xC0 != 0x80 }
        return count < 3 ? 0 : count < 6 ? 1 : 2
    }

    /// The texts at one edit from a short one of the letters a to z; of others none.
    private static func variants(of word: String) -> Set<String> {
        let letters = Array(word.utf8)
        let alphabet = UInt8(ascii: "a")...UInt8(ascii: "z")
        guard (3...32).contains(letters.count), letters.allSatisfy({ alphabet.contains($0) }) else { return [] }
        var variants: Set<String> = []
        func add(_ range: Range<Int>, _ replacement: [UInt8]) {
            let bytes = letters[..<range.lowerBound] + replacement + letters[range.upperBound...]
            variants.insert(String(decoding: bytes, as: UTF8.self))
        }
        for place in 0...letters.count {
            for letter in alphabet { add(place..<place, [letter]) }
            if place == letters.count { break }
            add(place..<place + 1, [])
            for letter in alphabet { add(place..<place + 1, [letter]) }
            if place + 1 < letters.count { add(place..<place + 2, [letters[place + 1], letters[place]]) }
        }
        return variants
    }

    /// For each of some terms those of the index that are a few edits away, with how many.
    private func near(
        _ terms: Set<[UInt8]>, _ check: () throws(Diagnostic) -> Void
    ) throws(Diagnostic) -> [[UInt8]: [[UInt8]: Int]] {
        let wanted = terms.map { (term: $0, edits: EditDistance($0, limit: Self.editLimit($0))) }
        if wanted.isEmpty { return [:] }
        var near: [[UInt8]: [[UInt8]: Int]] = [:]
        for segment in segments {
            for ordinal in 0..<segment.reader.termCount {
                if ordinal % 4_096 == 0 { try check() }
                let bytes = try segment.bytes(ofTerm: ordinal)
                for (term, edits) in wanted {
                    if let distance = edits.distance(bytes), distance > 0 {
                        near[term, default: [:]][Array(bytes)] = distance
                    }
                }
            }
        }
        return near
    }

    /// For each of some terms the best of those that are near.
    private func closest(
        _ terms: [(term: [UInt8], frequency: Int)], _ near: [[UInt8]: [[UInt8]: Int]]
    ) throws(Diagnostic) -> [[UInt8]: (term: [UInt8], frequency: Int)] {
        var result: [[UInt8]: (term: [UInt8], frequency: Int)] = [:]
        for (term, own) in terms where result[term] == nil {
            var best: (term: [UInt8], frequency: Int, distance: Int)?
            for (other, distance) in near[term] ?? [:] {
                if let best, distance > best.distance { continue }
                let frequency = try documentFrequency(of: other)
                guard frequency >= max(1, own * (distance == 1 ? 10 : 100)) else { continue }
                if let best, best.distance == distance {
                    if frequency < best.frequency { continue }
                    if frequency == best.frequency, best.term.lexicographicallyPrecedes(other) { continue }
                }
                best = (other, frequency, distance)
            }
            if let best { result[term] = (best.term, best.frequency) }
        }
        return result
    }
}

extension WordForms {
    /// The form of a term that is closest to a word, of equally close ones the most frequent; the term itself if no
    /// document at hand shows how it is written.
    func form(of term: [UInt8], closestTo word: String) throws(Diagnostic) -> String {
        let edits = EditDistance(plain.terms(of: word).first ?? term, limit: 8)
        let forms = try forms(of: term).map { form in
            (form.spelling, form.word.withUnsafeBytes { edits.distance($0) } ?? .max)
        }
        return forms.min { $0.1 < $1.1 }?.0 ?? String(decoding: term, as: UTF8.self)
    }
}
