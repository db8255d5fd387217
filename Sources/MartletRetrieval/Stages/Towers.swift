// Learned vectors of questions and documents.

import MartletCore
import MartletKernels
import MartletLearning

/// Two tables of vectors, one a term; the vector of a text is the weighed sum of its terms', of length 1.
struct Towers: Sendable {
    static let dimension = 128
    /// Of a document without its lead, so many of the heaviest terms.
    private static let termCount = 64
    private static let negativesPerPair = 3
    private static let temperature = 0.05

    /// The row of each term in the tables; the greatest number for none.
    var features: [UInt32]
    var queryTable: QuantizedRows
    var documentTable: QuantizedRows
    /// The vectors of all documents.
    var vectors: QuantizedRows

    static let none = UInt32.max

    /// Terms of two documents at least, and those of questions.
    static func features(_ vocabulary: RetrievalVocabulary, queries: [RetrievalQuery]) -> [UInt32] {
        var isUsed = vocabulary.frequencies.map { $0 > 1 }
        for query in queries { for term in query.terms { isUsed[Int(term >> 1)] = true } }
        var next: UInt32 = 0
        return isUsed.map { used in
            guard used else { return none }
            next += 1
            return next - 1
        }
    }

    /// A document's terms, stop words too: those of its lead and the heaviest others.
    static func document(
        _ document: DocumentTerms, _ vocabulary: RetrievalVocabulary, _ features: [UInt32], leadWeight: Float
    ) -> [(column: UInt32, value: Float)] {
        var counts: [UInt32: (lead: Float, rest: Float)] = [:]
        for (place, term) in document.terms.enumerated() {
            if place < document.leadCount {
                counts[term >> 1, default: (0, 0)].lead += 1
            } else {
                counts[term >> 1, default: (0, 0)].rest += 1
            }
        }
        var weighed = counts.compactMap { term, count -> (term: UInt32, isLead: Bool, value: Float)? in
            guard Int(term) < features.count, features[Int(term)] != none else { return nil }
            let frequency = 1 + Mathematics.logarithm(max(1, count.lead * leadWeight + count.rest))
            return (term, count.lead > 0, frequency * vocabulary.inverseFrequency(term))
        }
        weighed.sort {
            if $0.isLead != $1.isLead { return $0.isLead }
            return $0.value != $1.value ? $0.value > $1.value : $0.term < $1.term
        }
        let leads = weighed.prefix { $0.isLead }.count
        return weighed.prefix(leads + termCount).map { (features[Int($0.term)], $0.value) }
            .sorted { $0.column < $1.column }
    }

    /// All documents as `document` has them.
    static func documents(
        _ base: RetrievalBase, _ features: [UInt32], _ team: WorkerTeam
    ) -> [[(column: UInt32, value: Float)]] {
        var rows = [[(column: UInt32, value: Float)]](repeating: [], count: base.corpus.count)
        rows.withUnsafeMutableBufferPointer { rows in
            nonisolated(unsafe) let rows = rows
            team.forEachRange(base.corpus.count, step: 64) { range in
                for document in range {
                    rows[document] = Self.document(
                        base.corpus[document], base.corpus.vocabulary, features, leadWeight: base.leadWeight)
                }
            }
        }
        return rows
    }

    static func query(
        _ query: RetrievalQuery, _ vocabulary: RetrievalVocabulary, _ features: [UInt32]
    ) -> [(column: UInt32, value: Float)] {
        var counts: [UInt32: Float] = [:]
        for term in query.terms where features[Int(term >> 1)] != none { counts[term >> 1, default: 0] += 1 }
        return counts.sorted { $0.key < $1.key }.map { term, count in
            (features[Int(term)], (1 + Mathematics.logarithm(count)) * vocabulary.inverseFrequency(term))
        }
    }

    /// - Parameters:
    ///   - pairs: questions and documents that answer them.
    ///   - hard: for each question, documents that its words find.
    init?(
        queries: SparseMatrix, documents: SparseMatrix, features: [UInt32], pairs: [(query: Int, document: Int)],
        hard: [[Int32]], relevant: [Set<Int32>], seed: UInt64, team: WorkerTeam, context: TrainingContext
    ) throws(Diagnostic) {
        guard pairs.count > 1, Set(pairs.map(\.document)).count > 1 else { return nil }
        var random = SeededRandom(seed: SeededRandom.mix(seed &+ 0x6E65_6761))
        var towerPairs = TowerPairs(
            left: pairs.map { Int32($0.query) }, right: pairs.map { Int32($0.document) })
        towerPairs.negativesPerPair = Self.negativesPerPair
        for pair in pairs {
            for _ in 0..<Self.negativesPerPair {
                var chosen = Int32(random.next() % UInt64(documents.rowCount))
                for _ in 0..<8 where !hard[pair.query].isEmpty {
                    let candidate = hard[pair.query][Int(random.next() % UInt64(hard[pair.query].count))]
                    if !relevant[pair.query].contains(candidate) {
                        chosen = candidate
                        break
                    }
                }
                towerPairs.negatives.append(chosen)
            }
        }
        var options = EmbeddingOptions()
        options.dimension = Self.dimension
        options.epochs = pairs.count < 4_000 ? 5 : 4
        options.batchSize = pairs.count < 4_000 ? 64 : 256
        options.temperature = Self.temperature
        options.seed = seed
        let featureCount = queries.columnCount
        let tables = try TwoTower.train(
            left: SparseRows(queries.listed), right: SparseRows(documents.listed),
            features: (featureCount, featureCount), pairs: towerPairs, options: options, team: team, context: context)
        self.features = features
        queryTable = QuantizedRows(tables.left.values, width: Self.dimension)
        documentTable = QuantizedRows(tables.right.values, width: Self.dimension)
        vectors = Self.vectors(documents, tables.right.values, team)
    }

    /// The same towers over other documents.
    ///
    /// - Parameters:
    ///   - features: the row of each term in the tables.
    ///   - documents: in these features.
    init(_ other: Towers, features: [UInt32], documents: SparseMatrix, team: WorkerTeam) {
        let table = (0..<other.documentTable.count).flatMap { other.documentTable.values(ofRow: $0) }
        self.init(
            features: features, queryTable: other.queryTable, documentTable: other.documentTable,
            vectors: Self.vectors(documents, table, team))
    }

    private static func vectors(_ documents: SparseMatrix, _ table: [Float], _ team: WorkerTeam) -> QuantizedRows {
        var vectors = documents.multiplied(table, width: dimension, team: team)
        for row in 0..<documents.rowCount { LatentSpace.normalize(&vectors, at: row * dimension, dimension) }
        return QuantizedRows(vectors, width: dimension)
    }

    init(features: [UInt32], queryTable: QuantizedRows, documentTable: QuantizedRows, vectors: QuantizedRows) {
        self.features = features
        self.queryTable = queryTable
        self.documentTable = documentTable
        self.vectors = vectors
    }

    static func vector(_ weights: [(column: UInt32, value: Float)], table: QuantizedRows) -> [Float] {
        var vector = [Float](repeating: 0, count: dimension)
        for weight in weights { table.add(Int(weight.column), times: weight.value, to: &vector) }
        LatentSpace.normalize(&vector, at: 0, dimension)
        return vector
    }
}

extension SparseMatrix {
    var listed: [[(column: UInt32, value: Float)]] {
        (0..<rowCount).map { row in self[row].map { (columns[$0], values[$0]) } }
    }
}
