// Which words of a question ask for which words of a document.

import MartletCore
import MartletKernels
import MartletLearning

/// The features of documents for cross-term weights: heaviest terms, and apart from them the terms and pairs of the
/// beginning; those of several documents, the most frequent ones.
struct CrossDocuments: Sendable {
    private static let heaviestCount = 32
    private static let beginningCount = 40
    /// Columns are 16 bits wide.
    static let featureLimit = 1 << 14
    private static let leastFrequency = 3

    /// Ascending hashes.
    var features: [UInt32]
    /// A row a document, of length 1; columns are places in `features`.
    var rows: SparseMatrix

    init(features: [UInt32], rows: SparseMatrix) {
        self.features = features
        self.rows = rows
    }

    /// - Parameter known: the features that count; nil: those that the corpus has most.
    init(_ corpus: RetrievalCorpus, features known: [UInt32]? = nil, team: WorkerTeam) {
        var all = [[(hash: UInt32, weight: Float)]](repeating: [], count: corpus.count)
        all.withUnsafeMutableBufferPointer { all in
            nonisolated(unsafe) let all = all
            team.forEachRange(corpus.count, step: 64) { range in
                for document in range { all[document] = Self.weights(corpus[document], corpus.vocabulary) }
            }
        }
        features = known ?? Self.frequent(all)
        rows = SparseMatrix(columnCount: features.count)
        var places: [UInt32: UInt32] = [:]
        for (place, hash) in features.enumerated() { places[hash] = UInt32(place) }
        for document in all {
            rows.append(
                Self.normalized(
                    document.compactMap { entry in places[entry.hash].map { (column: $0, value: entry.weight) } }))
        }
    }

    private static func frequent(_ documents: [[(hash: UInt32, weight: Float)]]) -> [UInt32] {
        var counts: [UInt32: UInt32] = [:]
        for document in documents { for entry in document { counts[entry.hash, default: 0] += 1 } }
        let used = counts.filter { $0.value >= leastFrequency }.sorted {
            $0.value != $1.value ? $0.value > $1.value : $0.key < $1.key
        }
        return used.prefix(featureLimit).map(\.key).sorted()
    }

    /// A row for a document that is not in the corpus.
    func row(_ document: DocumentTerms, _ vocabulary: RetrievalVocabulary) -> [(column: UInt32, value: Float)] {
        Self.normalized(
            Self.weights(document, vocabulary).compactMap { entry in
                CrossTerms.place(of: entry.hash, in: features).map { (column: UInt32($0), value: entry.weight) }
            })
    }

    /// By ascending hash.
    private static func weights(
        _ document: DocumentTerms, _ vocabulary: RetrievalVocabulary
    ) -> [(hash: UInt32, weight: Float)] {
        var features: [UInt32: (count: Float, inverse: Float)] = [:]
        var counts: [UInt32: Float] = [:]
        for term in document.terms where term & 1 == 1 { counts[term >> 1, default: 0] += 1 }
        let weighed = counts.map { term, count in
            (term: term, count: count, inverse: vocabulary.inverseFrequency(term))
        }.sorted {
            let (x, y) = ($0.count.squareRoot() * $0.inverse, $1.count.squareRoot() * $1.inverse)
            return x != y ? x > y : $0.term < $1.term
        }
        for entry in weighed.prefix(heaviestCount) {
            features[CrossTerms.mix(1, vocabulary.hash(ofTerm: entry.term))] = (entry.count, entry.inverse)
        }
        var last: UInt32?
        for term in document.terms.dropFirst(document.leadCount).prefix(beginningCount) {
            let inverse = vocabulary.inverseFrequency(term >> 1)
            let hash = vocabulary.hash(ofTerm: term >> 1)
            features[CrossTerms.mix(2, hash), default: (0, inverse)].count += 1
            if let last {
                features[CrossTerms.mix(3, CrossTerms.mix(last, hash)), default: (0, inverse)].count += 1
            }
            last = hash
        }
        return CrossTerms.weighed(features)
    }

    private static func normalized(_ row: [(column: UInt32, value: Float)]) -> [(column: UInt32, value: Float)] {
        var row = row
        var square: Float = 0
        for entry in row { square += entry.value * entry.value }
        let inverse = square > 0 ? 1 / square.squareRoot() : 0
        for place in row.indices { row[place].value *= inverse }
        return row
    }
}

/// A bilinear score qᵀ W d (Bai et al. 2009) with a weight for each pair of a question's and a document's feature.
///
/// A question's features are its terms and pairs that enough questions have, stop words too.
struct CrossTerms: Sendable {
    static let featureLimit = 512
    private static let rate: Float = 0.03
    /// How much a point of BM25 counts beside the weights.
    private static let lexicalWeight: Float = 0.5
    private static let sharpness: Float = 4
    private static let negativeCount = 20

    /// Ascending hashes of the features of questions.
    var queryFeatures: [UInt32]
    let documentFeatureCount: Int
    /// A row of `documentFeatureCount` codes for each of a question's features, times the row's scale.
    var codes: [Int16]
    var scales: [Float]

    init(queryFeatures: [UInt32], documentFeatureCount: Int, codes: [Int16], scales: [Float]) {
        self.queryFeatures = queryFeatures
        self.documentFeatureCount = documentFeatureCount
        self.codes = codes
        self.scales = scales
    }

    @inline(__always)
    static func mix(_ a: UInt32, _ b: UInt32) -> UInt32 {
        var hash = a &* 0x9E37_79B1 ^ (b &+ 0x7F4A_7C15) &* 0x85EB_CA6B
        hash ^= hash >> 15
        hash = hash &* 0xC2B2_AE35
        return hash ^ hash >> 13
    }

    static func place(of hash: UInt32, in hashes: [UInt32]) -> Int? {
        var low = 0
        var high = hashes.count
        while low < high {
            let middle = (low + high) / 2
            if hashes[middle] < hash { low = middle + 1 } else { high = middle }
        }
        return low < hashes.count && hashes[low] == hash ? low : nil
    }

    /// All features of a question, known or not: hashes and values, of length 1.
    static func query(_ query: RetrievalQuery, _ vocabulary: RetrievalVocabulary) -> [(hash: UInt32, weight: Float)] {
        var features: [UInt32: (count: Float, inverse: Float)] = [:]
        var last: UInt32?
        for term in query.terms {
            let inverse = vocabulary.inverseFrequency(term >> 1)
            let hash = vocabulary.hash(ofTerm: term >> 1)
            features[mix(4, hash), default: (0, inverse)].count += 1
            if let last { features[mix(5, mix(last, hash)), default: (0, inverse)].count += 1 }
            last = hash
        }
        var result = weighed(features)
        var square: Float = 0
        for entry in result { square += entry.weight * entry.weight }
        let inverse = square > 0 ? 1 / square.squareRoot() : 0
        for place in result.indices { result[place].weight *= inverse }
        return result
    }

    /// (1 + ln tf) · √idf, by ascending hash.
    fileprivate static func weighed(
        _ features: [UInt32: (count: Float, inverse: Float)]
    ) -> [(hash: UInt32, weight: Float)] {
        features.sorted { $0.key < $1.key }.map { feature, weight in
            (
                hash: feature,
                weight: (1 + Mathematics.logarithm(weight.count)) * max(0.05, weight.inverse).squareRoot()
            )
        }
    }

    /// What each feature of a document says to a question; empty if nothing was learned of the question's features.
    func answers(_ query: [(hash: UInt32, weight: Float)]) -> [Float] {
        var result: [Float] = []
        let count = documentFeatureCount
        codes.withUnsafeBufferPointer { codes in
            for entry in query {
                guard let row = Self.place(of: entry.hash, in: queryFeatures) else { continue }
                if result.isEmpty { result = [Float](repeating: 0, count: count) }
                let factor = entry.weight * scales[row]
                let weights = UnsafeBufferPointer(rebasing: codes[row * count..<(row + 1) * count])
                result.withUnsafeMutableBufferPointer { CodeRowSums.add(weights, times: factor, to: $0) }
            }
        }
        return result
    }

    static func score(_ answers: [Float], _ rows: SparseMatrix, _ row: Int) -> Float {
        guard !answers.isEmpty else { return 0 }
        return answers.withUnsafeBufferPointer { answers in
            rows.columns.withUnsafeBufferPointer { columns in
                rows.values.withUnsafeBufferPointer { values in
                    var sum: Float = 0
                    for place in rows.starts[row]..<rows.starts[row + 1] {
                        sum += values[place] * answers[Int(columns[place])]
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
        queries: [[(hash: UInt32, weight: Float)]], documents: CrossDocuments, pairs: [(query: Int, document: Int)],
        hard: [[(document: Int32, score: Float)]], relevant: [Set<Int32>], seed: UInt64, context: TrainingContext
    ) throws(Diagnostic) {
        guard !pairs.isEmpty, !documents.features.isEmpty else { return nil }
        var counts: [UInt32: Int] = [:]
        var seen = Set<Int>()
        for pair in pairs where seen.insert(pair.query).inserted {
            for entry in queries[pair.query] { counts[entry.hash, default: 0] += 1 }
        }
        let least = seen.count < 2_000 ? 3 : 20
        let used = counts.filter { $0.value >= least }.sorted {
            $0.value != $1.value ? $0.value > $1.value : $0.key < $1.key
        }
        let queryFeatures = used.prefix(Self.featureLimit).map(\.key).sorted()
        var known = [[(row: Int, weight: Float)]](repeating: [], count: queries.count)
        for index in seen {
            known[index] = queries[index].compactMap { entry in
                Self.place(of: entry.hash, in: queryFeatures).map { ($0, entry.weight) }
            }
        }
        let width = documents.features.count
        var descent = Descent(queryCount: queryFeatures.count, documentCount: width)
        var random = SeededRandom(seed: SeededRandom.mix(seed &+ 0x6372_6F73))
        var order = Array(pairs.indices)
        order.shuffle(using: &random)
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
            var scores = group.map {
                Self.lexicalWeight * $0.score + Self.sharpness * descent.score(query, documents.rows, $0.document)
            }
            let top = scores.max() ?? 0
            var total: Float = 0
            for index in scores.indices {
                scores[index] = Mathematics.exponential(scores[index] - top)
                total += scores[index]
            }
            for index in group.indices {
                let error = Self.sharpness * (scores[index] / total - (index == 0 ? 1 : 0))
                if abs(error) < 1e-4 { continue }
                descent.step(error, query, documents.rows, group[index].document, rate: Self.rate)
            }
        }
        self.init(
            queryFeatures: queryFeatures, documentFeatureCount: width, weights: descent.weights)
    }

    private init(queryFeatures: [UInt32], documentFeatureCount width: Int, weights: [Float]) {
        var codes = [Int16](repeating: 0, count: weights.count)
        var scales = [Float](repeating: 0, count: queryFeatures.count)
        for row in queryFeatures.indices {
            var greatest: Float = 0
            for index in row * width..<(row + 1) * width { greatest = max(greatest, abs(weights[index])) }
            guard greatest > 0, greatest.isFinite else { continue }
            scales[row] = greatest / 32_000
            for index in row * width..<(row + 1) * width {
                codes[index] = Int16(clamping: Int(weights[index] / scales[row]))
            }
        }
        self.init(queryFeatures: queryFeatures, documentFeatureCount: width, codes: codes, scales: scales)
    }

    /// Weights while they are learned, and the sums of their squared gradients.
    private struct Descent {
        let width: Int
        var weights: [Float]
        var squares: [Float]

        init(queryCount: Int, documentCount: Int) {
            width = documentCount
            weights = [Float](repeating: 0, count: queryCount * documentCount)
            squares = [Float](repeating: 0.01, count: queryCount * documentCount)
        }

        func score(_ query: [(row: Int, weight: Float)], _ documents: SparseMatrix, _ document: Int) -> Float {
            let range = documents[document]
            return weights.withUnsafeBufferPointer { weights in
                documents.columns.withUnsafeBufferPointer { columns in
                    documents.values.withUnsafeBufferPointer { values in
                        var sum: Float = 0
                        for entry in query {
                            let start = entry.row * width
                            var part: Float = 0
                            for place in range { part += values[place] * weights[start + Int(columns[place])] }
                            sum += entry.weight * part
                        }
                        return sum
                    }
                }
            }
        }

        mutating func step(
            _ error: Float, _ query: [(row: Int, weight: Float)], _ documents: SparseMatrix, _ document: Int,
            rate: Float
        ) {
            let range = documents[document]
            let width = width
            weights.withUnsafeMutableBufferPointer { weights in
                squares.withUnsafeMutableBufferPointer { squares in
                    documents.columns.withUnsafeBufferPointer { columns in
                        documents.values.withUnsafeBufferPointer { values in
                            for entry in query {
                                let start = entry.row * width
                                for place in range {
                                    let slot = start + Int(columns[place])
                                    let gradient = error * entry.weight * values[place]
                                    squares[slot] += gradient * gradient
                                    weights[slot] -= rate * gradient / squares[slot].squareRoot()
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
