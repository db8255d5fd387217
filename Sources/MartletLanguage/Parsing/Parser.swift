// Tokens to syntax trees: the machinery that every grammar rule uses.

import MartletCore

/// A statement stopped parsing; the diagnostic is in the parser.
struct SyntaxFailure: Error {}

/// A recursive-descent parser, one function per node.
///
/// It never throws on bad input: what is wrong comes as diagnostics, and parsing goes on behind the statement's `;`.
/// Time and memory are linear in the text; nesting, tree height and sizes stop at `Limits`.
package struct Parser: Sendable {
    var lexer: Lexer
    /// The token that is looked at.
    var token: Token
    /// The token behind it, once somebody asked for it.
    private var ahead: Token?
    /// Where the last consumed token ended.
    var previousEnd = 0
    var diagnostics: [Diagnostic] = []

    /// The keywords that were looked for at `token` in vain: they make hints and completions.
    var expectedKeywords = KeywordSet()
    /// What else could stand at `token`.
    var expectedNames: NameRole?
    /// The last word that was taken as an alias without AS: it may be a misspelled keyword.
    var lastAlias: Token?

    var statementStart = 0
    var depth = 0
    /// The height of the highest expression that was finished since this was last set to zero.
    var height = 0
    var nodeCount = 0
    var positionalParameterCount = 0

    /// The height that an expression's tree may have: code that recurses over trees fits into a 512 KiB stack.
    static let treeHeight = 500

    package init(_ bytes: [UInt8], at position: Int = 0) {
        lexer = Lexer(bytes, at: position)
        token = Token(kind: .endOfText, start: position, end: position)
        previousEnd = position
        token = lexer.next()
    }

    var bytes: [UInt8] { lexer.bytes }

    // MARK: Tokens

    /// Consumes the current token.
    @inline(__always)
    mutating func advance() {
        previousEnd = token.end
        if let next = ahead {
            token = next
            ahead = nil
        } else {
            token = lexer.next()
        }
        expectedKeywords = KeywordSet()
        expectedNames = nil
    }

    /// Makes `next` the current token, as `position` read it.
    mutating func moveTo(_ next: Token, _ position: Lexer) {
        lexer = position
        token = next
        ahead = nil
        expectedKeywords = KeywordSet()
    }

    /// The token behind the current one.
    mutating func peek() -> Token {
        if let ahead { return ahead }
        // A broken token behind a sound one: its diagnostic is kept until it is reached.
        let next = lexer.next()
        ahead = next
        return next
    }

    /// The `count` tokens behind the current one.
    func lookAhead(_ count: Int) -> [Token] {
        var copy = lexer
        copy.position = token.end
        return (0..<count).map { _ in copy.next() }
    }

    @inline(__always)
    mutating func at(_ keyword: Keyword) -> Bool {
        if token.keyword == keyword { return true }
        expectedKeywords.insert(keyword)
        return false
    }

    @inline(__always)
    func at(_ kind: Token.Kind) -> Bool { token.kind == kind }

    @inline(__always)
    mutating func accept(_ keyword: Keyword) -> Bool {
        guard at(keyword) else { return false }
        advance()
        return true
    }

    @inline(__always)
    mutating func accept(_ kind: Token.Kind) -> Bool {
        guard token.kind == kind else { return false }
        advance()
        return true
    }

    /// Consumes two keywords if both stand here.
    mutating func accept(_ first: Keyword, _ second: Keyword) -> Bool {
        guard at(first), peek().keyword == second else { return false }
        advance()
        advance()
        return true
    }

    mutating func expect(_ keyword: Keyword, _ context: String = "") throws(SyntaxFailure) {
        if accept(keyword) { return }
        throw expected("\(keyword.spelling)\(context.isEmpty ? "" : " " + context)")
    }

    mutating func expect(_ kind: Token.Kind, _ what: String) throws(SyntaxFailure) {
        if accept(kind) { return }
        throw expected(what)
    }

    func location(from start: Int) -> Location { Location(start, previousEnd) }

    /// The text of a token as it stands in the source.
    func source(_ token: Token) -> String {
        String(decoding: bytes[token.start..<token.end], as: UTF8.self)
    }

    // MARK: Diagnostics

    mutating func report(
        _ code: ErrorCode, _ message: String, at range: SourceRange, hint: String? = nil
    ) -> SyntaxFailure {
        diagnostics.append(Diagnostic(code, message, at: range, hint: hint))
        return SyntaxFailure()
    }

    /// Reports that something else should stand at the current token.
    mutating func expected(_ what: String, hint ownHint: String? = nil) -> SyntaxFailure {
        if token.kind == .invalid { return reportInvalidToken() }
        return report(.syntax, "expected \(what), found \(found)", at: token.range, hint: ownHint ?? hint())
    }

    private mutating func reportInvalidToken() -> SyntaxFailure {
        // The lexer may already be a token further, so the broken one is read again.
        var again = Lexer(bytes, at: token.start)
        _ = again.next()
        diagnostics.append(
            again.failure ?? Diagnostic(.invalidCharacter, "unreadable text", at: token.range))
        return SyntaxFailure()
    }

    /// The current token in words.
    var found: String {
        switch token.kind {
        case .endOfText: return "the end of the text"
        case .semicolon: return "';'"
        default:
            let text = source(token)
            return text.utf8.count <= 40 ? "'\(text)'" : "'\(text.prefix(36))…'"
        }
    }

    private func hint() -> String? {
        if token.kind == .rightParenthesis || token.keyword?.class == .reserved, expectedNames != nil, previousEnd > 0,
            bytes[previousEnd - 1] == UInt8(ascii: ",")
        {
            return "there is a comma too many before \(found)"
        }
        if token.kind == .word {
            let spellings = expectedKeywords.members.map(\.spelling)
            if let near = Suggestion.nearest(to: source(token), among: spellings), near != source(token).uppercased() {
                return "did you mean '\(near)'?"
            }
            if token.keyword?.class == .reserved, expectedNames != nil {
                return "\(source(token).uppercased()) is a reserved word: write it in double quotes to use it as a name"
            }
        }
        if let alias = lastAlias, alias.end == previousEnd {
            let word = source(alias)
            if let near = Suggestion.nearest(to: word, among: expectedKeywords.members.map(\.spelling)) {
                return "did you mean '\(near)' instead of '\(word)'?"
            }
        }
        return nil
    }

    // MARK: Limits

    /// What one level costs of `Limits.nestingDepth`: about the stack that it needs, in units of an expression's.
    static let selectDepth = 4
    static let statementDepth = 10

    /// Goes `levels` deeper; every call is paired with `depth -= levels`, also when it throws.
    @inline(__always)
    mutating func enter(_ levels: Int = 1) throws(SyntaxFailure) {
        depth += levels
        if depth > Limits.nestingDepth { throw tooDeep() }
    }

    mutating func tooDeep() -> SyntaxFailure {
        report(
            .nestingTooDeep, "this is nested too deeply", at: token.range,
            hint: "split the statement")
    }

    /// Notes that an expression of height `newHeight` is finished.
    @inline(__always)
    mutating func finish(height newHeight: Int) throws(SyntaxFailure) {
        nodeCount += 1
        if newHeight > height { height = newHeight }
        if newHeight > Parser.treeHeight { throw tooHigh() }
        if nodeCount > Limits.expressionNodes { throw tooMany() }
    }

    private mutating func tooHigh() -> SyntaxFailure {
        report(
            .nestingTooDeep, "the expression has more than \(Parser.treeHeight) levels of operators", at: token.range,
            hint: "split the expression with parentheses or a subquery")
    }

    private mutating func tooMany() -> SyntaxFailure {
        report(
            .limitExceeded, "the statement has more than \(Limits.expressionNodes) expressions", at: token.range,
            hint: "use COPY, or several statements")
    }

    // MARK: Lists

    /// `item {"," item}`
    mutating func list<Item>(
        _ item: (inout Parser) throws(SyntaxFailure) -> Item
    ) throws(SyntaxFailure) -> [Item] {
        var items = [try item(&self)]
        while accept(.comma) { items.append(try item(&self)) }
        return items
    }

    /// `"(" item {"," item} ")"`
    mutating func parenthesised<Item>(
        _ context: String, _ item: (inout Parser) throws(SyntaxFailure) -> Item
    ) throws(SyntaxFailure) -> [Item] {
        try expect(.leftParenthesis, "'(' before \(context)")
        var items = [try item(&self)]
        while accept(.comma) { items.append(try item(&self)) }
        if at(.rightParenthesis) {
            advance()
            return items
        }
        throw expected("',' or ')' after \(context)")
    }
}

/// What a name at some place would name.
package enum NameRole: String, Hashable, Sendable {
    case table, column, function, model, deployment, other
}
