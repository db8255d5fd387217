// INSERT, UPDATE, DELETE and COPY.

import MartletCore

extension Parser {
    mutating func insert() throws(SyntaxFailure) -> Insert {
        let start = token.start
        let resolution = try conflictResolution()
        try expect(.into, "after INSERT")
        let table = try qualifiedName("a table's name")
        var columns: [Identifier] = []
        if at(.leftParenthesis) {
            switch peek().keyword {
            case .select, .values, .with: break
            default: if peek().kind != .leftParenthesis { columns = try columnList("the column list") }
            }
        }
        let source: Insert.Source
        if accept(.default) {
            try expect(.values, "after DEFAULT")
            source = .defaultValues
        } else {
            guard at(.values) || at(.select) || startsSelect() || at(.leftParenthesis) else {
                throw expected("VALUES, SELECT or DEFAULT VALUES")
            }
            source = .select(try select())
        }
        let conflict = at(.on) && resolution == nil ? try conflictClause() : resolution
        return Insert(
            table: table, columns: columns, source: source, conflict: conflict, returning: try returningClause(),
            location: location(from: start))
    }

    /// `INSERT`, `INSERT OR REPLACE | IGNORE | ABORT`, `REPLACE`
    private mutating func conflictResolution() throws(SyntaxFailure) -> Insert.Conflict? {
        let start = token.start
        func conflict(_ action: Insert.Conflict.Action) -> Insert.Conflict {
            Insert.Conflict(columns: [], action: action, location: location(from: start))
        }
        if accept(.replace) { return conflict(.replace) }
        advance()
        guard accept(.or) else { return nil }
        if accept(.replace) { return conflict(.replace) }
        if accept(.ignore) { return conflict(.nothing) }
        // What INSERT does by itself: the statement is undone.
        if accept(.abort) { return nil }
        throw expected("REPLACE, IGNORE or ABORT after INSERT OR")
    }

    private mutating func conflictClause() throws(SyntaxFailure) -> Insert.Conflict {
        let start = token.start
        advance()
        try expect(.conflict, "after ON")
        let columns = at(.leftParenthesis) ? try columnList() : []
        try expect(.do, "after ON CONFLICT")
        if accept(.nothing) {
            return Insert.Conflict(columns: columns, action: .nothing, location: location(from: start))
        }
        try expect(.update, "or NOTHING after DO")
        let assignments = try assignments()
        let filter = try whereClause()
        return Insert.Conflict(
            columns: columns, action: .update(assignments, filter: filter), location: location(from: start))
    }

    /// `SET column = value, …`
    private mutating func assignments() throws(SyntaxFailure) -> [Assignment] {
        try expect(.set)
        let groups = try list { parser throws(SyntaxFailure) in
            if parser.at(.leftParenthesis) { return try parser.assignedRow() }
            let column = try parser.identifier("a column's name", .column)
            try parser.expect(.equal, "'=' after the column's name")
            return [Assignment(column: column, value: try parser.expressionOrDefault())]
        }
        return groups.flatMap { $0 }
    }

    /// `(a, b) = (1, 2)` is `a = 1, b = 2`, and `(a, b) = (SELECT x, y …)` is `a = (SELECT x …), b = (SELECT y …)`.
    private mutating func assignedRow() throws(SyntaxFailure) -> [Assignment] {
        let columns = try columnList("the columns to set")
        try expect(.equal, "'=' after the columns' names")
        let value = try expression()
        var values = [value]
        if case .row(let row, _) = value {
            values = row
        } else if case .subquery(let select, let place) = value, case .core(let core) = select.body, !core.isDistinct {
            values = core.items.map { item in
                var part = core
                var single = select
                part.items = [item]
                single.body = .core(part)
                return .subquery(single, place)
            }
        }
        if values.count != columns.count {
            throw report(
                .wrongColumnCount, "\(columns.count) columns but \(values.count) values", at: value.range)
        }
        return zip(columns, values).map { Assignment(column: $0, value: $1) }
    }

    private mutating func returningClause() throws(SyntaxFailure) -> [SelectItem] {
        accept(.returning) ? try selectItems() : []
    }

    mutating func update() throws(SyntaxFailure) -> Update {
        let start = token.start
        advance()
        var resolution: Update.Resolution?
        if accept(.or) {
            if accept(.replace) {
                resolution = .replace
            } else if accept(.ignore) {
                resolution = .ignore
            } else {
                // What UPDATE does by itself: the statement is undone.
                try expect(.abort, "or REPLACE or IGNORE after UPDATE OR")
            }
        }
        let table = try qualifiedName("a table's name")
        let alias = try tableAlias()
        let assignments = try assignments()
        let from = accept(.from) ? try tableReferences() : nil
        let filter = try whereClause()
        var update = Update(
            table: table, alias: alias, assignments: assignments, from: from, filter: filter,
            returning: try returningClause(), location: location(from: start))
        update.resolution = resolution
        return update
    }

    mutating func delete() throws(SyntaxFailure) -> Delete {
        let start = token.start
        advance()
        try expect(.from, "after DELETE")
        let table = try qualifiedName("a table's name")
        let alias = try tableAlias()
        let filter = try whereClause()
        return Delete(
            table: table, alias: alias, filter: filter, returning: try returningClause(),
            location: location(from: start))
    }

    // MARK: COPY

    mutating func copy() throws(SyntaxFailure) -> Statement {
        let start = token.start
        advance()
        if at(.model), isName(peek()), peek().keyword != .to {
            return .record(try copyModel(from: start))
        }
        if at(.leftParenthesis) {
            let select = try parenthesisedSelect()
            return .copyTo(try copyTo(.select(select), from: start))
        }
        let table = try qualifiedName("a table's name or '('")
        let columns = at(.leftParenthesis) ? try columnList("the column list") : []
        if at(.to) { return .copyTo(try copyTo(.table(table, columns: columns), from: start)) }
        guard accept(.from) else {
            throw expected("FROM or TO after \(columns.isEmpty ? "the table" : "the column list")")
        }
        let path = try text("a path as text")
        let options = try optionsClause()
        return .copyFrom(
            CopyFrom(table: table, columns: columns, path: path, options: options, location: location(from: start)))
    }

    private mutating func copyTo(_ source: CopyTo.Source, from start: Int) throws(SyntaxFailure) -> CopyTo {
        try expect(.to, "after what to copy")
        let path = try text("a path as text")
        let options = try optionsClause()
        return CopyTo(source: source, path: path, options: options, location: location(from: start))
    }
}
