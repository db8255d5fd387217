// Expressions without operators: literals, columns, calls, parentheses, CASE, CAST, EXISTS.

import MartletCore

extension Parser {
    mutating func primary() throws(SyntaxFailure) -> Expression {
        switch token.kind {
        case .word:
            if token.keyword == nil { return try columnOrCall() }
            return try keywordPrimary()
        case .quotedWord: return try columnOrCall()
        case .integer:
            let literal = Literal.integer(try integerValue(token))
            return try leaf(literal)
        case .real: return try leaf(realLiteral())
        case .string: return try leaf(.text(unquoted(token)))
        case .blob: return try leaf(.blob(blobValue()))
        case .parameter: return try parameter()
        case .leftParenthesis: return try parenthesisedExpression()
        case .leftBracket: return try vectorLiteral()
        default:
            expectedNames = .column
            throw expected("an expression")
        }
    }

    private mutating func leaf(_ literal: Literal) throws(SyntaxFailure) -> Expression {
        let range = token.range
        advance()
        try finish(height: 1)
        return .literal(literal, Location(range))
    }

    private mutating func realLiteral() throws(SyntaxFailure) -> Literal {
        guard let value = Double(source(token)) ?? Double("0" + source(token) + "0"), value.isFinite else {
            throw report(.invalidNumber, "the number \(found) is too large", at: token.range)
        }
        return .real(value)
    }

    private func blobValue() -> [UInt8] {
        var result: [UInt8] = []
        var index = token.start + 2
        while index + 1 < token.end - 1 {
            result.append((hexDigitValue(bytes[index]) ?? 0) << 4 | (hexDigitValue(bytes[index + 1]) ?? 0))
            index += 2
        }
        return result
    }

    private mutating func parameter() throws(SyntaxFailure) -> Expression {
        let taken = token
        let result: Parameter
        if bytes[taken.start] == UInt8(ascii: ":") {
            result = .named(String(decoding: bytes[(taken.start + 1)..<taken.end], as: UTF8.self))
        } else if taken.end == taken.start + 1 {
            positionalParameterCount += 1
            result = .positional(positionalParameterCount)
        } else {
            let digits = String(decoding: bytes[(taken.start + 1)..<taken.end], as: UTF8.self)
            guard let number = Int(digits), (1...Limits.parametersPerStatement).contains(number) else {
                throw report(
                    .invalidNumber, "parameters are numbered from 1 to \(Limits.parametersPerStatement)",
                    at: taken.range)
            }
            result = .numbered(number)
        }
        if positionalParameterCount > Limits.parametersPerStatement {
            throw report(
                .limitExceeded, "a statement has at most \(Limits.parametersPerStatement) parameters", at: taken.range)
        }
        advance()
        try finish(height: 1)
        return .parameter(result, Location(taken.range))
    }

    /// `[1, 2]` is the call `vector(1, 2)`.
    private mutating func vectorLiteral() throws(SyntaxFailure) -> Expression {
        try enter()
        defer { depth -= 1 }
        let start = token.start
        let name = Identifier("vector", Location(token.range))
        advance()
        let items = try list { parser throws(SyntaxFailure) in try parser.expression() }
        try expect(.rightBracket, "',' or ']' after the vector's elements")
        try finish(height: height + 1)
        return .call(FunctionCall(name: name, arguments: items, location: location(from: start)))
    }

    // MARK: Parentheses

    private mutating func parenthesisedExpression() throws(SyntaxFailure) -> Expression {
        depth += 1
        defer { depth -= 1 }
        let start = token.start
        advance()
        if startsSelect() {
            let select = try select()
            try expect(.rightParenthesis, "')' after the subquery")
            try finish(height: height + 1)
            return .subquery(select, location(from: start))
        }
        let first = try expression()
        if case .subquery(let inner, let place) = first, continuesSelect() {
            // ((SELECT …) UNION …): the inner parentheses were an operand, not an expression.
            let select = try select(startingWith: inner, at: place.range.start)
            try expect(.rightParenthesis, "')' after the subquery")
            return .subquery(select, location(from: start))
        }
        if accept(.rightParenthesis) { return first }
        var items = [first]
        while accept(.comma) { items.append(try expression()) }
        guard accept(.rightParenthesis) else {
            throw expected(items.count == 1 ? "')' after the expression" : "',' or ')' in the row of expressions")
        }
        try finish(height: height + 1)
        return .row(items, location(from: start))
    }

    // MARK: Words

    private mutating func keywordPrimary() throws(SyntaxFailure) -> Expression {
        switch token.keyword {
        case .null: return try leaf(.null)
        case .true: return try leaf(.boolean(true))
        case .false: return try leaf(.boolean(false))
        case .case: return try conditional()
        case .current_timestamp:
            let name = Identifier("current_timestamp", Location(token.range))
            let start = token.start
            advance()
            if at(.leftParenthesis), peek().kind == .rightParenthesis {
                advance()
                advance()
            }
            try finish(height: 1)
            return .call(FunctionCall(name: name, arguments: [], location: location(from: start)))
        case .timestamp, .date, .interval:
            guard peek().kind == .string else { break }
            return try typedLiteral()
        case .cast where peek().kind == .leftParenthesis: return try castCall()
        case .exists where peek().kind == .leftParenthesis: return try exists()
        case .extract where peek().kind == .leftParenthesis:
            let following = lookAhead(3)
            if following[1].kind == .word, following[2].keyword == .from { return try extractCall() }
        case .left where peek().kind == .leftParenthesis:
            return try call(Identifier(source(token), Location(token.range)), advancing: true)
        default: break
        }
        guard isName(token) else {
            expectedNames = .column
            throw expected("an expression")
        }
        return try columnOrCall()
    }

    /// `TIMESTAMP '…'`, `DATE '…'`, `INTERVAL '…'`
    private mutating func typedLiteral() throws(SyntaxFailure) -> Expression {
        let start = token.start
        let isInterval = token.keyword == .interval
        advance()
        let text = unquoted(token)
        advance()
        try finish(height: 1)
        return .literal(isInterval ? .interval(text) : .timestamp(text), location(from: start))
    }

    private mutating func castCall() throws(SyntaxFailure) -> Expression {
        try enter()
        defer { depth -= 1 }
        let start = token.start
        advance()
        advance()
        let value = try expression()
        try expect(.as, "in CAST(… AS type)")
        let type = try dataType()
        try expect(.rightParenthesis, "')' after the type")
        try finish(height: height + 1)
        return .cast(value, type, location(from: start))
    }

    /// `EXTRACT(year FROM x)` is the call `extract('year', x)`.
    private mutating func extractCall() throws(SyntaxFailure) -> Expression {
        try enter()
        defer { depth -= 1 }
        let name = Identifier(source(token), Location(token.range))
        let start = token.start
        advance()
        advance()
        let field = Expression.literal(.text(source(token)), Location(token.range))
        advance()
        advance()
        let value = try expression()
        try expect(.rightParenthesis, "')' after EXTRACT's argument")
        try finish(height: height + 1)
        return .call(FunctionCall(name: name, arguments: [field, value], location: location(from: start)))
    }

    private mutating func exists() throws(SyntaxFailure) -> Expression {
        let start = token.start
        advance()
        advance()
        guard startsSelect() || at(.leftParenthesis) else { throw expected("SELECT after EXISTS (") }
        let select = try select()
        try expect(.rightParenthesis, "')' after the subquery")
        try finish(height: height + 1)
        return .exists(select, location(from: start))
    }

    private mutating func conditional() throws(SyntaxFailure) -> Expression {
        try enter()
        defer { depth -= 1 }
        let start = token.start
        advance()
        let operand = at(.when) ? nil : try expression()
        var branches: [Expression.Branch] = []
        while accept(.when) {
            let condition = try expression()
            try expect(.then, "after the condition of WHEN")
            branches.append(Expression.Branch(condition: condition, result: try expression()))
        }
        if branches.isEmpty { throw expected("WHEN after CASE") }
        let otherwise = accept(.else) ? try expression() : nil
        try expect(.end, "at the end of CASE")
        try finish(height: height + 1)
        return .conditional(operand: operand, branches: branches, otherwise: otherwise, location(from: start))
    }

    // MARK: Columns and calls

    private mutating func columnOrCall() throws(SyntaxFailure) -> Expression {
        let first = try takeIdentifier()
        switch token.kind {
        case .leftParenthesis: return try call(first, advancing: false)
        case .atSign:
            // A model with a version, as an argument of predict() and its kin: the text 'name@version'.
            let version = try version()
            let model = ModelReference(name: first, version: version, location: first.location)
            try finish(height: 1)
            return .literal(.text(model.text), location(from: first.range.start))
        case .period:
            advance()
            let second = try identifier("a column's name after '.'", .column)
            try finish(height: 1)
            guard at(.period) else { return .column(ColumnReference(table: first, column: second)) }
            advance()
            let third = try identifier("a column's name after '.'", .column)
            return .column(ColumnReference(schema: first, table: second, column: third))
        default:
            try finish(height: 1)
            return .column(ColumnReference(column: first))
        }
    }

    mutating func functionCall(_ name: Identifier) throws(SyntaxFailure) -> FunctionCall {
        try enter()
        defer { depth -= 1 }
        let start = name.range.start
        let outerHeight = height
        height = 0
        try expect(.leftParenthesis, "'(' after the function's name")
        var arguments: [Expression] = []
        var hasStar = false
        var orderBy: [OrderTerm] = []
        let isDistinct = accept(.distinct)
        let isQuantified = isDistinct || accept(.all)
        if isQuantified || !at(.rightParenthesis) {
            repeat {
                if !isQuantified, accept(.star) {
                    hasStar = true
                    break
                }
                arguments.append(try expression())
            } while accept(.comma)
            if at(.order) { orderBy = try orderByClause() }
        }
        try expect(.rightParenthesis, "',' or ')' after the arguments of \(name.name)")
        var filter: Expression?
        if at(.filter), peek().kind == .leftParenthesis {
            advance()
            advance()
            try expect(.where, "after FILTER (")
            filter = try expression()
            try expect(.rightParenthesis, "')' after the condition of FILTER")
        }
        let over = try overClause()
        try finish(height: height + 1)
        height = max(height, outerHeight)
        return FunctionCall(
            name: name, arguments: arguments, hasStar: hasStar, isDistinct: isDistinct, orderBy: orderBy,
            filter: filter, over: over, location: location(from: start))
    }

    private mutating func call(_ name: Identifier, advancing: Bool) throws(SyntaxFailure) -> Expression {
        if advancing { advance() }
        return .call(try functionCall(name))
    }
}

extension ModelReference {
    /// `name@version` as written.
    package var text: String {
        switch version {
        case nil: name.name
        case .number(let number)?: "\(name.name)@\(number)"
        case .alias(let alias)?: "\(name.name)@\(alias.name)"
        }
    }
}
