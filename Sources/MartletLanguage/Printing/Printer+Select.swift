// SELECT and SEARCH as text.

import MartletCore

extension Printer {
    mutating func select(_ select: Select) {
        with(WithClause(tables: select.commonTables, isRecursive: select.isRecursive))
        body(select.body)
        orderBy(select.orderBy)
        // In the order of the source: `?` are numbered by it.
        if let limit = select.limit, let offset = select.offset, offset.range.start < limit.range.start {
            clause("OFFSET", offset)
            clause("LIMIT", limit)
        } else {
            clause("LIMIT", select.limit)
            clause("OFFSET", select.offset)
        }
    }

    mutating func with(_ clause: WithClause) {
        if clause.tables.isEmpty { return }
        text += clause.isRecursive ? "WITH RECURSIVE " : "WITH "
        list(clause.tables) { printer, table in
            printer.name(table.name)
            if !table.columns.isEmpty {
                printer.text += " "
                printer.columns(table.columns)
            }
            printer.text += " AS ("
            printer.select(table.select)
            printer.text += ")"
        }
        text += " "
    }

    private mutating func body(_ body: SelectBody) {
        switch body {
        case .core(let core): self.core(core)
        case .values(let rows, _):
            text += "VALUES "
            list(rows) { printer, row in printer.parenthesised(row) { $0.expression($1) } }
        case .compound(let left, let symbol, let right, _):
            self.body(left)
            text += " \(symbol.rawValue) "
            operand(right, isParenthesised: isCompound(right))
        case .nested(let select):
            text += "("
            self.select(select)
            text += ")"
        }
    }

    private mutating func operand(_ body: SelectBody, isParenthesised: Bool) {
        if isParenthesised { text += "(" }
        self.body(body)
        if isParenthesised { text += ")" }
    }

    private func isCompound(_ body: SelectBody) -> Bool {
        if case .compound = body { true } else { false }
    }

    private mutating func core(_ core: SelectCore) {
        text += core.isDistinct ? "SELECT DISTINCT " : "SELECT "
        items(core.items)
        if let from = core.from {
            text += " FROM "
            table(from)
        }
        clause("WHERE", core.filter)
        if !core.groupBy.isEmpty {
            text += " GROUP BY "
            list(core.groupBy) { $0.expression($1) }
        }
        clause("HAVING", core.having)
        if !core.windows.isEmpty {
            text += " WINDOW "
            list(core.windows) { printer, definition in
                printer.name(definition.name)
                printer.text += " AS "
                printer.window(definition.window)
            }
        }
    }

    mutating func items(_ items: [SelectItem]) {
        list(items) { printer, item in
            switch item {
            case .all: printer.text += "*"
            case .allOf(let table, _):
                printer.name(table)
                printer.text += ".*"
            case .expression(let expression, let alias):
                printer.expression(expression)
                printer.alias(alias)
            }
        }
    }

    mutating func orderBy(_ terms: [OrderTerm]) {
        if terms.isEmpty { return }
        if !text.hasSuffix("(") { text += " " }
        text += "ORDER BY "
        list(terms) { printer, term in
            printer.expression(term.expression)
            if term.isDescending { printer.text += " DESC" }
            if let first = term.nullsFirst { printer.text += first ? " NULLS FIRST" : " NULLS LAST" }
        }
    }

    // MARK: FROM

    mutating func table(_ reference: TableReference) {
        switch reference {
        case .table(let name, let alias):
            self.name(name)
            self.alias(alias)
        case .select(let select, let alias, _):
            text += "("
            self.select(select)
            text += ")"
            self.alias(alias)
        case .search(let search, let alias, _):
            text += "("
            self.search(search)
            text += ")"
            self.alias(alias)
        case .function(let call, let alias):
            self.call(call, inFrom: true)
            self.alias(alias)
        case .statement(let statement, let alias, _):
            text += "("
            self.statement(statement)
            text += ")"
            self.alias(alias)
        case .join(let left, let kind, let right, let condition, _):
            table(left)
            if case .natural = condition { text += " NATURAL" }
            text += " \(kind.rawValue) "
            if case .join = right {
                text += "("
                table(right)
                text += ")"
            } else {
                table(right)
            }
            switch condition {
            case .none, .natural: break
            case .on(let expression): clause("ON", expression)
            case .using(let columns):
                text += " USING "
                self.columns(columns)
            }
        }
    }

    // MARK: SEARCH

    mutating func search(_ search: Search) {
        text += "SEARCH "
        model(search.target)
        text += " FOR "
        list(search.legs) { $0.leg($1) }
        clause("WHERE", search.filter)
        if let fusion = search.fusion {
            text += " FUSE BY \(fusion.method.rawValue)"
            options(fusion.options)
        }
        if let rerank = search.rerank {
            text += " RERANK BY "
            model(rerank.model)
            clause("TOP", rerank.top)
        }
        if !search.items.isEmpty {
            text += " RETURN "
            items(search.items)
        }
        orderBy(search.orderBy)
        clause("LIMIT", search.limit)
        clause("AFTER", search.after)
        options(search.options)
    }

    private mutating func leg(_ leg: SearchLeg) {
        switch leg.condition {
        case .text(let expression):
            // A lone name could be read as the first of the next leg's columns.
            if case .column = expression {
                text += "("
                self.expression(expression)
                text += ")"
            } else {
                self.expression(expression)
            }
        case .match(let columns, let expression):
            list(columns) { $0.name($1) }
            clause("MATCH", expression)
        case .query(let columns, let expression):
            list(columns) { $0.name($1) }
            clause("QUERY", expression)
        case .near(let column, let expression):
            name(column)
            clause("NEAR", expression)
        case .nearRow(let columns, let key):
            list(columns) { $0.name($1) }
            clause("NEAR ROW", key)
        }
        clause("WITHIN", leg.within)
        clause("WEIGHT", leg.weight)
    }
}
