// What feedback asks of a trained model: how much a word says, and what a question is like.

import MartletCore

extension RetrievalModel {
    /// Of a term of the index; the greatest for one that no document had.
    func inverseFrequency(of term: [UInt8]) -> Float {
        let vocabulary = base.corpus.vocabulary
        return vocabulary.inverseFrequency(vocabulary.number(of: term) ?? .max)
    }

    /// Reads questions for `towerVector`; nil where the model has no towers in use.
    func towerReader() throws(Diagnostic) -> TermReader? {
        method == .ranked && stages?.towers != nil ? try TermReader(base.analyzer) : nil
    }

    /// The words of a question that count, in the space of the towers; nil where they know none of them.
    func towerVector(_ text: String, _ reader: TermReader) -> [Float]? {
        guard let towers = stages?.towers else { return nil }
        var query = RetrievalQuery(text, base.corpus.vocabulary, reader)
        query.terms.removeAll { $0 & 1 == 0 }
        let weights = Towers.query(query, base.corpus.vocabulary, towers.features)
        return weights.isEmpty ? nil : Towers.vector(weights, table: towers.queryTable)
    }
}
