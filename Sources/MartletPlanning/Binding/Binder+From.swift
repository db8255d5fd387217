// Binds what stands in a FROM clause.

import MartletCatalog
import MartletCore
import MartletExpressions
import MartletLanguage

extension Binder {
    func bindTableReference(_ reference: TableReference, context: SubqueryContext?) throws(Diagnostic) -> LogicalPlan {
        switch reference {
        case .table(let name, let alias): return try bindNamedTable(name, alias)
        case .select(let select, let alias, _):
            return qualified(try bindSelect(select, context: context), by: alias?.name)
        case .search(let search, let alias, _): return try bindSearch(search, alias: alias?.name)
        case .statement(let statement, let alias, let location):
            switch statement {
            case .evaluate, .show, .explain: return qualified(try bind(statement), by: alias?.name)
            default:
                throw Diagnostic(.misplaced, "this statement cannot stand in FROM", at: location.range)
            }
        case .function(let call, _): throw .notSupported("table function \(call.name.name)()", at: call.location.range)
        case .join(let left, let kind, let right, let condition, let location):
            return try bindJoin(left, kind, right, condition, location.range, context)
        }
    }

    private func bindNamedTable(_ name: QualifiedName, _ alias: Identifier?) throws(Diagnostic) -> LogicalPlan {
        if name.schema == nil, let common = commonTables.last(where: { $0.name.matches(name.name.name) }) {
            return qualified(common.plan, by: alias?.name ?? name.name.name)
        }
        let shown = alias?.name ?? name.name.name
        switch try table(name) {
        case .user(let table), .storedSystem(let table):
            return .scan(
                Scan(table: table, alias: shown, columns: Array(table.columns.indices), includesRowID: true))
        case .computedSystem(let table): return .systemScan(SystemScan(table: table, alias: shown))
        }
    }

    /// The plan with its columns known under one qualifier.
    private func qualified(_ plan: LogicalPlan, by alias: String?) -> LogicalPlan {
        let output = plan.output
        return .project(
            plan,
            output.enumerated().filter { !$0.element.isHidden }.map { .column($0.offset, $0.element.type, .none) },
            columns: output.filter { !$0.isHidden }.map { OutputColumn(name: $0.name, type: $0.type, qualifier: alias) }
        )
    }

    private func bindJoin(
        _ left: TableReference, _ kind: JoinKind, _ right: TableReference, _ condition: JoinCondition,
        _ range: SourceRange, _ context: SubqueryContext?
    ) throws(Diagnostic) -> LogicalPlan {
        let leftPlan = try bindTableReference(left, context: context)
        let rightPlan = try bindTableReference(right, context: context)
        let columns = leftPlan.output + rightPlan.output
        let joinKind: Join.Kind =
            switch kind {
            case .inner: .inner
            case .left: .left
            case .cross: .cross
            }
        switch condition {
        case .none: return .join(Join(left: leftPlan, right: rightPlan, kind: joinKind, condition: nil))
        case .on(let expression):
            let bound = try ExpressionBinder(self, columns: columns, context: context, clause: "ON")
                .bindCondition(expression)
            return .join(Join(left: leftPlan, right: rightPlan, kind: joinKind, condition: bound))
        case .using(let names):
            return try joined(leftPlan, rightPlan, joinKind, on: names.map(\.name), range)
        case .natural:
            let names = leftPlan.output.filter { column in
                !column.isHidden && rightPlan.output.contains { !$0.isHidden && $0.name.matches(column.name) }
            }
            return try joined(leftPlan, rightPlan, joinKind, on: names.map(\.name), range)
        }
    }

    /// USING: equal columns, of which `*` shows the left one only.
    private func joined(
        _ left: LogicalPlan, _ right: LogicalPlan, _ kind: Join.Kind, on names: [String], _ range: SourceRange
    ) throws(Diagnostic) -> LogicalPlan {
        let leftColumns = left.output
        let rightColumns = right.output
        var terms: [BoundExpression] = []
        var merged: Set<Int> = []
        for name in names {
            guard let a = leftColumns.firstIndex(where: { !$0.isHidden && $0.name.matches(name) }),
                let b = rightColumns.firstIndex(where: { !$0.isHidden && $0.name.matches(name) })
            else {
                throw Diagnostic(.unknownColumn, "column '\(name)' of USING is not on both sides", at: range)
            }
            merged.insert(leftColumns.count + b)
            terms.append(
                try functions.call(
                    operator: "=",
                    [
                        .column(a, leftColumns[a].type, range),
                        .column(leftColumns.count + b, rightColumns[b].type, range),
                    ], at: range))
        }
        let join = LogicalPlan.join(
            Join(left: left, right: right, kind: kind, condition: terms.isEmpty ? nil : .conjunction(terms, range)))
        let output = join.output
        let kept = output.indices.filter { !merged.contains($0) }
        return .project(
            join, kept.map { .column($0, output[$0].type, .none) }, columns: kept.map { output[$0] })
    }
}
