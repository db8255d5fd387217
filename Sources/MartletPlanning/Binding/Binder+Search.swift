// Binds SEARCH.

import MartletCatalog
import MartletCore
import MartletExpressions
import MartletLanguage

extension Binder {
    /// What SEARCH ranks: a table with its own indexes, or a model version with its own.
    struct SearchTarget {
        var table: Table
        var indexes: [Index]
        var label: String
    }

    func bindSearch(_ search: Search, alias: String?) throws(Diagnostic) -> LogicalPlan {
        if let fusion = search.fusion { throw .notSupported("FUSE BY", at: fusion.location.range) }
        if let rerank = search.rerank { throw .notSupported("RERANK BY", at: rerank.location.range) }
        if let after = search.after { throw .notSupported("AFTER", at: after.range) }
        guard search.legs.count == 1 else {
            throw .notSupported("a SEARCH with several legs", at: search.legs[1].location.range)
        }
        let target = try searchTarget(search.target)
        let near = try bindNear(search.legs[0], target, search.options)
        var legs: [SearchPlan.Leg] = []
        if near == nil {
            _ = try OptionReader(self, search.options, known: [], of: "SEARCH")
            legs.append(try bindLeg(search.legs[0], target))
        }
        let limit = try search.limit.map { limit throws(Diagnostic) in try bindCount(limit, "LIMIT") }

        let table = target.table
        var plan = SearchPlan(
            table: table, alias: alias ?? search.target.name.name, targetLabel: target.label, legs: legs, filter: nil,
            filterColumns: [], columns: Array(table.columns.indices), computed: [],
            limit: limit ?? .constant(.integer(Int64(SearchPlan.defaultLimit))))
        plan.near = near
        if let filter = search.filter {
            let scan = Scan(
                table: table, alias: plan.alias, columns: Array(table.columns.indices), includesRowID: true)
            plan.filter = try ExpressionBinder(self, columns: scan.output, context: nil, clause: "WHERE")
                .bindCondition(filter)
            plan.filterColumns = scan.columns
        }

        let items = search.items.isEmpty ? [SelectItem.all(search.location)] : search.items
        return try bindReturn(items, &plan, search.location.range)
    }

    /// RETURN: a select list over the hit, where `snippet`, `highlight` and `why` are computed by the search itself.
    private func bindReturn(
        _ items: [SelectItem], _ plan: inout SearchPlan, _ range: SourceRange
    ) throws(Diagnostic) -> LogicalPlan {
        let table = plan.table
        let base = plan.output
        let baseCount = base.count
        var computed: [SearchPlan.Computed] = []
        let comparesVectors = plan.near != nil
        let binder = ExpressionBinder(self, columns: base, context: nil, clause: "RETURN")
        binder.intercept = { node throws(Diagnostic) in
            guard case .call(let call) = node, let wanted = try self.computed(call, table) else { return nil }
            if comparesVectors {
                throw Diagnostic(
                    .misplaced, "\(wanted.name)() shows the words that were found; NEAR compares vectors",
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
        case "why":
            if let first = call.arguments.first {
                throw Diagnostic(.wrongArgumentCount, "why() takes no argument", at: first.range)
            }
            return .why
        default: return nil
        }
    }

    // MARK: Target and legs

    func searchTarget(_ reference: ModelReference) throws(Diagnostic) -> SearchTarget {
        let name = reference.name
        if reference.version == nil {
            if let deployment = catalog.deployment(named: name.name) {
                guard let model = catalog.model(id: deployment.modelID), let version = model.version(deployment.version)
                else {
                    throw Diagnostic(
                        .unknownVersion, "deployment \(deployment.name) has lost its model", at: name.range)
                }
                return try searchTarget(model, version, "\(deployment.name) = \(model.name)@\(version.number)", name)
            }
            if let table = catalog.table(named: name.name) {
                let indexes = catalog.indexes(of: table.id).filter { $0.textOptions != nil && !$0.isInternal }
                return SearchTarget(table: table, indexes: indexes, label: table.name)
            }
        }
        guard let model = catalog.model(named: name.name) else {
            if reference.version != nil { _ = try self.model(reference) }
            let known = catalog.tables.map(\.name) + catalog.deployments.map(\.name) + catalog.models.map(\.name)
            throw Diagnostic(
                .unknownTable, "unknown table or deployment '\(name.name)'", at: name.range,
                hint: Suggestion.hint(for: name.name, among: known))
        }
        let version = try version(reference, of: model)
        return try searchTarget(model, version, "\(model.name)@\(version.number)", name)
    }

    private func searchTarget(
        _ model: Model, _ version: ModelVersion, _ label: String, _ name: Identifier
    ) throws(Diagnostic) -> SearchTarget {
        guard model.kind == .retriever else {
            throw Diagnostic(
                .wrongModelKind, "\(model.name) is a \(model.kind.rawValue), which cannot be searched", at: name.range)
        }
        guard let table = catalog.table(id: version.tableID), let index = catalog.index(id: version.indexID) else {
            throw Diagnostic(.corrupt, "model \(label) has lost its table or index", at: name.range)
        }
        return SearchTarget(table: table, indexes: [index], label: label)
    }

    private func bindLeg(_ leg: SearchLeg, _ target: SearchTarget) throws(Diagnostic) -> SearchPlan.Leg {
        if let weight = leg.weight { throw .notSupported("WEIGHT of a leg", at: weight.range) }
        let wanted: [Identifier]
        let expression: Expression
        switch leg.condition {
        case .text(let text): (wanted, expression) = ([], text)
        case .match(let columns, let text): (wanted, expression) = (columns, text)
        case .query: throw .notSupported("QUERY", at: leg.location.range)
        case .near, .nearRow: throw Diagnostic(.misplaced, "NEAR is not a text leg", at: leg.location.range)
        }
        var columns: [Int] = []
        for name in wanted { columns.append(try columnIndex(name, in: target.table)) }
        let covering = target.indexes.filter { index in
            columns.allSatisfy { column in index.columns.contains(column) }
        }
        guard let index = covering.first else {
            let names = wanted.map(\.name).joined(separator: ", ")
            throw Diagnostic(
                .unknownIndex,
                target.indexes.isEmpty
                    ? "table \(target.table.name) has no text index"
                    : "no text index of \(target.table.name) has the columns \(names)",
                at: leg.location.range,
                hint: "CREATE INDEX … ON \(target.table.name) USING text (\(names.isEmpty ? "…" : names))")
        }
        if columns.isEmpty, covering.count > 1 {
            throw .notSupported("a text leg over several indexes", at: leg.location.range)
        }
        let text = try ExpressionBinder(self, columns: [], context: nil, clause: "FOR").bind(expression)
        guard text.type == .text || text.type == .null else {
            throw Diagnostic(.typeMismatch, "SEARCH needs a TEXT to look for, not \(text.type)", at: text.range)
        }
        let weights = index.parts.map { columns.isEmpty || columns.contains($0.column ?? -1) ? $0.weight : 0 }
        return SearchPlan.Leg(text: text, index: index, weights: weights)
    }
}
