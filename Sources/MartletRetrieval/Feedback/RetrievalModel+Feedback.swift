// What feedback asks of a trained model: how much a word says, and what a question is like.

package import MartletCore

extension RetrievalModel {
    /// Of a term of the index; the greatest for one that no document had.
    func inverseFrequency(of term: [UInt8]) -> Float {
        let vocabulary = base.corpus.vocabulary
        return vocabulary.inverseFrequency(vocabulary.number(of: term) ?? .max)
    }

    /// Reads questions for `towerVector`; nil where the model has no towers in use.
    package func towerReader() throws(Diagnostic) -> TermReader? {
        method == .ranked && stages?.towers != nil ? try TermReader(base.analyzer) : nil
    }

    /// The words of a question that count, in the space of the towers; nil where they know none of them.
    package func towerVector(_ text: String, _ reader: TermReader) -> [Float]? {
        guard let towers = stages?.towers else { return nil }
        var query = RetrievalQuery(text, base.corpus.vocabulary, reader)
        query.terms.removeAll { $0 & 1 == 0 }
        let weights = Towers.query(query, base.corpus.vocabulary, towers.features)
        return weights.isEmpty ? nil : Towers.vector(weights, table: towers.queryTable)
    }

    /// How often similar questions of the examples have an answer in common: where they never do, as where each document
    /// answers one question about a subject, what was said of one says nothing of the next. 1 without examples.
    func answerTransfer(leastSimilarity: Float) -> Float {
        guard method == .ranked, let past = stages?.past else { return 1 }
        let count = past.rows.rowCount
        let step = max(1, count / Self.comparedCount)
        // Two pairs that agree are taken for granted.
        var agreed: Float = 2
        var pairs: Float = 2
        var scores: [Float] = []
        for query in stride(from: 0, to: count, by: step) {
            let weights = past.rows[query].map { (column: past.rows.columns[$0], value: past.rows.values[$0]) }
            let own = Set(past.answers(of: query).map(\.document))
            for neighbour in past.neighbours(weights, scores: &scores, where: { $0 != query }).prefix(3)
            where neighbour.similarity >= leastSimilarity && neighbour.similarity < 0.9999 {
                pairs += 1
                if past.answers(of: neighbour.query).contains(where: { own.contains($0.document) }) { agreed += 1 }
            }
        }
        return agreed / pairs
    }

    /// Questions that are compared with their neighbours.
    private static let comparedCount = 300
}
