// Expressions as text.

import MartletCore

extension Expression {
    /// How tightly the outermost operator binds.
    var precedence: UInt8 {
        switch self {
        case .unary(.not, _, _): Precedence.not
        case .unary: Precedence.unary
        case .binary(_, let symbol, _, _, _): symbol.precedence
        case .isNull, .between, .inList, .inSelect, .match: Precedence.comparison
        default: Precedence.postfix
        }
    }
}

extension Printer {
    /// Writes an expression, in parentheses when its outermost operator binds less tightly than `minimum`.
    mutating func expression(_ expression: Expression, above minimum: UInt8 = Precedence.or) {
        if expression.precedence >= minimum {
            bare(expression)
        } else {
            text += "("
            bare(expression)
            text += ")"
        }
    }

    private mutating func bare(_ expression: Expression) {
        switch expression {
        case .literal(let literal, _): self.literal(literal)
        case .parameter(let parameter, _): self.parameter(parameter)
        case .column(let reference):
            for qualifier in [reference.schema, reference.table] {
                guard let qualifier else { continue }
                name(qualifier)
                text += "."
            }
            name(reference.column)
        case .unary(let symbol, let operand, _): unary(symbol, operand)
        case .binary(let left, let symbol, let right, _, _):
            // AND and OR are kept as flat chains, whatever the tree's shape.
            let isChain = symbol == .and || symbol == .or
            self.expression(left, above: symbol.precedence)
            text += " \(symbol.rawValue) "
            self.expression(right, above: isChain ? symbol.precedence : symbol.precedence + 1)
        case .isNull(let operand, let negated, _):
            self.expression(operand, above: Precedence.comparison)
            text += negated ? " IS NOT NULL" : " IS NULL"
        case .between(let operand, let low, let high, let negated, _):
            self.expression(operand, above: Precedence.comparison)
            text += negated ? " NOT BETWEEN " : " BETWEEN "
            self.expression(low, above: Precedence.bits)
            text += " AND "
            self.expression(high, above: Precedence.bits)
        case .inList(let operand, let items, let negated, _):
            self.expression(operand, above: Precedence.comparison)
            text += negated ? " NOT IN " : " IN "
            parenthesised(items) { $0.expression($1) }
        case .inSelect(let operand, let select, let negated, _):
            self.expression(operand, above: Precedence.comparison)
            text += negated ? " NOT IN (" : " IN ("
            self.select(select)
            text += ")"
        case .match(let match): self.match(match)
        case .conditional(let operand, let branches, let otherwise, _):
            conditional(operand, branches, otherwise)
        case .cast(let operand, let type, _):
            text += "CAST("
            self.expression(operand)
            text += " AS \(type.type))"
        case .collate(let operand, let collation, _):
            self.expression(operand, above: Precedence.postfix)
            text += " COLLATE \(collation.rawValue)"
        case .call(let call): self.call(call)
        case .subquery(let select, _):
            text += "("
            self.select(select)
            text += ")"
        case .exists(let select, _):
            text += "EXISTS ("
            self.select(select)
            text += ")"
        case .columnDefault: text += "DEFAULT"
        case .row(let items, _): parenthesised(items) { $0.expression($1) }
        }
    }

    private mutating func unary(_ symbol: UnaryOperator, _ operand: Expression) {
        if symbol == .not {
            text += "NOT "
            expression(operand, above: Precedence.not)
            return
        }
        text += symbol.rawValue
        // Two minus signs would start a comment.
        if symbol == .minus, case .unary(.minus, _, _) = operand { text += " " }
        expression(operand, above: Precedence.unary)
    }

    private mutating func match(_ match: PatternMatch) {
        expression(match.value, above: Precedence.comparison)
        text += match.negated ? " NOT \(match.kind.rawValue) " : " \(match.kind.rawValue) "
        expression(match.pattern, above: Precedence.bits)
        clause("ESCAPE", match.escape, above: Precedence.bits)
    }

    private mutating func conditional(
        _ operand: Expression?, _ branches: [Expression.Branch], _ otherwise: Expression?
    ) {
        text += "CASE"
        if let operand {
            text += " "
            expression(operand)
        }
        for branch in branches {
            text += " WHEN "
            expression(branch.condition)
            text += " THEN "
            expression(branch.result)
        }
        clause("ELSE", otherwise)
        text += " END"
    }

    private mutating func literal(_ literal: Literal) {
        switch literal {
        case .null: text += "NULL"
        case .boolean(let value): text += value ? "TRUE" : "FALSE"
        case .integer(let value): text += String(value)
        case .real(let value): text += "\(value)"
        case .text(let value): text += Self.literal(value)
        case .blob(let bytes):
            text += "x'"
            for byte in bytes { text += (byte < 16 ? "0" : "") + String(byte, radix: 16) }
            text += "'"
        case .timestamp(let value): text += "TIMESTAMP " + Self.literal(value)
        case .interval(let value): text += "INTERVAL " + Self.literal(value)
        }
    }

    private mutating func parameter(_ parameter: Parameter) {
        switch parameter {
        case .positional: text += "?"
        case .numbered(let number): text += "?\(number)"
        case .named(let name): text += ":\(name)"
        }
    }

    /// LEFT begins a call without quotes in an expression; in FROM it would begin a join.
    mutating func call(_ call: FunctionCall, inFrom: Bool = false) {
        switch call.name.name {
        case "current_timestamp" where call.arguments.isEmpty:
            text += "current_timestamp"
            return
        case let name where name.lowercased() == "left" && !inFrom: text += name
        case let name where name.lowercased() == "cast": text += "\"\(name)\""
        default: name(call.name)
        }
        text += "("
        if call.isDistinct { text += "DISTINCT " }
        list(call.arguments) { $0.expression($1) }
        if call.hasStar { text += call.arguments.isEmpty ? "*" : ", *" }
        orderBy(call.orderBy)
        text += ")"
        if let filter = call.filter {
            text += " FILTER (WHERE "
            expression(filter)
            text += ")"
        }
        if let over = call.over {
            text += " OVER "
            window(over)
        }
    }
}
