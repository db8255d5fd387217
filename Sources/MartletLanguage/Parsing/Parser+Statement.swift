// Which statement is it?

import MartletCore

extension Parser {
    mutating func statement() throws(SyntaxFailure) -> Statement {
        try enter(Self.statementDepth)
        defer { depth -= Self.statementDepth }
        if at(.leftParenthesis) { return .select(try select()) }
        let start = token.start
        switch token.keyword {
        case .select, .values: return .select(try select())
        case .with: return try withStatement()
        case .search: return .search(try search())
        case .explain: return .explain(try explain())
        case .insert, .replace: return .insert(try insert())
        case .update: return .update(try update())
        case .delete: return .delete(try delete())
        case .copy: return try copy()
        case .create: return try create()
        case .alter: return try alter()
        case .drop: return try drop()
        case .begin:
            advance()
            // Every transaction that writes takes its turn at once.
            _ = accept(.deferred) || accept(.immediate) || accept(.exclusive)
            _ = accept(.transaction)
            return .begin(readOnly: try readOnly(), location(from: start))
        case .commit: return try commit()
        case .end:
            advance()
            _ = accept(.transaction)
            return .commit(location(from: start))
        case .rollback: return try rollback()
        case .savepoint:
            advance()
            return .savepoint(try identifier("a savepoint's name"), location(from: start))
        case .release:
            advance()
            if at(.savepoint), isName(peek()) { advance() }
            return .release(try identifier("a savepoint's name"), location(from: start))
        case .train: return .train(try train())
        case .evaluate: return .evaluate(try evaluate())
        case .predict: return .predict(try predict())
        case .deploy: return .deploy(try deploy())
        case .undeploy:
            advance()
            let ifExists = acceptIfExists()
            return .undeploy(
                try identifier("a deployment's name", .deployment), ifExists: ifExists, location(from: start))
        case .show:
            advance()
            return .show(try identifier("what to show"), location(from: start))
        case .list:
            advance()
            return .show(try identifier("what to list"), location(from: start))
        case .system:
            advance()
            let name = Identifier("status", Location(token.range))
            try expect(.status, "after SYSTEM")
            return .show(name, location(from: start))
        case .pragma: return try pragma()
        case .analyze:
            advance()
            return .analyze(isName(token) ? try qualifiedName("a table's name") : nil, location(from: start))
        case .reindex:
            advance()
            if at(.index) || at(.table), isName(peek()) { advance() }
            return .reindex(
                isName(token) ? try qualifiedName("an index's or a table's name") : nil, location(from: start))
        default:
            if let service = try serviceStatement() { return .service(service) }
            if let record = try recordStatement() { return .record(record) }
            for verb in Keyword.verbs { expectedKeywords.insert(verb) }
            throw expected("a statement")
        }
    }

    private mutating func readOnly() throws(SyntaxFailure) -> Bool {
        if accept(.read) {
            if accept(.write) { return false }
            try expect(.only, "after READ")
            return true
        }
        return false
    }

    private mutating func commit() throws(SyntaxFailure) -> Statement {
        let start = token.start
        if peek().keyword == .version { return .record(try commitVersion()) }
        advance()
        _ = accept(.transaction)
        return .commit(location(from: start))
    }

    private mutating func rollback() throws(SyntaxFailure) -> Statement {
        let start = token.start
        advance()
        if accept(.deployment) {
            let name = try identifier("a deployment's name", .deployment)
            return .rollbackDeployment(name, location(from: start))
        }
        _ = accept(.transaction)
        guard accept(.to) else { return .rollback(location(from: start)) }
        if at(.savepoint), isName(peek()) { advance() }
        return .rollbackTo(try identifier("a savepoint's name"), location(from: start))
    }

    /// `PRAGMA name`, `PRAGMA name = value`, `PRAGMA name(value)`
    private mutating func pragma() throws(SyntaxFailure) -> Statement {
        let start = token.start
        advance()
        let name = try identifier("a setting's name")
        var value: Expression?
        if accept(.equal) {
            value = try expression(above: Precedence.bits)
        } else if accept(.leftParenthesis) {
            value = try expression(above: Precedence.bits)
            try expect(.rightParenthesis, "')' after the value")
        }
        return .pragma(name, value: value, location(from: start))
    }

    private mutating func explain() throws(SyntaxFailure) -> Explain {
        let start = token.start
        advance()
        let isAnalyze = accept(.analyze)
        var format = Explain.Format.text
        var measuresRecall = false
        if at(.leftParenthesis), peek().keyword == .format || peek().keyword == .recall {
            advance()
            repeat {
                if accept(.recall) {
                    measuresRecall = true
                    continue
                }
                try expect(.format, "or RECALL")
                let word = token.kind == .word ? source(token).lowercased() : ""
                guard let known = Explain.Format(rawValue: word) else { throw expected("text or json") }
                format = known
                advance()
            } while accept(.comma)
            try expect(.rightParenthesis, "')' after the options of EXPLAIN")
        }
        let statement = try statement()
        return Explain(
            isAnalyze: isAnalyze, format: format, measuresRecall: measuresRecall, statement: statement,
            location: location(from: start))
    }
}
