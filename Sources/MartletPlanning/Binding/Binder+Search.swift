// Binds SEARCH.

import MartletCatalog
import MartletCore
import MartletExpressions
import MartletLanguage

extension Binder {
    func bindSearch(_ search: Search, alias: String?) throws(Diagnostic) -> LogicalPlan {
        let target = try searchTarget(search.target)
        let comparesVectors = search.legs.contains { leg in
            switch leg.condition {
            case .near: true
            case .nearRow(let columns, _): !holdTexts(columns, target.table)
            case .text, .match, .query: false
            }
        }
        let options = try OptionReader(
            self, search.options,
            known: (comparesVectors ? ["ef", "probes", "exact", "metric", "model"] : []) + ["min_score"],
            of: "SEARCH")
        var legs: [SearchPlan.Leg] = []
        for leg in search.legs { legs.append(try bindLeg(leg, target, options)) }
        let limit = try search.limit.map { limit throws(Diagnostic) in try bindCount(limit, "LIMIT") }

        let table = target.table
        var plan = SearchPlan(
            table: table, alias: alias ?? search.target.name.name, targetLabel: target.label, legs: legs,
            columns: Array(table.columns.indices),
            limit: limit ?? .constant(.integer(Int64(SearchPlan.defaultLimit))))
        if let fusion = search.fusion {
            plan.fusion = try bindFusion(fusion)
        } else if legs.count > 1 || legs.contains(where: { $0.weight != nil }) {
            plan.fusion = .standard
        }
        plan.reranking = try search.rerank.map { rerank throws(Diagnostic) in try bindReranking(rerank, plan) }
        plan.minimumScore = try options.real(
            "min_score", in: -Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude)
        if let after = search.after {
            let cursor = try ExpressionBinder(self, columns: [], context: nil, clause: "AFTER").bind(after)
            guard cursor.type == .text || cursor.type == .null else {
                throw Diagnostic(
                    .typeMismatch, "AFTER takes a cursor, which is a TEXT, not \(cursor.type)", at: cursor.range,
                    hint: "cursor() in RETURN gives it")
            }
            plan.after = cursor
        }
        if let filter = search.filter {
            let scan = Scan(
                table: table, alias: plan.alias, columns: Array(table.columns.indices), includesRowID: true)
            plan.filter = try ExpressionBinder(self, columns: scan.output, context: nil, clause: "WHERE")
                .bindCondition(filter)
            plan.filterColumns = scan.columns
        }
        try bindOrder(search.orderBy, &plan)

        let items = search.items.isEmpty ? [SelectItem.all(search.location)] : search.items
        return try bindReturn(items, &plan, search.location.range)
    }

    /// RETURN: a select list over the hit, where `snippet`, `why` and the like are computed by the search itself.
    private func bindReturn(
        _ items: [SelectItem], _ plan: inout SearchPlan, _ range: SourceRange
    ) throws(Diagnostic) -> LogicalPlan {
        let table = plan.table
        let base = plan.output
        let baseCount = base.count
        var computed: [SearchPlan.Computed] = []
        let looksForWords = plan.legs.contains { if case .text = $0.source { true } else { false } }
        let searched = plan
        let binder = ExpressionBinder(self, columns: base, context: nil, clause: "RETURN")
        binder.intercept = { node throws(Diagnostic) in
            guard case .call(let call) = node, let wanted = try self.computed(call, table) else { return nil }
            if wanted.column != nil, !looksForWords {
                throw Diagnostic(
                    .misplaced, "\(wanted.name)() shows the words that were found; NEAR compares vectors",
                    at: call.location.range)
            }
            if case .passage(let column) = wanted, !searched.holdsPassages(of: column) {
                throw Diagnostic(
                    .misplaced, "passage() needs a text index with the option chunk over \(table.columns[column].name)",
                    at: call.location.range)
            }
            let index: Int
            if let known = computed.firstIndex(of: wanted) {
                index = known
            } else {
                index = computed.count
                computed.append(wanted)
            }
            return .column(baseCount + index, wanted.type, call.location.range)
        }
        var expressions: [BoundExpression] = []
        var columns: [OutputColumn] = []
        for item in items {
            switch item {
            case .all, .allOf:
                for (index, column) in base.enumerated() where !column.isHidden {
                    expressions.append(.column(index, column.type, range))
                    columns.append(column)
                }
            case .expression(let expression, let alias):
                let bound = try binder.bind(expression)
                var name = alias?.name
                if name == nil, case .column(let reference) = expression { name = reference.column.name }
                if name == nil, case .call(let call) = expression { name = call.name.name }
                expressions.append(bound)
                columns.append(
                    OutputColumn(name: name ?? source(expression.range), type: bound.type, qualifier: plan.alias))
            }
        }
        plan.computed = computed
        return .project(.search(plan), expressions, columns: columns)
    }

    private func computed(_ call: FunctionCall, _ table: Table) throws(Diagnostic) -> SearchPlan.Computed? {
        func column() throws(Diagnostic) -> Int {
            guard call.arguments.count == 1, case .column(let reference) = call.arguments[0] else {
                throw Diagnostic(
                    .wrongArgumentCount, "\(call.name.name)() takes one column of the table", at: call.location.range)
            }
            let index = try columnIndex(reference.column, in: table)
            guard table.columns[index].type == .text else {
                throw Diagnostic(
                    .typeMismatch, "\(call.name.name)() needs a TEXT column, not \(table.columns[index].type)",
                    at: reference.range)
            }
            return index
        }
        switch call.name.name.lowercased() {
        case "snippet": return .snippet(column: try column())
        case "highlight": return .highlight(column: try column())
        case "offsets": return .offsets(column: try column())
        case "passage": return .passage(column: try column())
        case "why", "cursor":
            let name = call.name.name.lowercased()
            if let first = call.arguments.first {
                throw Diagnostic(.wrongArgumentCount, "\(name)() takes no argument", at: first.range)
            }
            return name == "why" ? .why : .cursor
        default: return nil
        }
    }
}
