// Colours for a shell: what each token of a text is.

package import MartletCore

package enum TokenClass: String, Hashable, Sendable, CaseIterable {
    case keyword, identifier, string, number, parameter, symbol, comment, invalid
}

package enum Highlighter {
    package struct Piece: Hashable, Sendable {
        package var range: SourceRange
        package var tokenClass: TokenClass
    }

    /// The tokens and comments of a text, in order; blanks are left out. O(n).
    ///
    /// A contextual keyword is shown as a keyword wherever it stands.
    package static func pieces(of text: String) -> [Piece] {
        let bytes = Array(text.utf8)
        var lexer = Lexer(bytes)
        var result: [Piece] = []
        var end = 0
        while true {
            let token = lexer.next()
            if let comment = comment(in: bytes, end, token.start) { result.append(comment) }
            if token.kind == .endOfText { return result }
            result.append(Piece(range: token.range, tokenClass: tokenClass(token)))
            end = token.end
        }
    }

    /// Everything but the blanks around, between two tokens.
    private static func comment(in bytes: [UInt8], _ start: Int, _ end: Int) -> Piece? {
        guard let first = bytes[start..<end].firstIndex(where: { $0 > 0x20 }),
            let last = bytes[start..<end].lastIndex(where: { $0 > 0x20 })
        else { return nil }
        return Piece(range: SourceRange(first, last + 1), tokenClass: .comment)
    }

    private static func tokenClass(_ token: Token) -> TokenClass {
        switch token.kind {
        case .word: token.keyword == nil ? .identifier : .keyword
        case .quotedWord: .identifier
        case .string, .blob: .string
        case .integer, .real: .number
        case .parameter: .parameter
        case .invalid: .invalid
        default: .symbol
        }
    }
}
