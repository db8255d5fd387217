// Which words of a question ask for which words of a document.

import MartletCore
import MartletKernels
import MartletLearning

/// A bilinear score qᵀ W d, with the weights in a table of hashes (Bai et al. 2009; Weinberger et al. 2009).
///
/// A question's features are its terms and pairs that enough questions have, stop words too; a document's are its heaviest
/// terms, and apart from them the terms and pairs of its beginning.
struct CrossTerms: Sendable {
    private static let bits: UInt32 = 21
    private static let heaviestCount = 32
    private static let beginningCount = 50
    private static let rate: Float = 0.03
    /// How much a point of BM25 counts beside the weights.
    private static let lexicalWeight: Float = 0.5
    private static let negativeCount = 20

    static let weightCount = 1 << Int(bits)

    /// Ascending hashes of the features of questions.
    var queryFeatures: [UInt32]
    var weights: [Float]

    init(queryFeatures: [UInt32], weights: [Float]) {
        self.queryFeatures = queryFeatures
        self.weights = weights
    }

    @inline(__always)
    private static func mix(_ a: UInt32, _ b: UInt32) -> UInt32 {
        var hash = a &* 0x9E37_79B1 ^ (b &+ 0x7F4A_7C15) &* 0x85EB_CA6B
        hash ^= hash >> 15
        hash = hash &* 0xC2B2_AE35
        return hash ^ hash >> 13
    }

    @inline(__always)
    static func slot(_ query: UInt32, _ document: UInt32) -> Int {
        Int(((query ^ document) &* 0x9E37_79B1) >> (32 - bits))
    }

    /// Features of a document: hashes and values, of length 1.
    static func document(
        _ document: DocumentTerms, _ vocabulary: RetrievalVocabulary
    ) -> [(column: UInt32, value: Float)] {
        var features: [UInt32: (count: Float, inverse: Float)] = [:]
        var counts: [UInt32: Float] = [:]
        for term in document.terms where term & 1 == 1 { counts[term >> 1, default: 0] += 1 }
        let weighed = counts.map { term, count in
            (term: term, count: count, inverse: vocabulary.inverseFrequency(term))
        }.sorted {
            let (x, y) = ($0.count.squareRoot() * $0.inverse, $1.count.squareRoot() * $1.inverse)
            return x != y ? x > y : $0.term < $1.term
        }
        for entry in weighed.prefix(heaviestCount) { features[mix(1, entry.term)] = (entry.count, entry.inverse) }
        var last: UInt32?
        for term in document.terms.dropFirst(document.leadCount).prefix(beginningCount) {
            let inverse = vocabulary.inverseFrequency(term >> 1)
            features[mix(2, term >> 1), default: (0, inverse)].count += 1
            if let last {
                let pair = mix(last, term >> 1)
                features[mix(3, pair), default: (0, inverse)].count += 1
            }
            last = term >> 1
        }
        return normalized(features)
    }

    /// All features of a question, known or not.
    static func query(_ query: RetrievalQuery, _ vocabulary: RetrievalVocabulary) -> [(column: UInt32, value: Float)] {
        var features: [UInt32: (count: Float, inverse: Float)] = [:]
        var last: UInt32?
        for term in query.terms {
            let inverse = vocabulary.inverseFrequency(term >> 1)
            features[mix(4, term >> 1), default: (0, inverse)].count += 1
            if let last { features[mix(5, mix(last, term >> 1)), default: (0, inverse)].count += 1 }
            last = term >> 1
        }
        return normalized(features)
    }

    private static func normalized(
        _ features: [UInt32: (count: Float, inverse: Float)]
    ) -> [(column: UInt32, value: Float)] {
        var result = features.sorted { $0.key < $1.key }.map { feature, weight in
            (
                column: feature,
                value: (1 + Mathematics.logarithm(weight.count)) * max(0.05, weight.inverse).squareRoot()
            )
        }
        var square: Float = 0
        for entry in result { square += entry.value * entry.value }
        let inverse = square > 0 ? 1 / square.squareRoot() : 0
        for place in result.indices { result[place].value *= inverse }
        return result
    }

    /// Those of a question's features that were learned about.
    func known(_ query: [(column: UInt32, value: Float)]) -> [(column: UInt32, value: Float)] {
        query.filter { entry in
            var low = 0
            var high = queryFeatures.count
            while low < high {
                let middle = (low + high) / 2
                if queryFeatures[middle] < entry.column { low = middle + 1 } else { high = middle }
            }
            return low < queryFeatures.count && queryFeatures[low] == entry.column
        }
    }

    func score(_ query: [(column: UInt32, value: Float)], _ documents: SparseMatrix, _ document: Int) -> Float {
        let range = documents[document]
        return weights.withUnsafeBufferPointer { weights in
            documents.columns.withUnsafeBufferPointer { columns in
                documents.values.withUnsafeBufferPointer { values in
                    var sum: Float = 0
                    for entry in query {
                        var part: Float = 0
                        for place in range { part += values[place] * weights[Self.slot(entry.column, columns[place])] }
                        sum += entry.value * part
                    }
                    return sum
                }
            }
        }
    }

    /// Softmax over the document that answers and others that the words find; AdaGrad, one pass.
    ///
    /// - Parameter hard: for each question, documents that its words find, with their scores, best first.
    init?(
        queries: [[(column: UInt32, value: Float)]], documents: SparseMatrix, pairs: [(query: Int, document: Int)],
        hard: [[(document: Int32, score: Float)]], relevant: [Set<Int32>], seed: UInt64, context: TrainingContext
    ) throws(Diagnostic) {
        guard !pairs.isEmpty else { return nil }
        var counts: [UInt32: Int] = [:]
        var seen = Set<Int>()
        for pair in pairs where seen.insert(pair.query).inserted {
            for entry in queries[pair.query] { counts[entry.column, default: 0] += 1 }
        }
        let least = seen.count < 2_000 ? 3 : 20
        queryFeatures = counts.filter { $0.value >= least }.map(\.key).sorted()
        weights = [Float](repeating: 0, count: Self.weightCount)
        var squares = [Float](repeating: 1e-8, count: weights.count)
        var random = SeededRandom(seed: SeededRandom.mix(seed &+ 0x6372_6F73))
        var order = Array(pairs.indices)
        order.shuffle(using: &random)
        var known = queries
        for index in seen { known[index] = self.known(queries[index]) }
        for (step, place) in order.enumerated() {
            if step % 256 == 0 { try context.check() }
            let pair = pairs[place]
            let query = known[pair.query]
            if query.isEmpty { continue }
            let found = hard[pair.query].filter { !relevant[pair.query].contains($0.document) }
            var group: [(document: Int, score: Float)] = [
                (
                    pair.document,
                    hard[pair.query].first { Int($0.document) == pair.document }?.score ?? hard[pair.query].last?.score
                        ?? 0
                )
            ]
            for entry in found.prefix(Self.negativeCount / 2) { group.append((Int(entry.document), entry.score)) }
            let others = found.dropFirst(Self.negativeCount / 2)
            for _ in 0..<min(Self.negativeCount / 2, others.count) {
                let entry = others[others.startIndex + Int(random.next() % UInt64(others.count))]
                group.append((Int(entry.document), entry.score))
            }
            guard group.count > 1 else { continue }
            var scores = group.map { Self.lexicalWeight * $0.score + 4 * score(query, documents, $0.document) }
            let top = scores.max() ?? 0
            var total: Float = 0
            for index in scores.indices {
                scores[index] = Mathematics.exponential(scores[index] - top)
                total += scores[index]
            }
            for index in group.indices {
                let error = 4 * (scores[index] / total - (index == 0 ? 1 : 0))
                if abs(error) < 1e-4 { continue }
                descend(error, query, documents, group[index].document, &squares)
            }
        }
    }

    private mutating func descend(
        _ error: Float, _ query: [(column: UInt32, value: Float)], _ documents: SparseMatrix, _ document: Int,
        _ squares: inout [Float]
    ) {
        let range = documents[document]
        weights.withUnsafeMutableBufferPointer { weights in
            squares.withUnsafeMutableBufferPointer { squares in
                documents.columns.withUnsafeBufferPointer { columns in
                    documents.values.withUnsafeBufferPointer { values in
                        for entry in query {
                            for place in range {
                                let slot = Self.slot(entry.column, columns[place])
                                let gradient = error * entry.value * values[place]
                                squares[slot] += gradient * gradient
                                weights[slot] -= Self.rate * gradient / squares[slot].squareRoot()
                            }
                        }
                    }
                }
            }
        }
    }
}
