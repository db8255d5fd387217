// What could be typed at the cursor.

package import MartletCore

/// The words that may go on with a text at the cursor, for a shell's completion.
package struct CompletionContext: Hashable, Sendable {
    /// The part of a word before the cursor: what a completion replaces.
    package var word: SourceRange
    /// The keywords that the parser looked for, in capitals.
    package var keywords: [String]
    /// What a name would name here; nil when no name may stand here.
    package var names: NameRole?

    /// Parses the text up to the cursor, a byte offset, and notes what the parser wanted there. O(n).
    package init(text: String, cursor: Int) {
        let bytes = Array(text.utf8.prefix(max(cursor, 0)))
        var start = bytes.count
        while start > 0, CharacterClass.of(bytes[start - 1]) != .other { start -= 1 }
        word = SourceRange(start, bytes.count)
        keywords = []
        let before = Array(bytes[..<start])
        var parser = Parser(before)
        while true {
            parser.beginStatement()
            let isComplete = (try? parser.statement()) != nil
            if parser.at(.endOfText) {
                if !isComplete, parser.statementStart == before.count {
                    keywords = Keyword.verbs.map(\.spelling)
                } else {
                    keywords = parser.expectedKeywords.members.map(\.spelling)
                    names = parser.expectedNames
                }
                return
            }
            // A finished statement, or a broken one: the next one may be sound.
            while !parser.at(.semicolon), !parser.at(.endOfText) { parser.advance() }
            if parser.at(.endOfText) { return }
        }
    }
}
