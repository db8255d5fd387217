// What an earlier model gives a training to go on from.

import MartletCore
import MartletKernels
import MartletLearning

/// An earlier model's learned parts, and its examples, of which those count whose documents are still there.
struct RetrievalStart: Sendable {
    private let model: RetrievalModel
    private let stages: LearnedStages
    /// nil for a model that keeps its examples, and ranks by words and likeness as those had nothing better.
    let ranker: BoostedTreesModel?
    /// For each row of the towers' tables its term.
    private var towerTerms: [UInt32] = []
    /// The examples of the model and those that are given. What is given of a question, be it that nothing answers it,
    /// replaces what the model has of it.
    private(set) var examples = RetrievalExamples()
    /// How many of the first questions are the model's.
    private(set) var carriedCount = 0
    /// The nDCG of the model's questions when they were held out, by their texts.
    private(set) var figures: [String: Float] = [:]
    /// The questions that the model has learned from, by their terms.
    private var known: Set<[UInt8]> = []

    var gate: RankerGate { model.gate }

    /// nil if the model had no examples. Adds the terms that the corpus lacks. O(terms + examples).
    init?(_ model: RetrievalModel, _ given: RetrievalExamples, _ corpus: inout RetrievalCorpus, _ reader: TermReader) {
        guard let stages = model.stages else { return nil }
        self.model = model
        self.stages = stages
        ranker = model.method == .ranked ? model.ranker : nil
        if let towers = stages.towers {
            let earlier = model.base.corpus.vocabulary
            towerTerms = [UInt32](repeating: 0, count: towers.queryTable.count)
            for (term, row) in towers.features.enumerated() where row != Towers.none {
                towerTerms[Int(row)] = corpus.vocabulary.add(Array(earlier.bytes(ofTerm: term)))
            }
        }
        let present = Set(corpus.rowIDs)
        let stated = Set(given.queries.map { Self.key($0.text, reader) })
        for (query, text) in stages.past.texts.enumerated() {
            let key = Self.key(text, reader)
            known.insert(key)
            if stated.contains(key) { continue }
            if ranker != nil, stages.past.figures[query] >= 0 { figures[text] = stages.past.figures[query] }
            for answer in stages.past.answers(of: query) {
                let row = model.base.corpus.rowIDs[Int(answer.document)]
                if present.contains(row) { examples.add(query: text, rowID: row, grade: answer.weight) }
            }
        }
        carriedCount = examples.queries.count
        for query in given.queries {
            for answer in query.answers { examples.add(query: query.text, rowID: answer.rowID, grade: answer.grade) }
        }
    }

    /// Whether the model has learned from a question of these terms.
    func knows(_ text: String, _ reader: TermReader) -> Bool { known.contains(Self.key(text, reader)) }

    private static func key(_ text: String, _ reader: TermReader) -> [UInt8] {
        var read: [UInt32] = []
        reader.read(text, limit: RetrievalQuery.termLimit, into: &read)
        return Array(
            Set(read.map { Array(reader.bytes(ofTerm: Int($0 >> 1))) + [0xFF] })
                .sorted { $0.lexicographicallyPrecedes($1) }.joined())
    }

    /// What it has learned, fitted to the documents as they are, with other past queries.
    func stages(_ base: RetrievalBase, _ past: PastQueries, _ team: WorkerTeam) -> LearnedStages {
        let vocabulary = base.corpus.vocabulary
        var fitted = LearnedStages(
            past: past,
            crossDocuments: CrossDocuments(base.corpus, features: stages.crossDocuments.features, team: team))
        fitted.cross = stages.cross
        if let towers = stages.towers {
            var features = [UInt32](repeating: Towers.none, count: vocabulary.count)
            for (row, term) in towerTerms.enumerated() { features[Int(term)] = UInt32(row) }
            var documents = SparseMatrix(columnCount: towers.documentTable.count)
            for row in Towers.documents(base, features, team) { documents.append(row) }
            fitted.towers = Towers(towers, features: features, documents: documents, team: team)
        }
        return fitted
    }
}
