// Binds joins: RIGHT and FULL ones are made of LEFT ones.

import MartletCore
import MartletExpressions
import MartletLanguage

extension Binder {
    func bindJoin(
        _ left: TableReference, _ kind: JoinKind, _ right: TableReference, _ condition: JoinCondition,
        _ range: SourceRange, _ context: SubqueryContext?
    ) throws(Diagnostic) -> LogicalPlan {
        var tables = 2
        var chain = left
        while case .join(let next, _, _, _, _) = chain {
            tables += 1
            chain = next
        }
        if tables > Limits.tablesPerJoin {
            throw Diagnostic(.limitExceeded, "a join has at most \(Limits.tablesPerJoin) tables", at: range)
        }
        let leftPlan = try bindTableReference(left, context: context)
        if case .function(let call, let alias) = right,
            let lateral = try bindLateral(leftPlan, kind, call, alias, condition, context)
        {
            return lateral
        }
        let rightPlan = try bindTableReference(right, beside: leftPlan, context: context)
        switch condition {
        case .none: return try joined(leftPlan, kind, rightPlan, nil, range)
        case .on(let expression):
            let bound = try ExpressionBinder(
                self, columns: leftPlan.output + rightPlan.output, context: context, clause: "ON"
            ).bindCondition(expression)
            return try joined(leftPlan, kind, rightPlan, bound, range)
        case .using(let names): return try joined(leftPlan, kind, rightPlan, on: names, range)
        case .natural:
            let names = leftPlan.output.filter { column in
                !column.isHidden && rightPlan.output.contains { !$0.isHidden && $0.name.matches(column.name) }
            }
            return try joined(leftPlan, kind, rightPlan, on: names.map { Identifier($0.name, Location(range)) }, range)
        }
    }

    /// The columns of left, then right.
    private func joined(
        _ left: LogicalPlan, _ kind: JoinKind, _ right: LogicalPlan, _ condition: BoundExpression?,
        _ range: SourceRange
    ) throws(Diagnostic) -> LogicalPlan {
        switch kind {
        case .inner: return .join(Join(left: left, right: right, kind: .inner, condition: condition))
        case .cross: return .join(Join(left: left, right: right, kind: .cross, condition: nil))
        case .left: return .join(Join(left: left, right: right, kind: .left, condition: condition))
        case .right: return rightJoin(left, right, condition)
        case .full: return try fullJoin(left, right, condition, range)
        }
    }

    /// A LEFT JOIN of the sides exchanged.
    private func rightJoin(
        _ left: LogicalPlan, _ right: LogicalPlan, _ condition: BoundExpression?
    ) -> LogicalPlan {
        let columns = left.output + right.output
        let leftCount = left.output.count
        let rightCount = right.output.count
        let join = LogicalPlan.join(
            Join(
                left: right, right: left, kind: .left,
                condition: condition?.remapColumns { $0 < leftCount ? $0 + rightCount : $0 - leftCount }))
        return .project(
            join,
            columns.indices.map { index in
                .column(index < leftCount ? index + rightCount : index - leftCount, columns[index].type, .none)
            }, columns: columns)
    }

    /// The LEFT JOIN, and behind it the right rows that no left row matches, found by a marker on the left side of the
    /// exchanged join.
    private func fullJoin(
        _ left: LogicalPlan, _ right: LogicalPlan, _ condition: BoundExpression?, _ range: SourceRange
    ) throws(Diagnostic) -> LogicalPlan {
        if left.isVolatile || right.isVolatile || condition?.isVolatile ?? false {
            throw .notSupported("FULL JOIN over random()", at: range)
        }
        usedNodes += left.size.nodes + right.size.nodes
        if usedNodes > Limits.planNodes {
            throw Diagnostic(.limitExceeded, "the FULL JOINs build on each other too often", at: range)
        }
        let columns = left.output + right.output
        let leftCount = left.output.count
        let rightCount = right.output.count
        let marked = LogicalPlan.project(
            left,
            left.output.enumerated().map { .column($0.offset, $0.element.type, .none) }
                + [.constant(.boolean(true))],
            columns: left.output + [OutputColumn(name: "matched", type: .boolean, isHidden: true)])
        let exchanged = LogicalPlan.join(
            Join(
                left: right, right: marked, kind: .left,
                condition: condition?.remapColumns { $0 < leftCount ? $0 + rightCount : $0 - leftCount }))
        let unmatched = LogicalPlan.filter(
            exchanged, .isNull(.column(rightCount + leftCount, .boolean, .none), negated: false, .none))
        let alone = LogicalPlan.project(
            unmatched,
            columns.indices.map { index in
                index < leftCount
                    ? .constant(.null, columns[index].type, .none)
                    : .column(index - leftCount, columns[index].type, .none)
            }, columns: columns)
        return .combine(
            .join(Join(left: left, right: right, kind: .left, condition: condition)), .unionAll, alone,
            columns: columns)
    }

    /// USING: equal columns, of which `*` and a bare name mean one: the left one, in a RIGHT JOIN the right one, and in a
    /// FULL JOIN the one that is there. The others need their table's name.
    private func joined(
        _ left: LogicalPlan, _ kind: JoinKind, _ right: LogicalPlan, on names: [Identifier], _ range: SourceRange
    ) throws(Diagnostic) -> LogicalPlan {
        let leftColumns = left.output
        let rightColumns = right.output
        var terms: [BoundExpression] = []
        var merged: [(left: Int, right: Int)] = []
        for name in names {
            let range = name.range
            guard let a = leftColumns.firstIndex(where: { !$0.isHidden && $0.name.matches(name.name) }),
                let b = rightColumns.firstIndex(where: { !$0.isHidden && $0.name.matches(name.name) })
            else {
                let common = leftColumns.filter { left in
                    !left.isHidden && rightColumns.contains { !$0.isHidden && $0.name.matches(left.name) }
                }
                throw Diagnostic(
                    .unknownColumn, "column '\(name.name)' of USING is not on both sides", at: range,
                    hint: Suggestion.hint(for: name.name, among: common.map(\.name)))
            }
            merged.append((a, leftColumns.count + b))
            terms.append(
                try functions.call(
                    operator: "=",
                    [
                        .column(a, leftColumns[a].type, range),
                        .column(leftColumns.count + b, rightColumns[b].type, range),
                    ], at: range))
        }
        let join = try joined(
            left, kind, right, terms.isEmpty ? nil : .conjunction(terms, names.first?.range ?? .none), range)
        var columns = join.output
        var expressions: [BoundExpression] = columns.indices.map { .column($0, columns[$0].type, .none) }
        var common: [(expression: BoundExpression, column: OutputColumn)] = []
        for (a, b) in merged {
            switch kind {
            case .right, .full:
                // A column of its own in front; both sides need their table's name.
                let value =
                    kind == .right
                    ? expressions[b] : try functions.call("coalesce", [expressions[a], expressions[b]], at: range)
                common.append((value, OutputColumn(name: columns[a].name, type: value.type)))
                columns[a].isHidden = true
                columns[b].isHidden = true
            default: columns[b].isHidden = true
            }
        }
        expressions = common.map(\.expression) + expressions
        return .project(join, expressions, columns: common.map(\.column) + columns)
    }
}
