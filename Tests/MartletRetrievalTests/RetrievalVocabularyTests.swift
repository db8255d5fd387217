// Terms are found by their bytes.

import MartletRetrieval
import Testing

@Suite struct RetrievalVocabularyTests {
    @Test func manyTermsAreFound() {
        var vocabulary = RetrievalVocabulary()
        let terms = (0..<5_000).map { Array("term\($0 * 31)".utf8) } + [[], [0], [0, 0], [255]]
        for (number, term) in terms.enumerated() { #expect(vocabulary.add(term) == UInt32(number)) }
        for (number, term) in terms.enumerated() { #expect(vocabulary.add(term) == UInt32(number)) }
        let again = RetrievalVocabulary(
            letters: vocabulary.letters, starts: vocabulary.starts, frequencies: vocabulary.frequencies,
            documentCount: 3)
        #expect(again.count == terms.count)
        for (number, term) in terms.enumerated() {
            #expect(again.number(of: term) == UInt32(number))
            #expect(Array(again.bytes(ofTerm: number)) == term)
        }
        #expect(again.number(of: Array("absent".utf8)) == nil)
    }
}
