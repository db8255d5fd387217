// Texts of one or many statements.

package import MartletCore

/// One statement of a script: its tree, if it has one, and what is wrong with it.
package struct ParsedStatement: Hashable, Sendable {
    /// nil when the statement has diagnostics.
    package var statement: Statement?
    /// The statement's bytes in the script, without the semicolon.
    package var range: SourceRange
    /// At most one a statement; ranges count from the start of the whole text.
    package var diagnostics: [Diagnostic]
    /// The number of `?` in the statement.
    package var positionalParameterCount: Int
}

package struct ParsedScript: Hashable, Sendable {
    package var statements: [ParsedStatement]

    package var diagnostics: [Diagnostic] { statements.flatMap(\.diagnostics) }
}

/// Reads the statements of a script one by one: memory for one tree at a time.
///
/// A broken statement gives its diagnostics and ends at its `;`; the next one is read as if nothing had happened.
package struct ScriptReader: Sequence, IteratorProtocol, Sendable {
    private var parser: Parser

    package init(_ text: String) { parser = Parser(Array(text.utf8)) }

    package init(bytes: [UInt8]) { parser = Parser(bytes) }

    /// The next statement; nil at the end of the script. Empty statements are passed over.
    package mutating func next() -> ParsedStatement? { parser.nextStatement() }
}

extension Parser {
    /// Parses every statement of a text.
    package static func parse(_ text: String) -> ParsedScript {
        ParsedScript(statements: Array(ScriptReader(text)))
    }

    package static func parse(bytes: [UInt8]) -> ParsedScript {
        ParsedScript(statements: Array(ScriptReader(bytes: bytes)))
    }

    /// Parses a text of exactly one statement, with or without its semicolon.
    ///
    /// - Throws: the first diagnostic; E0001 when there is no statement or more than one.
    package static func parseStatement(_ text: String) throws(Diagnostic) -> Statement {
        try parseStatement(bytes: Array(text.utf8))
    }

    package static func parseStatement(bytes: [UInt8]) throws(Diagnostic) -> Statement {
        var parser = Parser(bytes)
        guard let first = parser.nextStatement() else {
            throw Diagnostic(.syntax, "the text has no statement", at: SourceRange(0, bytes.count))
        }
        if let diagnostic = first.diagnostics.first { throw diagnostic }
        parser.skipSemicolons()
        guard parser.at(.endOfText) else {
            throw Diagnostic(.syntax, "expected one statement, found another", at: parser.token.range)
        }
        guard let statement = first.statement else {
            throw Diagnostic(.syntax, "the text has no statement", at: first.range)
        }
        return statement
    }

    mutating func skipSemicolons() {
        while accept(.semicolon) {}
    }

    /// Gets ready for the statement behind the semicolons here.
    mutating func beginStatement() {
        skipSemicolons()
        statementStart = token.start
        depth = 0
        height = 0
        nodeCount = 0
        positionalParameterCount = 0
        lastAlias = nil
        diagnostics = []
    }

    mutating func nextStatement() -> ParsedStatement? {
        beginStatement()
        guard !at(.endOfText) else { return nil }
        let start = statementStart
        var result: Statement?
        do throws(SyntaxFailure) {
            let statement = try statement()
            guard at(.endOfText) || at(.semicolon) else {
                let isNext = token.keyword == .select || token.keyword == .values
                throw expected(
                    "';' or the end of the statement", hint: isNext ? "put a ';' between two statements" : nil)
            }
            result = statement
        } catch {
            recover()
        }
        if previousEnd - start > Limits.statementBytes, diagnostics.isEmpty {
            result = nil
            _ = report(
                .statementTooLong, "the statement has more than \(Limits.statementBytes) bytes",
                at: SourceRange(start, min(start + 1, previousEnd)))
        }
        return ParsedStatement(
            statement: result, range: SourceRange(start, max(start, previousEnd)), diagnostics: diagnostics,
            positionalParameterCount: positionalParameterCount)
    }

    /// Goes to the semicolon that ends the broken statement.
    private mutating func recover() {
        var boundary = StatementBoundary()
        var probe = Lexer(bytes, at: statementStart)
        while true {
            let next = probe.next()
            if next.kind == .endOfText || (boundary.ends(at: next) && next.start >= previousEnd) {
                moveTo(next, probe)
                return
            }
            previousEnd = max(previousEnd, next.end)
        }
    }
}
