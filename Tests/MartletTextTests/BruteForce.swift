// A scorer without any index, for comparison.

import Foundation
import MartletCore
import MartletText

/// Live documents as terms, scored one by one with the formula that `TextSearcher` documents.
struct BruteForce {
    struct Document {
        var rowid: Int64
        var key: [UInt8]
        var fields: [[[UInt8]: Int]]
        var lengths: [UInt32]
    }

    var documents: [Int64: Document] = [:]
    let analyzer: Analyzer
    let fieldCount: Int

    mutating func add(rowid: Int64, key: [UInt8], texts: [String?]) {
        var fields: [[[UInt8]: Int]] = []
        var lengths: [UInt32] = []
        for field in 0..<fieldCount {
            let terms = analyzer.terms(of: (field < texts.count ? texts[field] : nil) ?? "")
            var counts: [[UInt8]: Int] = [:]
            for term in terms { counts[term, default: 0] += 1 }
            fields.append(counts)
            lengths.append(UInt32(terms.count))
        }
        documents[rowid] = Document(rowid: rowid, key: key, fields: fields, lengths: lengths)
    }

    func search(
        _ query: TextQuery, parameters: TextParameters, k: Int, where accepts: (Int64) -> Bool = { _ in true }
    ) -> [(rowid: Int64, score: Float)] {
        let count = documents.count
        var total = 0.0
        for field in 0..<fieldCount {
            let sum = documents.values.reduce(UInt64(0)) { $0 + UInt64($1.lengths[field]) }
            total += Double(parameters.weights[field]) * Double(sum)
        }
        let average = total / Double(max(1, count))
        let constant = parameters.k1 * (1 - parameters.b)
        let slope = average > 0 ? Float(Double(parameters.k1) * Double(parameters.b) / average) : 0
        let searched = (0..<fieldCount).filter { parameters.weights[$0] > 0 }
        let factors: [Float?] = query.terms.map { term in
            let frequency = documents.values.count { $0.fields.contains { $0[term.bytes] != nil } }
            if frequency == 0 { return nil }
            let inverse = log(1 + (Double(count) - Double(frequency) + 0.5) / (Double(frequency) + 0.5))
            return Float(term.count) * Float(inverse) * (parameters.k1 + 1)
        }
        var hits: [(rowid: Int64, key: [UInt8], score: Float)] = []
        for document in documents.values where accepts(document.rowid) {
            var length: Float = 0
            for field in searched { length += parameters.weights[field] * Float(document.lengths[field]) }
            let norm = constant + slope * length
            // Rounded to the grid of the sum of all factors.
            let total = factors.reduce(Float(0)) { $0 + ($1 ?? 0) }
            let magic = Float(sign: .plus, exponent: Int(total.exponent) + 1, significand: 1)
            var score: Float = 0
            for (term, factor) in zip(query.terms, factors) {
                guard let factor else { continue }
                var weighted: Float = 0
                for field in searched {
                    weighted += parameters.weights[field] * Float(document.fields[field][term.bytes] ?? 0)
                }
                if weighted > 0 {
                    let part = factor * weighted / (weighted + norm)
                    score += max((part + magic) - magic, magic * 0x1p-23)
                }
            }
            if score > 0 { hits.append((document.rowid, document.key, score)) }
        }
        hits.sort {
            if $0.score != $1.score { return $0.score > $1.score }
            return $0.key == $1.key ? $0.rowid < $1.rowid : $0.key.lexicographicallyPrecedes($1.key)
        }
        return hits.prefix(k).map { ($0.rowid, $0.score) }
    }
}

/// Texts of few words, so that they meet.
struct RandomTexts {
    var random: SeededRandom
    let vocabulary: [String]

    init(seed: UInt64, words: Int = 60) { self.init(seed: seed, vocabulary: (0..<words).map { "w\($0)x" }) }

    init(seed: UInt64, vocabulary: [String]) {
        random = SeededRandom(seed: seed)
        self.vocabulary = vocabulary
    }

    mutating func text(upTo words: Int) -> String {
        let count = Int.random(in: 0...words, using: &random)
        return (0..<count).map { _ in word() }.joined(separator: " ")
    }

    /// Low words are frequent.
    mutating func word() -> String {
        let first = Int.random(in: 0..<vocabulary.count, using: &random)
        return vocabulary[Int.random(in: 0...first, using: &random)]
    }
}
