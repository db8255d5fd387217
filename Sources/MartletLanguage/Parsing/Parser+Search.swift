// SEARCH.

import MartletCore

extension Parser {
    mutating func search() throws(SyntaxFailure) -> Search {
        let start = token.start
        advance()
        let target = try modelReference("a table or deployment", .table)
        try expect(.for, "and what to search for")
        let legs = try list { parser throws(SyntaxFailure) in try parser.searchLeg() }
        let filter = try whereClause()
        let fusion = at(.fuse) ? try fusion() : nil
        let rerank = at(.rerank) ? try rerank() : nil
        let items = accept(.return) ? try selectItems() : []
        let orderBy = at(.order) ? try orderByClause() : []
        let limit = accept(.limit) ? try expression() : nil
        let after = accept(.after) ? try expression() : nil
        let options = try optionsClause()
        return Search(
            target: target, legs: legs, filter: filter, fusion: fusion, rerank: rerank, items: items,
            orderBy: orderBy, limit: limit, after: after, options: options, location: location(from: start))
    }

    private mutating func searchLeg() throws(SyntaxFailure) -> SearchLeg {
        let start = token.start
        let condition = try legCondition()
        var within: Expression?
        switch condition {
        case .near, .nearRow: within = accept(.within) ? try number("a number after WITHIN") : nil
        default: break
        }
        let weight = accept(.weight) ? try number("a number after WEIGHT") : nil
        return SearchLeg(condition: condition, within: within, weight: weight, location: location(from: start))
    }

    private mutating func legCondition() throws(SyntaxFailure) -> SearchLeg.Condition {
        guard startsColumns() else {
            let text = try expression()
            if case .column = text, at(.string) || at(.parameter) {
                for keyword: Keyword in [.match, .query, .near] { expectedKeywords.insert(keyword) }
                throw expected("MATCH, QUERY or NEAR after the column")
            }
            return .text(text)
        }
        let columns = try list { parser throws(SyntaxFailure) in try parser.identifier("a column's name", .column) }
        if accept(.match) { return .match(columns: columns, try expression()) }
        if accept(.query) { return .query(columns: columns, try expression()) }
        try expect(.near, "MATCH or QUERY after the columns")
        if accept(.row) { return .nearRow(columns: columns, try expression()) }
        if columns.count > 1 {
            throw report(
                .syntax, "NEAR takes one column", at: columns[0].range.union(columns[columns.count - 1].range))
        }
        return .near(column: columns[0], try expression())
    }

    /// Is this a list of columns with MATCH, QUERY or NEAR behind it? A lone name with neither is an expression.
    private mutating func startsColumns() -> Bool {
        guard isName(token) else { return false }
        let next = peek()
        switch next.keyword {
        case .match, .query, .near: return true
        default: return next.kind == .comma && isNamesThenOperator()
        }
    }

    private func isNamesThenOperator() -> Bool {
        var copy = lexer
        copy.position = token.end
        while true {
            guard copy.next().kind == .comma, isName(copy.next()) else { return false }
            var behind = copy
            switch behind.next() {
            case let token where token.kind == .comma: continue
            case let token: return token.keyword == .match || token.keyword == .query || token.keyword == .near
            }
        }
    }

    private mutating func fusion() throws(SyntaxFailure) -> Fusion {
        let start = token.start
        advance()
        try expect(.by, "after FUSE")
        let method: Fusion.Method
        if accept(.linear) {
            method = .linear
        } else {
            try expect(.rrf, "or linear after FUSE BY")
            method = .rrf
        }
        return Fusion(method: method, options: try optionsClause(), location: location(from: start))
    }

    private mutating func rerank() throws(SyntaxFailure) -> Rerank {
        let start = token.start
        advance()
        try expect(.by, "and a model after RERANK")
        let model = try modelReference()
        let top = accept(.top) ? try number("a number after TOP") : nil
        return Rerank(model: model, top: top, location: location(from: start))
    }
}
