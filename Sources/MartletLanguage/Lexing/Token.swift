// One token of a statement's text.

package import MartletCore

package struct Token: Hashable, Sendable {
    package enum Kind: UInt8, Hashable, Sendable {
        case endOfText, semicolon
        /// A name or keyword; `quotedWord` stands in "…" or `…`.
        case word, quotedWord
        case string, blob, integer, real
        /// `?`, `?3` or `:name`
        case parameter
        case leftParenthesis, rightParenthesis, leftBracket, rightBracket, comma, period, atSign, doubleColon
        case star, plus, minus, slash, percent, ampersand, bar, tilde
        case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual
        case shiftLeft, shiftRight, concatenate, arrow, doubleArrow
        /// Bytes that are no token; the lexer has the diagnostic.
        case invalid
    }

    package var kind: Kind
    /// Only of a `word`.
    package var keyword: Keyword?
    package var start: Int
    package var end: Int

    package var range: SourceRange { SourceRange(start, end) }
}
