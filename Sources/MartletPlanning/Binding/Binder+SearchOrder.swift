// Binds the ORDER BY of a SEARCH.

import MartletCatalog
import MartletCore
import MartletExpressions
import MartletLanguage

extension Binder {
    /// Puts the rows that a search finds into the order of their columns.
    func bindOrder(_ terms: [OrderTerm], _ plan: inout SearchPlan) throws(Diagnostic) {
        guard let first = terms.first?.expression.range else { return }
        func misplaced(_ reason: String) -> Diagnostic {
            Diagnostic(
                .misplaced, "ORDER BY in a SEARCH \(reason)", at: first,
                hint: "SELECT … FROM (SEARCH …) ORDER BY … sorts the best rows")
        }
        guard plan.legs.count == 1, plan.fusion == nil, plan.reranking == nil else {
            throw misplaced("takes what one leg finds, without WEIGHT, FUSE BY and RERANK BY")
        }
        switch plan.legs[0].source {
        case .text(let text):
            if text.parts.contains(where: { $0.retriever != nil || $0.deployment != nil }) {
                throw misplaced("takes what the words of a table find; a trained version finds others too")
            }
        case .near(var near):
            guard near.within != nil else { throw misplaced("by NEAR needs WITHIN: every row is more or less near") }
            // All that are so near, not those that a graph happens to meet.
            near.isExact = true
            plan.legs[0].source = .near(near)
        }
        let all = Scan(
            table: plan.table, alias: plan.alias, columns: Array(plan.table.columns.indices), includesRowID: true)
        let binder = ExpressionBinder(self, columns: all.output, context: nil, clause: "the ORDER BY of a SEARCH")
        var keys: [OrderKey] = []
        for term in terms {
            keys.append(
                OrderKey(
                    expression: try searchKey(term.expression, binder), isDescending: term.isDescending,
                    nullsFirst: term.nullsFirst))
        }
        let (scan, position) = all.narrowed(to: keys.map(\.expression))
        for index in keys.indices { keys[index].expression = keys[index].expression.remapColumns(position) }
        plan.order = SearchPlan.Order(scan: scan, keys: keys)
        plan.filterColumns = all.columns
    }

    private func searchKey(
        _ expression: Expression, _ binder: ExpressionBinder
    ) throws(Diagnostic) -> BoundExpression {
        if case .collate(let operand, let collation, _) = expression {
            return try folded(try searchKey(operand, binder), by: collation)
        }
        let bound = try binder.bind(expression)
        if bound.containsSubquery || bound.columnsUsed.isEmpty {
            throw Diagnostic(
                .misplaced, "ORDER BY in a SEARCH takes columns of the table", at: bound.range,
                hint: "without ORDER BY, rows come by falling score")
        }
        return bound
    }
}
