// A question as the corpus's terms.

/// Terms in order as in `DocumentTerms`, and how many words that count the corpus does not know.
package struct RetrievalQuery: Sendable {
    /// Words of a question beyond so many are not looked at.
    static let termLimit = 256

    var terms: [UInt32] = []
    package var unknownCount = 0
    /// Its words as they are written, ascending.
    var words: [UInt32]

    init(_ text: String, terms: [UInt32]) {
        self.terms = terms
        words = WrittenWords.hashes(text).sorted()
    }

    package init(_ text: String, _ vocabulary: RetrievalVocabulary, _ reader: TermReader) {
        var read: [UInt32] = []
        words = WrittenWords.hashes(text).sorted()
        reader.read(text, limit: Self.termLimit, into: &read)
        for term in read {
            if let number = vocabulary.number(of: reader.bytes(ofTerm: Int(term >> 1))) {
                terms.append(number << 1 | term & 1)
            } else if term & 1 == 1 {
                unknownCount += 1
            }
        }
    }

    /// Those that count.
    var content: [UInt32] { terms.filter { $0 & 1 == 1 }.map { $0 >> 1 } }
}
