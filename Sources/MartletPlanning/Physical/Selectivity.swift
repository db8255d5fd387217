// Which share of rows meets a condition, from what is known of their columns.

import Foundation
import MartletCatalog
import MartletCore
import MartletExpressions

/// What is known of a column of some rows.
struct ColumnEstimate {
    /// How many different values there are.
    var distinctCount: Double
    /// After ANALYZE.
    var statistics: ColumnStatistics?

    var nullFraction: Double { statistics?.nullFraction ?? 0.05 }

    /// Without ANALYZE: about ten rows a value.
    static func unknown(rows: Double) -> ColumnEstimate {
        ColumnEstimate(distinctCount: max(rows / 10, min(rows, 10)))
    }
}

/// Selinger et al., "Access path selection in a relational database management system" (1979): conditions are taken to
/// be independent of each other.
struct Selectivity {
    static let range = 1.0 / 3
    static let pattern = 0.1
    static let other = 1.0 / 3

    let rows: Double
    let column: (Int) -> ColumnEstimate

    func estimate(_ expression: BoundExpression) -> ColumnEstimate {
        if case .column(let index, _, _) = expression { return column(index) }
        if case .cast(let inner, _, _) = expression, case .column(let index, _, _) = inner {
            return ColumnEstimate(distinctCount: column(index).distinctCount)
        }
        return .unknown(rows: rows)
    }

    /// Of terms that must all hold.
    func all(_ terms: [BoundExpression]) -> Double {
        var result = 1.0
        // Two bounds of one value belong together.
        var bounded: [(operand: BoundExpression, lower: Double?, upper: Double?)] = []
        for term in terms {
            guard let (operand, op, value) = comparison(term), op != .equal, op != .notEqual, op != .is, op != .isNot
            else {
                result *= of(term)
                continue
            }
            let place = bounded.firstIndex { $0.operand == operand } ?? bounded.count
            if place == bounded.count { bounded.append((operand, nil, nil)) }
            let share = below(operand, op, value)
            if op == .less || op == .lessOrEqual {
                bounded[place].upper = min(bounded[place].upper ?? 1, share)
            } else {
                bounded[place].lower = min(bounded[place].lower ?? 1, share)
            }
        }
        for bound in bounded {
            switch (bound.lower, bound.upper) {
            case (let lower?, let upper?):
                let hasStatistics = estimate(bound.operand).statistics != nil
                result *= hasStatistics ? max(lower + upper - 1, 1 / max(rows, 1)) : lower * upper
            case (let share?, nil), (nil, let share?): result *= share
            default: break
            }
        }
        return clamped(result)
    }

    func of(_ term: BoundExpression) -> Double {
        switch term {
        case .constant(.boolean(let value), _, _): return value ? 1 : 0
        case .constant(.null, _, _): return 0
        case .and(let terms, _): return all(terms)
        case .or(let terms, _): return clamped(1 - terms.reduce(1) { $0 * (1 - of($1)) })
        case .not(let operand, _): return clamped(1 - of(operand))
        case .isNull(let operand, let negated, _):
            let share = estimate(operand).nullFraction
            return clamped(negated ? 1 - share : share)
        case .inList(let operand, let items, let negated, _):
            let share = min(1, items.reduce(0) { $0 + equal(operand, $1) })
            return clamped(negated ? 1 - share : share)
        case .call(let function, let arguments, _, _):
            guard let (operand, op, value) = comparison(term) else {
                if case .comparison(.equal) = function.implementation, arguments.count == 2 {
                    return clamped(
                        1 / max(estimate(arguments[0]).distinctCount, estimate(arguments[1]).distinctCount, 1))
                }
                return function.operatorPrecedence == nil ? Self.other : Self.pattern
            }
            switch op {
            case .equal, .is: return clamped(equal(operand, value))
            case .notEqual, .isNot: return clamped(1 - equal(operand, value))
            default: return clamped(below(operand, op, value))
            }
        default: return Self.other
        }
    }

    private func clamped(_ share: Double) -> Double { min(1, max(0, share)) }

    /// `operand op value` with a value that no row is needed for.
    private func comparison(
        _ term: BoundExpression
    ) -> (operand: BoundExpression, op: ComparisonOperator, value: BoundExpression)? {
        guard case .call(let function, let arguments, _, _) = term,
            case .comparison(let op) = function.implementation, arguments.count == 2
        else { return nil }
        if arguments[1].isRowIndependent, !arguments[0].isRowIndependent { return (arguments[0], op, arguments[1]) }
        if arguments[0].isRowIndependent, !arguments[1].isRowIndependent {
            return (arguments[1], op.mirrored, arguments[0])
        }
        return nil
    }

    private func equal(_ operand: BoundExpression, _ value: BoundExpression) -> Double {
        let known = estimate(operand)
        if let constant = value.constantValue {
            if constant.isNull { return 0 }
            if let statistics = known.statistics, let fitting = fitting(constant, operand.type) {
                return statistics.fraction(equalTo: fitting)
            }
        }
        return (known.statistics.map { 1 - $0.nullFraction } ?? 1) / max(1, known.distinctCount)
    }

    /// The share of rows that lie on the side of the value that the operator names.
    private func below(_ operand: BoundExpression, _ op: ComparisonOperator, _ value: BoundExpression) -> Double {
        let known = estimate(operand)
        guard let statistics = known.statistics, let constant = value.constantValue,
            let fitting = fitting(constant, operand.type), statistics.bounds.count > 1
        else { return Self.range }
        let less = statistics.fraction(below: fitting)
        let equal = statistics.fraction(equalTo: fitting)
        let notNull = 1 - statistics.nullFraction
        switch op {
        case .less: return less
        case .lessOrEqual: return min(notNull, less + equal)
        case .greater: return max(0, notNull - less - equal)
        default: return max(0, notNull - less)
        }
    }

    private func fitting(_ value: Value, _ type: DataType) -> Value? {
        switch (value, type) {
        case (.integer(let number), .real): .real(Double(number))
        case (.real(let number), .integer): Int64(exactly: number.rounded()).map { .integer($0) }
        default: value.type == type ? value : nil
        }
    }
}
