// Whether a filter makes sure that the condition of a partial index holds.

import MartletCore
import MartletExpressions

/// Sound, not complete: what it cannot see through does not imply.
enum Implication {
    /// Whether every row for which all of `terms` are TRUE makes `condition` TRUE.
    static func holds(_ condition: BoundExpression, given terms: [BoundExpression]) -> Bool {
        switch condition {
        case .and(let parts, _): return parts.allSatisfy { holds($0, given: terms) }
        case .or(let parts, _) where parts.contains(where: { holds($0, given: terms) }): return true
        default: return terms.contains { implies($0, condition) }
        }
    }

    private static func implies(_ term: BoundExpression, _ condition: BoundExpression) -> Bool {
        if term == condition { return true }
        switch term {
        case .and(let parts, _): return holds(condition, given: parts)
        case .or(let parts, _): return parts.allSatisfy { holds(condition, given: $0.conjuncts) }
        case .inList(let operand, let items, false, _):
            guard let equal = items.first, !items.isEmpty else { return false }
            if case .isNull(let tested, true, _) = condition { return tested == operand && equal.type != .null }
            guard let (tested, op, bound) = comparison(condition), tested == operand else { return false }
            return items.allSatisfy { item in
                item.constantValue.map { $0.isNull || implies(.equal, $0, op, bound) } ?? false
            }
        default: break
        }
        // A comparison is TRUE for no NULL.
        if case .isNull(let tested, true, _) = condition {
            guard case .call(let function, let arguments, _, _) = term,
                case .comparison(let op) = function.implementation, op != .is, op != .isNot
            else { return false }
            return arguments.contains(tested)
        }
        guard let (operand, op, value) = comparison(term), let (tested, testedOp, bound) = comparison(condition),
            operand == tested
        else { return false }
        return implies(op, value, testedOp, bound)
    }

    /// `operand op constant`
    private static func comparison(
        _ term: BoundExpression
    ) -> (operand: BoundExpression, op: ComparisonOperator, value: Value)? {
        guard case .call(let function, let arguments, _, _) = term,
            case .comparison(let op) = function.implementation, arguments.count == 2
        else { return nil }
        if let value = arguments[1].constantValue { return (arguments[0], op, value) }
        if let value = arguments[0].constantValue { return (arguments[1], op.mirrored, value) }
        return nil
    }

    /// Whether `x op value` makes `x testedOp bound` TRUE.
    private static func implies(
        _ op: ComparisonOperator, _ value: Value, _ testedOp: ComparisonOperator, _ bound: Value
    ) -> Bool {
        if value.isNull || bound.isNull { return false }
        let isNumeric = value.type.isNumeric && bound.type.isNumeric
        guard value.type == bound.type || isNumeric else { return false }
        if case .real(let number) = value, number.isNaN { return false }
        if case .real(let number) = bound, number.isNaN { return false }
        let order = ValueOrder.compare(value, bound)
        switch (op, testedOp) {
        case (.equal, .equal), (.notEqual, .notEqual): return order == 0
        case (.equal, .notEqual): return order != 0
        case (.equal, .less), (.lessOrEqual, .less): return order < 0
        case (.equal, .lessOrEqual), (.lessOrEqual, .lessOrEqual), (.less, .less), (.less, .lessOrEqual):
            return order <= 0
        case (.equal, .greater), (.greaterOrEqual, .greater): return order > 0
        case (.equal, .greaterOrEqual), (.greaterOrEqual, .greaterOrEqual), (.greater, .greater),
            (.greater, .greaterOrEqual):
            return order >= 0
        case (.less, .notEqual): return order <= 0
        case (.lessOrEqual, .notEqual): return order < 0
        case (.greater, .notEqual): return order >= 0
        case (.greaterOrEqual, .notEqual): return order > 0
        default: return false
        }
    }
}
