// Completions and corrections, against the same choices made from the texts.

import Foundation
import MartletCore
import MartletStorage
import MartletText
import Testing

@Suite struct WordTests {
    /// Words that begin alike and are close to each other.
    private static let vocabulary = [
        "alpha", "alpine", "alp", "alps", "beta", "betas", "bet", "better", "gamma", "gammas", "gama", "gram", "grams",
        "swift", "swifts", "swfit", "swim", "swam", "delta", "deltas", "detla", "dolta",
    ]

    private func words(_ index: ChangingIndex, _ searcher: TextSearcher) throws -> WordForms {
        let texts = HeldTexts()
        texts.rows = index.texts.mapValues { $0.map { $0.map { Array($0.utf8) } } }
        return try WordForms(searcher, analyzer: index.analyzer, texts: texts)
    }

    private func order(_ a: (String, Int), _ b: (String, Int)) -> Bool {
        a.1 != b.1 ? a.1 > b.1 : Array(a.0.utf8).lexicographicallyPrecedes(Array(b.0.utf8))
    }

    @Test(arguments: [UInt64(1), 2, 3]) func completionsAreThoseOfTheTexts(seed: UInt64) throws {
        let index = try ChangingIndex(seed: seed, vocabulary: Self.vocabulary, hasKeys: seed == 2)
        for step in 0..<30 {
            try index.change()
            let transaction = try index.scratch.environment.read()
            let searcher = try TextIndexReader(objectID: 7, in: transaction.view)
                .searcher(TextParameters(weights: [1, 2]))
            let forms = try words(index, searcher)
            let frequencies = index.documentFrequencies.map { (String(decoding: $0.key, as: UTF8.self), $0.value) }
            for prefix in ["a", "al", "b", "bet", "g", "gamma", "s", "sw", "swi", "d", "x"] {
                for limit in [1, 3, 50] {
                    let found = try searcher.completions(of: "Some \(prefix)", limit: limit, forms, check: {})
                    let expected = frequencies.filter { $0.0.hasPrefix(prefix) }.sorted(by: order).prefix(limit)
                    #expect(found.map(\.word) == expected.map(\.0), "seed \(seed), step \(step), \(prefix)")
                    #expect(found.map(\.documentFrequency) == expected.map(\.1))
                    #expect(found.allSatisfy { $0.text == "Some \($0.word)" })
                }
            }
        }
    }

    @Test(arguments: [UInt64(1), 2, 3]) func correctionsAreThoseOfTheTexts(seed: UInt64) throws {
        let index = try ChangingIndex(seed: seed, vocabulary: Self.vocabulary, hasKeys: seed == 2)
        var suggestionCount = 0
        for step in 0..<30 {
            try index.change()
            let transaction = try index.scratch.environment.read()
            let searcher = try TextIndexReader(objectID: 7, in: transaction.view)
                .searcher(TextParameters(weights: [1, 2]))
            let forms = try words(index, searcher)
            let frequencies = index.documentFrequencies
            for typed in Self.vocabulary + ["swiftly", "ap", "betazz", "deltsa", "al9ha", "grammar"] {
                let found = try searcher.corrections(of: "is \(typed)", forms, check: {})
                let own = frequencies[Array(typed.utf8)] ?? 0
                let isDoubtful = own <= 1 && typed.count > 2 && !typed.contains("9")
                #expect(found.count == (isDoubtful ? 1 : 0), "seed \(seed), step \(step), \(typed)")
                if !isDoubtful { continue }
                let candidates = frequencies.map { (String(decoding: $0.key, as: UTF8.self), $0.value) }
                    .map { ($0, $1, editDistance(typed, $0)) }
                    .filter { $2 > 0 && $2 <= (typed.count < 6 ? 1 : 2) && $1 >= own * ($2 == 1 ? 10 : 100) }
                let best = candidates.min { $0.2 != $1.2 ? $0.2 < $1.2 : order(($0.0, $0.1), ($1.0, $1.1)) }
                #expect(found[0].suggestion?.word == best?.0, "seed \(seed), step \(step), \(typed)")
                #expect(found[0].suggestion?.documentFrequency == best?.1)
                if best != nil { suggestionCount += 1 }
            }
        }
        #expect(suggestionCount > 100)
    }
}
