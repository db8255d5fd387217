// What an earlier model gives a training to start from.

import MartletCore
import MartletLearning

/// The learned parts of a model, in the terms and documents of another corpus: documents that are gone have no part in it.
struct RetrievalStart: Sendable {
    struct PastQuery: Sendable {
        /// The terms that count, ascending, weighed as `TermWeights.query` does by what the new corpus has.
        var row: [(column: UInt32, value: Float)]
        var answers: [(document: Int32, weight: Float)]
    }

    let stages: LearnedStages
    let ranker: BoostedTreesModel
    let gate: RankerGate
    /// Those that still have an answer, and that no new example is about.
    private(set) var past: [PastQuery] = []
    /// For each row of the towers' tables its term.
    private(set) var towerTerms: [UInt32] = []
    /// The terms of the questions that the model has learned from.
    private var known: Set<[UInt32]> = []

    /// nil if the model learned nothing from examples. Adds the terms that the corpus lacks. O(terms + past answers).
    init?(_ model: RetrievalModel, _ corpus: inout RetrievalCorpus) {
        guard model.method == .ranked, let stages = model.stages, let ranker = model.ranker else { return nil }
        self.stages = stages
        self.ranker = ranker
        gate = model.gate
        let earlier = model.base.corpus
        var numbers: [UInt32: UInt32] = [:]
        func number(_ term: UInt32) -> UInt32 {
            if let known = numbers[term] { return known }
            let added = corpus.vocabulary.add(Array(earlier.vocabulary.bytes(ofTerm: Int(term))))
            numbers[term] = added
            return added
        }
        if let towers = stages.towers {
            towerTerms = [UInt32](repeating: 0, count: towers.queryTable.count)
            for (term, row) in towers.features.enumerated() where row != Towers.none {
                towerTerms[Int(row)] = number(UInt32(term))
            }
        }
        var documents: [Int64: Int32] = [:]
        for (number, row) in corpus.rowIDs.enumerated() { documents[row] = Int32(number) }
        for query in 0..<stages.past.rows.rowCount {
            let row = stages.past.rows[query].map { place -> (column: UInt32, value: Float) in
                let term = stages.past.rows.columns[place]
                let frequency = stages.past.rows.values[place] / earlier.vocabulary.inverseFrequency(term)
                return (number(term), frequency)
            }.sorted { $0.column < $1.column }
            known.insert(row.map(\.column))
            let answers = stages.past.answers(of: query).compactMap { answer in
                documents[earlier.rowIDs[Int(answer.document)]].map { (document: $0, weight: answer.weight) }
            }
            if !answers.isEmpty { past.append(PastQuery(row: row, answers: answers)) }
        }
        for place in past.indices { past[place].row = TermWeights.weigh(past[place].row, corpus.vocabulary) }
    }

    /// Whether the model has learned from a question of these terms.
    func knows(_ query: RetrievalQuery) -> Bool { known.contains(Self.key(query)) }

    /// What examples say of a question, be it that nothing answers it, replaces what the model knew of it.
    mutating func yield(
        to examples: RetrievalExamples, _ vocabulary: RetrievalVocabulary, _ reader: TermReader
    ) {
        var stated: Set<[UInt32]> = []
        for example in examples.queries {
            let query = RetrievalQuery(example.text, vocabulary, reader)
            if query.unknownCount == 0 { stated.insert(Self.key(query)) }
        }
        past.removeAll { stated.contains($0.row.map(\.column)) }
    }

    /// Where the towers and the cross-term weights go on from.
    var towers: (towers: Towers, terms: [UInt32])? { stages.towers.map { ($0, towerTerms) } }
    var cross: (weights: CrossTerms, features: [UInt32])? {
        stages.cross.map { ($0, stages.crossDocuments.features) }
    }

    private static func key(_ query: RetrievalQuery) -> [UInt32] { Set(query.content).sorted() }
}
