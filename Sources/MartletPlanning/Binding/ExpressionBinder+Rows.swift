// Row values and INTERVAL: written as operands, bound as comparisons and calls.

import MartletCore
import MartletExpressions
import MartletLanguage

extension ExpressionBinder {
    // MARK: Row values

    /// `(a, b) = (1, 2)`: as the comparisons of the parts; the order is that of the first parts that differ.
    func bindRows(
        _ left: [Expression], _ op: BinaryOperator, _ right: [Expression], _ range: SourceRange
    ) throws(Diagnostic) -> BoundExpression {
        guard left.count == right.count else {
            throw Diagnostic(
                .wrongColumnCount, "a row of \(left.count) is compared with a row of \(right.count)", at: range)
        }
        // An order nests as deep as the row is long.
        if left.count > Limits.nestingDepth / 2 {
            throw Diagnostic(
                .limitExceeded, "rows of at most \(Limits.nestingDepth / 2) values can be compared", at: range)
        }
        var a: [BoundExpression] = []
        var b: [BoundExpression] = []
        for expression in left { a.append(try bind(expression)) }
        for expression in right { b.append(try bind(expression)) }
        func parts(_ symbol: BinaryOperator, _ count: Int) throws(Diagnostic) -> [BoundExpression] {
            var result: [BoundExpression] = []
            for index in 0..<count {
                result.append(
                    try binder.functions.call(operator: symbol.rawValue, [a[index], b[index]], at: range))
            }
            return result
        }
        switch op {
        case .equal, .is: return .and(try parts(op, a.count), range)
        case .notEqual, .isNot: return .or(try parts(op, a.count), range)
        case .less, .lessOrEqual, .greater, .greaterOrEqual:
            let strict: BinaryOperator = op == .less || op == .lessOrEqual ? .less : .greater
            var result = try binder.functions.call(
                operator: op.rawValue, [a[a.count - 1], b[a.count - 1]], at: range)
            for index in a.indices.dropLast().reversed() {
                let differs = try binder.functions.call(operator: strict.rawValue, [a[index], b[index]], at: range)
                let equal = try binder.functions.call(operator: "=", [a[index], b[index]], at: range)
                result = .or([differs, .and([equal, result], range)], range)
            }
            return result
        default:
            throw Diagnostic(.typeMismatch, "\(op.rawValue) does not take rows of values", at: range)
        }
    }

    /// `(a, b) IN ((1, 2), (3, 4))`
    func bindRowInList(
        _ row: [Expression], _ items: [Expression], _ negated: Bool, _ range: SourceRange
    ) throws(Diagnostic) -> BoundExpression {
        if items.isEmpty { return .constant(.boolean(negated), range) }
        var terms: [BoundExpression] = []
        for item in items {
            guard case .row(let other, let location) = item else {
                throw Diagnostic(
                    .wrongColumnCount, "the items of IN must be rows of \(row.count) values", at: item.range)
            }
            terms.append(try bindRows(row, .equal, other, location.range))
        }
        let found = terms.count == 1 ? terms[0] : BoundExpression.or(terms, range)
        return negated ? .not(found, range) : found
    }

    // MARK: INTERVAL

    /// `time + INTERVAL '1 day'` and its kin are date_add and date_sub; nil for other operands.
    func bindInterval(
        _ left: Expression, _ op: BinaryOperator, _ right: Expression, _ range: SourceRange
    ) throws(Diagnostic) -> BoundExpression? {
        let operand: Expression
        let length: String
        let place: SourceRange
        switch (left, op, right) {
        case (_, .add, .literal(.interval(let text), let location)),
            (_, .subtract, .literal(.interval(let text), let location)):
            (operand, length, place) = (left, text, location.range)
        case (.literal(.interval(let text), let location), .add, _):
            (operand, length, place) = (right, text, location.range)
        default: return nil
        }
        do throws(Diagnostic) { _ = try Interval(length) } catch { throw error.located(at: place) }
        let time = try bind(operand)
        guard time.type == .timestamp || time.type == .null || time.constantValue != nil && time.type == .text else {
            throw Diagnostic(
                .typeMismatch, "an INTERVAL is added to a TIMESTAMP, not to \(time.type)", at: time.range)
        }
        return try binder.functions.call(
            op == .add ? "date_add" : "date_sub", [time, .constant(.text(length), place)], at: range)
    }
}
