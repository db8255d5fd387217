// The words that tell a document from others, against the same choice made from the texts.

import Foundation
import MartletCore
import MartletStorage
import MartletText
import Testing

@Suite struct CharacteristicTermsTests {
    @Test(arguments: [UInt64(1), 2]) func chosenAsFromTheTexts(seed: UInt64) throws {
        let index = try ChangingIndex(seed: seed)
        let weights: [Float] = [2.5, 1]
        var longest = 0
        for step in 0..<24 {
            try index.change()
            let transaction = try index.scratch.environment.read()
            let searcher = try TextIndexReader(objectID: 7, in: transaction.view)
                .searcher(TextParameters(weights: weights))
            let frequencies = index.documentFrequencies
            for rowid in index.texts.keys.sorted().prefix(5) {
                guard var texts = index.texts[rowid] else { continue }
                // Longer than what any row has, to meet the limit.
                if step % 3 == 0 {
                    texts[1] = index.made.vocabulary.shuffled(using: &index.made.random).joined(separator: " ")
                }
                let found = try searcher.characteristicTerms(of: texts, analyzer: index.analyzer)
                let expected = rated(texts, frequencies, index.brute.documents.count, weights, index.analyzer)
                #expect(found.terms.map(\.bytes) == expected, "seed \(seed), step \(step)")
                #expect(found.terms.allSatisfy { $0.count == 1 && $0.weight == 1 })
                longest = max(longest, expected.count)
            }
        }
        #expect(longest == TextSearcher.characteristicTermLimit)
    }

    private func rated(
        _ texts: [String?], _ frequencies: [[UInt8]: Int], _ count: Int, _ weights: [Float], _ analyzer: Analyzer
    ) -> [[UInt8]] {
        var weighted: [[UInt8]: Float] = [:]
        for (weight, text) in zip(weights, texts) {
            let terms = analyzer.terms(of: text ?? "")
            for term in Set(terms) { weighted[term, default: 0] += weight * Float(terms.count { $0 == term }) }
        }
        var rated: [(term: [UInt8], rating: Double)] = []
        for (term, weight) in weighted {
            guard let frequency = frequencies[term], frequency > 1 else { continue }
            let present = Double(frequency)
            rated.append((term, Double(weight) * log(1 + (Double(count) - present + 0.5) / (present + 0.5))))
        }
        rated.sort { $0.rating == $1.rating ? $0.term.lexicographicallyPrecedes($1.term) : $0.rating > $1.rating }
        return rated.prefix(25).map(\.term)
    }
}
