// What stands in FROM: tables, subqueries, statements, functions and joins.

import MartletCore

extension Parser {
    /// `joined {"," joined}`; a comma is a CROSS JOIN that binds less tightly.
    mutating func tableReferences() throws(SyntaxFailure) -> TableReference {
        let start = token.start
        var left = try joinedTables()
        var count = 0
        while accept(.comma) {
            let right = try joinedTables()
            left = .join(left, .cross, right, .none, location(from: start))
            count += 1
            if count > Parser.treeHeight { throw tooManyJoins() }
        }
        return left
    }

    private mutating func tooManyJoins() -> SyntaxFailure {
        report(.limitExceeded, "FROM has more than \(Parser.treeHeight) tables", at: token.range)
    }

    private mutating func joinedTables() throws(SyntaxFailure) -> TableReference {
        let start = token.start
        var left = try tableReference()
        var count = 0
        while let (kind, isNatural) = try joinOperator() {
            let right = try tableReference()
            let condition = try joinCondition(kind, isNatural)
            left = .join(left, kind, right, condition, location(from: start))
            count += 1
            if count > Parser.treeHeight { throw tooManyJoins() }
        }
        return left
    }

    private mutating func joinOperator() throws(SyntaxFailure) -> (JoinKind, isNatural: Bool)? {
        let isNatural = accept(.natural)
        if accept(.join) { return (.inner, isNatural) }
        if accept(.inner) {
            try expect(.join, "after INNER")
            return (.inner, isNatural)
        }
        if accept(.left) {
            _ = accept(.outer)
            try expect(.join, "after LEFT")
            return (.left, isNatural)
        }
        for (keyword, kind) in [(Keyword.right, JoinKind.right), (.full, .full)] where at(keyword) {
            guard [.join, .outer].contains(peek().keyword) else { continue }
            advance()
            _ = accept(.outer)
            try expect(.join, "after \(keyword.spelling)")
            return (kind, isNatural)
        }
        if isNatural { throw expected("JOIN after NATURAL") }
        if accept(.cross) {
            try expect(.join, "after CROSS")
            return (.cross, false)
        }
        return nil
    }

    private mutating func joinCondition(
        _ kind: JoinKind, _ isNatural: Bool
    ) throws(SyntaxFailure) -> JoinCondition {
        if isNatural { return .natural }
        if kind == .cross { return .none }
        if at(.on), !startsConflictClause() {
            advance()
            return .on(try expression())
        }
        if accept(.using) { return .using(try columnList("the columns of USING")) }
        if kind == .inner { return .none }
        throw expected("ON or USING after \(kind.rawValue)")
    }

    /// `ON CONFLICT (…)` and `ON CONFLICT DO` belong to an INSERT, not to a join.
    private mutating func startsConflictClause() -> Bool {
        guard peek().keyword == .conflict else { return false }
        let behind = lookAhead(2)[1]
        return behind.kind == .leftParenthesis || behind.keyword == .do
    }

    private mutating func tableReference() throws(SyntaxFailure) -> TableReference {
        if at(.leftParenthesis) { return try parenthesisedTable() }
        let name = try qualifiedName("a table's name or '('")
        if name.schema == nil, at(.leftParenthesis) {
            let call = try functionCall(name.name)
            return .function(call, alias: try alias())
        }
        return .table(name, alias: try tableAlias())
    }

    /// `[["AS"] alias] [index_hint]`. The hint changes nothing: the planner chooses.
    mutating func tableAlias() throws(SyntaxFailure) -> Identifier? {
        if try indexHint() { return nil }
        let alias = try alias()
        _ = try indexHint()
        return alias
    }

    /// `NOT INDEXED` or `INDEXED BY name`
    private mutating func indexHint() throws(SyntaxFailure) -> Bool {
        if at(.not), peek().keyword == .indexed {
            advance()
            advance()
            return true
        }
        guard at(.indexed), peek().keyword == .by else { return false }
        advance()
        advance()
        _ = try identifier("an index's name")
        return true
    }

    private mutating func parenthesisedTable() throws(SyntaxFailure) -> TableReference {
        try enter(Self.selectDepth)
        defer { depth -= Self.selectDepth }
        let start = token.start
        advance()
        if startsSelect() {
            let select = try select()
            return try aliased(select, from: start)
        }
        if startsStatementInFrom() {
            let statement = try statement()
            try expect(.rightParenthesis, "')' after the statement")
            let place = location(from: start)
            let alias = try alias()
            if case .search(let search) = statement { return .search(search, alias: alias, place) }
            return .statement(statement, alias: alias, place)
        }
        let inner = try tableReferences()
        if case .select(let select, alias: nil, let place) = inner, continuesSelect() {
            return try aliased(try self.select(startingWith: select, at: place.range.start), from: start)
        }
        if case .select(let select, alias: nil, _) = inner { return try aliased(select, from: start) }
        try expect(.rightParenthesis, "')' after the tables")
        return inner
    }

    private mutating func aliased(_ select: Select, from start: Int) throws(SyntaxFailure) -> TableReference {
        try expect(.rightParenthesis, "')' after the subquery")
        let place = location(from: start)
        let alias = try alias()
        guard let alias, at(.leftParenthesis) else { return .select(select, alias: alias, place) }
        // `(SELECT …) AS t (a, b)` is `(WITH t (a, b) AS (SELECT …) SELECT * FROM t) AS t`.
        let named = CommonTable(name: alias, columns: try columnList(), select: select)
        var outer = Select.all(of: QualifiedName(name: alias))
        outer.commonTables = [named]
        outer.location = place
        return .select(outer, alias: alias, place)
    }

    /// In parentheses, a verb followed by another word is a statement; a lone one is a table of that name.
    private mutating func startsStatementInFrom() -> Bool {
        guard let keyword = token.keyword, Keyword.verbs.contains(keyword) else { return false }
        let next = peek()
        switch next.kind {
        case .quotedWord, .string, .integer, .parameter: return true
        case .word:
            guard let following = next.keyword, following.class == .reserved else { return true }
            switch following {
            case .into, .or, .from, .all, .select, .values, .with: return true
            default: return false
            }
        case .leftParenthesis: return keyword == .explain
        default: return false
        }
    }
}
