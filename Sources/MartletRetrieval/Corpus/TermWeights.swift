// How much a term of a document or query says.

enum TermWeights {
    /// The different terms that count, ascending, weighed (1 + ln tf) · idf, of length 1; words of the lead count
    /// `leadWeight` times.
    static func document(
        _ document: DocumentTerms, _ vocabulary: RetrievalVocabulary, leadWeight: Float
    ) -> [(column: UInt32, value: Float)] {
        var counts: [UInt32: Float] = [:]
        for (place, term) in document.terms.enumerated() where term & 1 == 1 {
            counts[term >> 1, default: 0] += place < document.leadCount ? leadWeight : 1
        }
        return weigh(counts, vocabulary)
    }

    static func query(_ terms: [UInt32], _ vocabulary: RetrievalVocabulary) -> [(column: UInt32, value: Float)] {
        var counts: [UInt32: Float] = [:]
        for term in terms where term & 1 == 1 { counts[term >> 1, default: 0] += 1 }
        return weigh(counts, vocabulary)
    }

    private static func weigh(
        _ counts: [UInt32: Float], _ vocabulary: RetrievalVocabulary
    ) -> [(column: UInt32, value: Float)] {
        var weights = counts.sorted { $0.key < $1.key }.map { term, count in
            (column: term, value: (1 + Mathematics.logarithm(max(1, count))) * vocabulary.inverseFrequency(term))
        }
        var square: Float = 0
        for weight in weights { square += weight.value * weight.value }
        guard square > 0 else { return [] }
        let inverse = 1 / square.squareRoot()
        for place in weights.indices { weights[place].value *= inverse }
        return weights
    }
}
