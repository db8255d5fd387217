// Binds what stands in a FROM clause.

import MartletCatalog
import MartletCore
import MartletExpressions
import MartletLanguage

extension Binder {
    /// - Parameter left: What stands before it in FROM.
    func bindTableReference(
        _ reference: TableReference, beside left: LogicalPlan? = nil, context: SubqueryContext?
    ) throws(Diagnostic) -> LogicalPlan {
        switch reference {
        case .table(let name, let alias): return try bindNamedTable(name, alias, context)
        case .select(let select, let alias, _):
            return qualified(try bindSelect(select, context: context), by: alias?.name)
        case .search(let search, let alias, _):
            let outer = aroundSearch
            defer { aroundSearch = outer }
            aroundSearch = ExpressionBinder(self, columns: left?.output ?? [], context: context, clause: "FROM")
            return try bindSearch(search, alias: alias?.name)
        case .statement(let statement, let alias, let location):
            switch statement {
            case .evaluate(let evaluate) where evaluate.into != nil:
                throw Diagnostic(.misplaced, "EVALUATE … INTO writes, and cannot stand in FROM", at: location.range)
            case .evaluate, .show, .explain: return qualified(try bind(statement), by: alias?.name)
            default:
                throw Diagnostic(.misplaced, "this statement cannot stand in FROM", at: location.range)
            }
        case .function(let call, let alias):
            return .tableFunction(try bindTableFunction(call, alias: alias, context: context))
        case .join(let left, let kind, let right, let condition, let location):
            return try bindJoin(left, kind, right, condition, location.range, context)
        }
    }

    private func bindNamedTable(
        _ name: QualifiedName, _ alias: Identifier?, _ context: SubqueryContext?
    ) throws(Diagnostic) -> LogicalPlan {
        if name.schema == nil, let common = commonTables.last(where: { $0.name.matches(name.name.name) }) {
            usedNodes += common.size.nodes
            if common.size.depth > Limits.planDepth || usedNodes > Limits.planNodes {
                throw Diagnostic(.limitExceeded, "the tables of WITH build on each other too often", at: name.range)
            }
            if case .workingTable(let id, _) = common.plan {
                if common.context !== context {
                    throw .notSupported("a recursive table in a subquery of its own step", at: name.range)
                }
                recursiveUses.insert(id)
            }
            let plan = try handedDown(common.plan, from: common.context, to: context)
            return qualified(plan, by: alias?.name ?? name.name.name)
        }
        let shown = alias?.name ?? name.name.name
        if let view = view(name) { return qualified(try bindView(view, at: name.range), by: shown) }
        switch try table(name) {
        case .user(let table), .storedSystem(let table):
            if !openViews.isEmpty { namedObjects.insert(table.id) }
            return .scan(
                Scan(
                    table: table, alias: shown, columns: Array(table.columns.indices), includesRowID: true,
                    layout: catalog.layout(of: table)))
        case .computedSystem(let table): return .systemScan(SystemScan(table: table, alias: shown))
        }
    }

    /// A plan that was bound in one subquery, for use in one inside it: what it reads of the rows around it is handed
    /// down through the subqueries between.
    private func handedDown(
        _ plan: LogicalPlan, from definition: SubqueryContext?, to use: SubqueryContext?
    ) throws(Diagnostic) -> LogicalPlan {
        guard let definition, let use, use !== definition else { return plan }
        func captured(_ expression: BoundExpression, in context: SubqueryContext) -> BoundExpression {
            guard let around = context.parent.context, context !== definition else { return expression }
            return context.capture(captured(expression, in: around))
        }
        return try plan.mapAllExpressions { expression in
            expression.rewrite { node in
                if case .outer = node { captured(node, in: use) } else { node }
            }
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
}
