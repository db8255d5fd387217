// Expressions with operators, by precedence climbing.

import MartletCore

/// How tightly an operator binds; higher is tighter. `Grammar/operators.md` is the same table.
enum Precedence {
    static let or: UInt8 = 1
    static let and: UInt8 = 2
    static let not: UInt8 = 3
    static let comparison: UInt8 = 4
    static let bits: UInt8 = 5
    static let sum: UInt8 = 6
    static let product: UInt8 = 7
    static let concatenation: UInt8 = 8
    static let json: UInt8 = 9
    static let unary: UInt8 = 10
    static let postfix: UInt8 = 11
}

extension BinaryOperator {
    var precedence: UInt8 {
        switch self {
        case .or: Precedence.or
        case .and: Precedence.and
        case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .is, .isNot: Precedence.comparison
        case .bitAnd, .bitOr, .shiftLeft, .shiftRight: Precedence.bits
        case .add, .subtract: Precedence.sum
        case .multiply, .divide, .remainder: Precedence.product
        case .concatenate: Precedence.concatenation
        case .jsonGet, .jsonGetText: Precedence.json
        }
    }
}

extension Parser {
    mutating func expression() throws(SyntaxFailure) -> Expression {
        try expression(above: Precedence.or)
    }

    /// An expression whose outermost operators bind at least as tightly as `minimum`.
    mutating func expression(above minimum: UInt8) throws(SyntaxFailure) -> Expression {
        depth += 1
        defer { depth -= 1 }
        if depth > Limits.nestingDepth { throw tooDeep() }
        let outerHeight = height
        height = 0
        let start = token.start
        var left = try prefix(above: minimum)
        // Behind a comparison only comparisons and looser operators go on: `a ISNULL / b` is an error.
        var maximum = Precedence.postfix
        while true {
            guard let symbol = binaryOperator(token) else {
                guard minimum <= Precedence.comparison, let next = try comparisonTail(left, from: start) else { break }
                left = next
                maximum = Precedence.comparison
                continue
            }
            guard symbol.precedence >= minimum, symbol.precedence <= maximum else { break }
            if symbol == .and || symbol == .or {
                left = try chain(symbol, left, from: start)
                continue
            }
            let operatorLocation = Location(token.range)
            let leftHeight = height
            height = 0
            advance()
            let right = try expression(above: symbol.precedence + 1)
            height = max(height, leftHeight)
            left = .binary(left, symbol, right, location(from: start), operator: operatorLocation)
            try finish(height: height + 1)
        }
        height = max(height, outerHeight)
        return left
    }

    private func binaryOperator(_ token: Token) -> BinaryOperator? {
        switch token.kind {
        case .word:
            switch token.keyword {
            case .and: .and
            case .or: .or
            default: nil
            }
        case .equal: .equal
        case .notEqual: .notEqual
        case .less: .less
        case .lessOrEqual: .lessOrEqual
        case .greater: .greater
        case .greaterOrEqual: .greaterOrEqual
        case .plus: .add
        case .minus: .subtract
        case .star: .multiply
        case .slash: .divide
        case .percent: .remainder
        case .ampersand: .bitAnd
        case .bar: .bitOr
        case .shiftLeft: .shiftLeft
        case .shiftRight: .shiftRight
        case .concatenate: .concatenate
        case .arrow: .jsonGet
        case .doubleArrow: .jsonGetText
        default: nil
        }
    }

    // MARK: AND and OR

    /// The rest of `left AND b AND c …`, as a balanced tree: long chains stay shallow.
    ///
    /// Both operators are associative in three-valued logic and keep their operands' order, so this changes nothing else.
    private mutating func chain(
        _ symbol: BinaryOperator, _ left: Expression, from start: Int
    ) throws(SyntaxFailure) -> Expression {
        var operands: [Expression] = []
        var operators: [Location] = []
        append(left, symbol, &operands, &operators)
        let keyword: Keyword = symbol == .and ? .and : .or
        while token.keyword == keyword {
            operators.append(Location(token.range))
            advance()
            let operand = try expression(above: symbol.precedence + 1)
            append(operand, symbol, &operands, &operators)
            nodeCount += 1
        }
        let levels = Int.bitWidth - (operands.count - 1).leadingZeroBitCount
        try finish(height: height + levels)
        return balanced(operands[...], operators[...], symbol, start, previousEnd)
    }

    /// Appends the operands of `expression` if it is a chain of the same operator (from parentheses), else itself.
    private func append(
        _ expression: Expression, _ symbol: BinaryOperator, _ operands: inout [Expression],
        _ operators: inout [Location]
    ) {
        if case .binary(let left, let inner, let right, _, let location) = expression, inner == symbol {
            append(left, symbol, &operands, &operators)
            operators.append(location)
            append(right, symbol, &operands, &operators)
        } else {
            operands.append(expression)
        }
    }

    private func balanced(
        _ operands: ArraySlice<Expression>, _ operators: ArraySlice<Location>, _ symbol: BinaryOperator,
        _ start: Int, _ end: Int
    ) -> Expression {
        if operands.count == 1 { return operands[operands.startIndex] }
        let leftCount = (operands.count + 1) / 2
        let middle = operands.startIndex + leftCount
        let operatorIndex = operators.startIndex + leftCount - 1
        let leftEnd = operands[middle - 1].range.end
        let rightStart = operands[middle].range.start
        return .binary(
            balanced(operands[..<middle], operators[..<operatorIndex], symbol, start, leftEnd), symbol,
            balanced(operands[middle...], operators[(operatorIndex + 1)...], symbol, rightStart, end),
            Location(start, end), operator: operators[operatorIndex])
    }

    // MARK: IS, BETWEEN, IN, LIKE

    /// What may follow an operand at the level of comparisons; nil when nothing of that kind follows.
    private mutating func comparisonTail(
        _ left: Expression, from start: Int
    ) throws(SyntaxFailure) -> Expression? {
        guard let keyword = token.keyword else { return nil }
        let leftHeight = height
        height = 0
        let result: Expression
        switch keyword {
        case .is: result = try isTail(left, from: start)
        case .isnull, .notnull:
            advance()
            result = .isNull(left, negated: keyword == .notnull, location(from: start))
        case .between, .in, .like, .ilike, .glob, .regexp:
            result = try predicate(left, negated: false, from: start)
        case .not:
            switch peek().keyword {
            case .between, .in, .like, .ilike, .glob, .regexp:
                advance()
                result = try predicate(left, negated: true, from: start)
            case .null:
                advance()
                advance()
                result = .isNull(left, negated: true, location(from: start))
            default:
                height = leftHeight
                return nil
            }
        default:
            height = leftHeight
            return nil
        }
        height = max(height, leftHeight)
        try finish(height: height + 1)
        return result
    }

    private mutating func isTail(_ left: Expression, from start: Int) throws(SyntaxFailure) -> Expression {
        var operatorLocation = Location(token.range)
        advance()
        let negated = accept(.not)
        var isNegated = negated
        if accept(.distinct) {
            try expect(.from, "after IS DISTINCT")
            isNegated.toggle()
        }
        operatorLocation = Location(operatorLocation.range.start, previousEnd)
        let right = try expression(above: Precedence.bits)
        if case .literal(.null, _) = right { return .isNull(left, negated: isNegated, location(from: start)) }
        let symbol: BinaryOperator = isNegated ? .isNot : .is
        return .binary(left, symbol, right, location(from: start), operator: operatorLocation)
    }

    private mutating func predicate(
        _ left: Expression, negated: Bool, from start: Int
    ) throws(SyntaxFailure) -> Expression {
        let keyword = token.keyword
        advance()
        switch keyword {
        case .between:
            let low = try expression(above: Precedence.bits)
            try expect(.and, "between the two bounds of BETWEEN")
            let high = try expression(above: Precedence.bits)
            return .between(left, low: low, high: high, negated: negated, location(from: start))
        case .in:
            if isName(token) {
                let table = try qualifiedName("'(' or a table's name after IN")
                return .inSelect(left, .all(of: table), negated: negated, location(from: start))
            }
            try expect(.leftParenthesis, "'(' after IN")
            if accept(.rightParenthesis) {
                return .inList(left, [], negated: negated, location(from: start))
            }
            if startsSelect() {
                let select = try select()
                try expect(.rightParenthesis, "')' after the subquery")
                return .inSelect(left, select, negated: negated, location(from: start))
            }
            let items = try list { parser throws(SyntaxFailure) in try parser.expression() }
            if items.count == 1, case .subquery(let inner, let place) = items[0], continuesSelect() {
                let select = try select(startingWith: inner, at: place.range.start)
                try expect(.rightParenthesis, "')' after the subquery")
                return .inSelect(left, select, negated: negated, location(from: start))
            }
            try expect(.rightParenthesis, "',' or ')' after the list of IN")
            return .inList(left, items, negated: negated, location(from: start))
        default:
            let kind: PatternMatch.Kind =
                switch keyword {
                case .ilike: .ilike
                case .glob: .glob
                case .regexp: .regexp
                default: .like
                }
            let pattern = try expression(above: Precedence.bits)
            let escape = accept(.escape) ? try expression(above: Precedence.bits) : nil
            return .match(
                PatternMatch(
                    value: left, kind: kind, pattern: pattern, escape: escape, negated: negated,
                    location: location(from: start)))
        }
    }

    // MARK: Prefix and postfix

    /// NOT stands only where nothing that binds more tightly waits for an operand: `a = NOT b` needs parentheses.
    private mutating func prefix(above minimum: UInt8) throws(SyntaxFailure) -> Expression {
        let symbol: UnaryOperator
        switch token.kind {
        case .minus: symbol = .minus
        case .plus: symbol = .plus
        case .tilde: symbol = .bitNot
        case .word where token.keyword == .not:
            if minimum > Precedence.not {
                throw report(
                    .syntax, "expected an operand, found \(found)", at: token.range,
                    hint: "put the NOT and its operand in parentheses")
            }
            symbol = .not
        default: return try postfix()
        }
        depth += 1
        defer { depth -= 1 }
        if depth > Limits.nestingDepth { throw tooDeep() }
        let start = token.start
        advance()
        let operand = symbol == .not ? try expression(above: Precedence.not) : try prefix(above: Precedence.unary)
        try finish(height: height + 1)
        return .unary(symbol, operand, location(from: start))
    }

    /// `primary {"::" type | "COLLATE" rule}`
    private mutating func postfix() throws(SyntaxFailure) -> Expression {
        let start = token.start
        var result = try primary()
        var count = 0
        while true {
            if accept(.doubleColon) {
                let type = try dataType()
                result = .cast(result, type, location(from: start))
                // It is printed as a call.
                count += 1
            } else if accept(.collate) {
                let rule = try collation()
                result = .collate(result, rule, location(from: start))
            } else {
                break
            }
            count += 1
            if depth + count > Limits.nestingDepth { throw tooDeep() }
            try finish(height: height + 1)
        }
        return result
    }

    private mutating func collation() throws(SyntaxFailure) -> Collation {
        let names = Collation.allCases.map(\.rawValue)
        guard isName(token) else { throw expected("one of \(names.joined(separator: ", ")) after COLLATE") }
        let word = source(token)
        guard let known = Collation(rawValue: word.uppercased()) else {
            throw report(
                .unknownObject, "unknown collation '\(word)'", at: token.range,
                hint: Suggestion.hint(for: word, among: names) ?? "there are \(names.joined(separator: ", "))")
        }
        advance()
        return known
    }
}
