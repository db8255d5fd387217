// Words as they are written.

import MartletRetrieval
import Testing

@Suite struct WrittenWordsTests {
    @Test func capitalsAndEndingsTellApartPunctuationDoesNot() {
        let words = WrittenWords.hashes("Graves' disease, (type 1)?")
        #expect(words.count == 4)
        #expect(words == WrittenWords.hashes("  Graves\tdisease\n\"type\" 1."))
        #expect(words[1] != WrittenWords.hashes("Disease")[0])
        #expect(words[0] != WrittenWords.hashes("Grave")[0])
        #expect(WrittenWords.hashes("3-M").count == 1)
    }

    @Test func oddTexts() {
        #expect(WrittenWords.hashes("").isEmpty)
        #expect(WrittenWords.hashes(" ?! -- \u{0} ").isEmpty)
        #expect(WrittenWords.hashes(String(repeating: "é ", count: 1_000)).count == WrittenWords.limit)
    }
}
