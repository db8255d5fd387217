// What a shell needs: is the text complete, colours, completion, ranges of statements.

import MartletCore
import MartletLanguage
import Testing

@Test func aShellKnowsWhenToRun() {
    typealias State = StatementSplitter.State
    let cases: [(String, State)] = [
        ("", .empty), ("  -- nothing\n", .empty), (";", .empty), ("SELECT 1", .incomplete), ("SELECT 1;", .complete),
        ("SELECT 1; SELECT", .incomplete), ("SELECT 'a;", .open("'")), ("SELECT \"a;", .open("\"")),
        ("SELECT 1 /* ;", .open("*")), ("SELECT 1; -- done", .complete), ("SELECT 'a'';'';b';", .complete),
        ("CREATE SCHEDULE s EVERY '1 day' AS (SELECT 1;", .incomplete),
        ("CREATE SCHEDULE s EVERY '1 day' AS (SELECT 1; SELECT 2);", .complete), ("SELECT (1;", .complete),
        ("SELECT x'0", .open("'")), ("SELECT @#;", .complete),
    ]
    for (text, state) in cases { #expect(StatementSplitter.state(of: text) == state, "\(text)") }
}

@Test func scriptsAreReadOneByOne() {
    let text = "SELECT 1 ; ; /* x */ SELECT ? + ?;\n-- end\n"
    let bytes = Array(text.utf8)
    let statements = Array(ScriptReader(text))
    #expect(
        statements.map { String(decoding: bytes[$0.range.start..<$0.range.end], as: UTF8.self) } == [
            "SELECT 1", "SELECT ? + ?",
        ])
    #expect(statements.map(\.positionalParameterCount) == [0, 2])
    #expect(throws: Diagnostic.self) { try Parser.parseStatement("SELECT 1; SELECT 2") }
    #expect(throws: Diagnostic.self) { try Parser.parseStatement(" -- nothing") }
}

@Test func coloursOfTokens() {
    let pieces = Highlighter.pieces(of: "SELECT a, 'x' -- c\n FROM \"t\" /* d */ WHERE b = 1.5 OR ? #")
    #expect(
        pieces.map(\.tokenClass) == [
            .keyword, .identifier, .symbol, .string, .comment, .keyword, .identifier, .comment, .keyword, .identifier,
            .symbol, .number, .keyword, .parameter, .invalid,
        ])
    #expect(pieces.first?.range == SourceRange(0, 6))
}

@Test func completionKnowsTheGrammar() {
    func context(_ text: String) -> CompletionContext { CompletionContext(text: text, cursor: text.utf8.count) }
    #expect(context("").keywords.contains("TRAIN"))
    #expect(context("SEL").keywords.contains("SELECT"))
    #expect(context("SELECT 1; DEP").keywords.contains("DEPLOY"))
    #expect(context("SELECT * FROM ").names == .table)
    #expect(context("SELECT * FROM docs WHERE bo").names == .column)
    #expect(context("SELECT * FROM docs ").keywords.contains("WHERE"))
    #expect(context("TRAIN finder ").keywords == ["USING"])
    #expect(context("DROP ").keywords.contains("MODEL"))
    #expect(context("UNDEPLOY ").names == .deployment)
    #expect(context("SELECT * FROM docs WHERE bo").word == SourceRange(25, 27))
}

@Test func locationsAreByteExact() throws {
    let text = "SELECT 'größe', (a + b) * c FROM t WHERE x IS NOT DISTINCT FROM 1"
    let bytes = Array(text.utf8)
    guard case .select(let select) = try Parser.parseStatement(text), case .core(let core) = select.body,
        case .expression(let product, _) = core.items[1], case .binary(_, _, _, _, let symbol) = product
    else {
        Issue.record("not the tree that was meant")
        return
    }
    func source(_ range: SourceRange) -> String { String(decoding: bytes[range.start..<range.end], as: UTF8.self) }
    #expect(source(product.range) == "(a + b) * c")
    #expect(source(symbol.range) == "*")
    #expect(core.filter.map { source($0.range) } == "x IS NOT DISTINCT FROM 1")
    #expect(source(core.location.range) == String(text))
}
