// COLLATE in comparisons and orders: both sides go through the function that makes equal what the rule calls equal.

import MartletCore
import MartletExpressions
import MartletLanguage

extension ExpressionBinder {
    func isCollated(_ expression: Expression) -> Bool {
        if case .collate = expression { true } else { false }
    }

    /// An operand of a comparison, without its COLLATE.
    func collated(_ expression: Expression) throws(Diagnostic) -> (value: BoundExpression, collation: Collation?) {
        guard case .collate(let operand, let collation, let location) = expression else {
            return (try bind(expression), nil)
        }
        let value = try bind(operand)
        guard value.type == .text || value.type == .null else {
            throw Diagnostic(
                .typeMismatch, "COLLATE is a rule for TEXT, not for \(value.type)", at: location.range)
        }
        return (value, collation)
    }

    /// The operands of a comparison under the rule that the first COLLATE among them gives.
    func comparands(_ expressions: [Expression]) throws(Diagnostic) -> [BoundExpression] {
        var values: [BoundExpression] = []
        var rule: Collation?
        for expression in expressions {
            let (value, collation) = try collated(expression)
            values.append(value)
            rule = rule ?? collation
        }
        guard let rule, rule != .binary else { return values }
        var folded: [BoundExpression] = []
        for value in values { folded.append(try binder.folded(value, by: rule)) }
        return folded
    }

    /// A term of ORDER BY, or a part of an index.
    func bindKey(_ expression: Expression) throws(Diagnostic) -> BoundExpression {
        guard case .collate = expression else { return try bind(expression) }
        let (value, collation) = try collated(expression)
        return try binder.folded(value, by: collation ?? .binary)
    }
}

extension BinaryOperator {
    var isComparison: Bool {
        switch self {
        case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .is, .isNot: true
        default: false
        }
    }
}

extension Binder {
    /// What is equal under the rule becomes the same text; other types stay as they are.
    func folded(_ value: BoundExpression, by collation: Collation) throws(Diagnostic) -> BoundExpression {
        guard value.type == .text else { return value }
        switch collation {
        case .binary: return value
        case .nocase: return .call(TextFunctions.nocase, [value], .text, value.range)
        case .rtrim: return try functions.call("rtrim", [value], at: value.range)
        }
    }
}
