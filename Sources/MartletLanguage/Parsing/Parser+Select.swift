// SELECT, VALUES and their compounds.

import MartletCore

extension Parser {
    func startsSelect() -> Bool {
        switch token.keyword {
        case .select, .values, .with: true
        default: false
        }
    }

    /// Does the token go on with a SELECT whose first operand stands in parentheses?
    func continuesSelect() -> Bool {
        switch token.keyword {
        case .union, .intersect, .except, .order, .limit, .offset: true
        default: false
        }
    }

    mutating func select() throws(SyntaxFailure) -> Select {
        try enter(Self.selectDepth)
        defer { depth -= Self.selectDepth }
        let start = token.start
        let with = try withClause()
        let body = try selectBody(try selectOperand(), from: start)
        return try selectTail(with.tables, with.isRecursive, body, from: start)
    }

    /// `WITH …` with the statement that follows it.
    mutating func withStatement() throws(SyntaxFailure) -> Statement {
        try enter(Self.selectDepth)
        defer { depth -= Self.selectDepth }
        let start = token.start
        let with = try withClause()
        switch token.keyword {
        case .insert, .replace:
            var insert = try insert()
            insert.with = with
            return .insert(insert)
        case .update:
            var update = try update()
            update.with = with
            return .update(update)
        case .delete:
            var delete = try delete()
            delete.with = with
            return .delete(delete)
        default:
            let body = try selectBody(try selectOperand(), from: start)
            return .select(try selectTail(with.tables, with.isRecursive, body, from: start))
        }
    }

    /// `WITH [RECURSIVE] name AS (…), …`, or nothing.
    private mutating func withClause() throws(SyntaxFailure) -> WithClause {
        guard accept(.with) else { return WithClause() }
        let isRecursive = at(.recursive) && isName(peek())
        if isRecursive { advance() }
        return WithClause(
            tables: try list { parser throws(SyntaxFailure) in try parser.commonTable() }, isRecursive: isRecursive)
    }

    /// The rest of a SELECT whose first operand, in parentheses, was already read.
    mutating func select(startingWith first: Select, at start: Int) throws(SyntaxFailure) -> Select {
        try enter(Self.selectDepth)
        defer { depth -= Self.selectDepth }
        let body = try selectBody(Self.operand(first), from: start)
        return try selectTail([], false, body, from: start)
    }

    private mutating func commonTable() throws(SyntaxFailure) -> CommonTable {
        let name = try identifier("the name of a common table", .other)
        let columns = at(.leftParenthesis) ? try columnList() : []
        try expect(.as, "after the common table's name")
        return CommonTable(name: name, columns: columns, select: try parenthesisedSelect())
    }

    /// `"(" select ")"`
    mutating func parenthesisedSelect() throws(SyntaxFailure) -> Select {
        try expect(.leftParenthesis, "'(' and a SELECT")
        guard startsSelect() || at(.leftParenthesis) else {
            _ = at(.select)
            throw expected("SELECT after '('")
        }
        let select = try select()
        try expect(.rightParenthesis, "')' after the subquery")
        return select
    }

    /// Operands joined by UNION, INTERSECT and EXCEPT, all equally tight: from left to right, as in SQLite.
    private mutating func selectBody(_ first: SelectBody, from start: Int) throws(SyntaxFailure) -> SelectBody {
        var left = first
        var count = 0
        while let symbol = setOperator() {
            left = .compound(left, symbol, try selectOperand(), location(from: start))
            count += 1
            if count > Parser.treeHeight { throw tooDeep() }
        }
        return left
    }

    private mutating func setOperator() -> SetOperator? {
        let symbol: SetOperator
        if accept(.union) {
            if accept(.all) { return .unionAll }
            symbol = .union
        } else if accept(.intersect) {
            symbol = .intersect
        } else if accept(.except) {
            symbol = .except
        } else {
            return nil
        }
        _ = accept(.distinct)
        return symbol
    }

    private mutating func selectOperand() throws(SyntaxFailure) -> SelectBody {
        if at(.leftParenthesis) { return Self.operand(try parenthesisedSelect()) }
        if at(.values) { return try values() }
        guard at(.select) else { throw expected("SELECT") }
        return .core(try selectCore())
    }

    /// A SELECT in parentheses as an operand: bare when it has no clause of its own.
    private static func operand(_ select: Select) -> SelectBody {
        let isBare =
            select.commonTables.isEmpty && select.orderBy.isEmpty && select.limit == nil && select.offset == nil
        return isBare ? select.body : .nested(select)
    }

    private mutating func values() throws(SyntaxFailure) -> SelectBody {
        let start = token.start
        advance()
        let rows = try list { parser throws(SyntaxFailure) in
            try parser.parenthesised("the values of a row") { parser throws(SyntaxFailure) in
                try parser.expressionOrDefault()
            }
        }
        return .values(rows, location(from: start))
    }

    /// An expression, or the word DEFAULT for a column's own.
    mutating func expressionOrDefault() throws(SyntaxFailure) -> Expression {
        let range = token.range
        guard accept(.default) else { return try expression() }
        try finish(height: 1)
        return .columnDefault(Location(range))
    }

    private mutating func selectTail(
        _ tables: [CommonTable], _ isRecursive: Bool, _ body: SelectBody, from start: Int
    ) throws(SyntaxFailure) -> Select {
        let orderBy = at(.order) ? try orderByClause() : []
        var limit: Expression?
        var offset: Expression?
        while true {
            if limit == nil, accept(.limit) {
                limit = try expression()
                if offset == nil, accept(.comma) {
                    // LIMIT skipped, count
                    offset = limit
                    limit = try expression()
                }
            } else if offset == nil, accept(.offset) {
                offset = try expression()
            } else {
                break
            }
        }
        if tables.isEmpty, orderBy.isEmpty, limit == nil, offset == nil, case .nested(let inner) = body {
            return inner
        }
        return Select(
            commonTables: tables, isRecursive: isRecursive, body: body, orderBy: orderBy, limit: limit, offset: offset,
            location: location(from: start))
    }

    private mutating func selectCore() throws(SyntaxFailure) -> SelectCore {
        let start = token.start
        advance()
        let isDistinct = accept(.distinct)
        if !isDistinct { _ = accept(.all) }
        let items = try selectItems()
        let from = accept(.from) ? try tableReferences() : nil
        let filter = try whereClause()
        var groupBy: [Expression] = []
        if accept(.group) {
            try expect(.by, "after GROUP")
            groupBy = try list { parser throws(SyntaxFailure) in try parser.expression() }
        }
        let having = accept(.having) ? try expression() : nil
        let windows = try windowClause()
        return SelectCore(
            isDistinct: isDistinct, items: items, from: from, filter: filter, groupBy: groupBy, having: having,
            windows: windows, location: location(from: start))
    }

    mutating func selectItems() throws(SyntaxFailure) -> [SelectItem] {
        try list { parser throws(SyntaxFailure) in try parser.selectItem() }
    }

    private mutating func selectItem() throws(SyntaxFailure) -> SelectItem {
        if at(.star) {
            let range = token.range
            advance()
            return .all(Location(range))
        }
        if isName(token), peek().kind == .period, lookAhead(2)[1].kind == .star {
            let table = try takeIdentifier()
            advance()
            advance()
            return .allOf(table, location(from: table.range.start))
        }
        return .expression(try expression(), alias: try alias())
    }

    /// `[AS] alias`; without AS only words that cannot go on with the statement.
    mutating func alias() throws(SyntaxFailure) -> Identifier? {
        if accept(.as) { return try identifier("an alias after AS") }
        switch token.kind {
        case .quotedWord: break
        case .word where token.keyword == nil || token.keyword?.class == .contextual: break
        default: return nil
        }
        let taken = token
        let alias = try takeIdentifier()
        lastAlias = taken
        return alias
    }

    mutating func whereClause() throws(SyntaxFailure) -> Expression? {
        accept(.where) ? try expression() : nil
    }

    mutating func orderByClause() throws(SyntaxFailure) -> [OrderTerm] {
        try expect(.order)
        try expect(.by, "after ORDER")
        return try list { parser throws(SyntaxFailure) in
            let expression = try parser.expression()
            let isDescending = try parser.direction()
            var nullsFirst: Bool?
            if parser.accept(.nulls) {
                nullsFirst = parser.accept(.first)
                if nullsFirst == false { try parser.expect(.last, "or FIRST after NULLS") }
            }
            return OrderTerm(expression: expression, isDescending: isDescending, nullsFirst: nullsFirst)
        }
    }

    /// `[ASC | DESC]`
    mutating func direction() throws(SyntaxFailure) -> Bool {
        if accept(.desc) { return true }
        _ = accept(.asc)
        return false
    }
}
