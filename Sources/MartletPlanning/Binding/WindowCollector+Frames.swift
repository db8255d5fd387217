// Binds the frames of window functions.

import MartletCore
import MartletExpressions
import MartletLanguage

extension WindowCollector {
    func bindFrame(
        _ frame: Window.Frame, _ order: [OrderKey], _ range: SourceRange
    ) throws(Diagnostic) -> WindowFrame {
        let unit: WindowFrame.Unit =
            switch frame.unit {
            case .rows: .rows
            case .range: .range
            case .groups: .groups
            }
        if unit == .groups, order.isEmpty {
            throw Diagnostic(.misplaced, "a frame in GROUPS needs an ORDER BY in its window", at: range)
        }
        let exclusion: WindowFrame.Exclusion? =
            switch frame.exclusion {
            case .currentRow: .currentRow
            case .group: .group
            case .ties: .ties
            case nil: nil
            }
        let bound = WindowFrame(
            unit: unit, start: try bindBound(frame.start, unit, order), end: try bindBound(frame.end, unit, order),
            exclusion: exclusion)
        if bound.start.rank == 4 || bound.end.rank == 0 || bound.start.rank > bound.end.rank {
            throw Diagnostic(
                .misplaced, "the frame cannot start at \(bound.start.description) and end at \(bound.end.description)",
                at: range)
        }
        return bound
    }

    private func bindBound(
        _ bound: Window.Bound, _ unit: WindowFrame.Unit, _ order: [OrderKey]
    ) throws(Diagnostic) -> WindowFrame.Bound {
        switch bound {
        case .unboundedPreceding: .unboundedPreceding
        case .preceding(let expression): .preceding(try distance(expression, unit, order))
        case .currentRow: .currentRow
        case .following(let expression): .following(try distance(expression, unit, order))
        case .unboundedFollowing: .unboundedFollowing
        }
    }

    private func distance(
        _ expression: Expression, _ unit: WindowFrame.Unit, _ order: [OrderKey]
    ) throws(Diagnostic) -> BoundExpression {
        if unit == .range, order.count == 1, order[0].expression.type == .timestamp {
            return try interval(expression)
        }
        let bound = try ExpressionBinder(binder, columns: [], context: nil, clause: "a frame").bind(expression)
        if unit != .range {
            guard bound.type == .integer else {
                throw Diagnostic(
                    .typeMismatch, "a distance in \(unit.rawValue) must be an INTEGER, not \(bound.type)",
                    at: bound.range)
            }
            return bound
        }
        guard order.count == 1, let key = order.first, key.expression.type.isNumeric else {
            throw Diagnostic(
                .misplaced, "RANGE with a distance needs exactly one number or TIMESTAMP in ORDER BY", at: bound.range)
        }
        guard bound.type.isNumeric else {
            throw Diagnostic(
                .typeMismatch, "a distance in RANGE must be a number, not \(bound.type)", at: bound.range)
        }
        return bound
    }

    /// A distance between times, kept as its text.
    private func interval(_ expression: Expression) throws(Diagnostic) -> BoundExpression {
        guard case .literal(.interval(let text), let location) = expression else {
            throw Diagnostic(
                .typeMismatch, "a distance between times must be an INTERVAL", at: expression.range,
                hint: "write INTERVAL '1 day'")
        }
        do throws(Diagnostic) {
            let interval = try Interval(text)
            if interval.months < 0 || interval.days < 0 || interval.microseconds < 0 {
                throw Diagnostic(.outOfRange, "a frame's distance must not be negative")
            }
        } catch {
            throw error.located(at: location.range)
        }
        return .constant(.text(text), location.range)
    }
}
