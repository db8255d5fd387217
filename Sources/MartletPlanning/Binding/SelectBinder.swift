// Binds one SELECT … FROM … WHERE … GROUP BY … HAVING with its ORDER BY.

import MartletCore
import MartletExpressions
import MartletLanguage

/// The clauses of one SELECT share an input, and in a grouped query the groups and aggregates that they use.
final class SelectBinder {
    private let binder: Binder
    private let core: SelectCore
    private let context: SubqueryContext?
    // Used by the one thread that binds the statement, so not checked for overlapping access.
    @exclusivity(unchecked) private var plan: LogicalPlan
    /// The columns of FROM, which WHERE leaves as they are.
    private let input: [OutputColumn]
    private let windows: WindowCollector
    @exclusivity(unchecked) private var items: [(expression: Expression, name: String)] = []
    /// Binds the arguments of aggregates, in a grouped query.
    private var aggregated: ExpressionBinder?
    /// Items that `*` gave: already bound.
    @exclusivity(unchecked) private var expanded: [Int: (column: Int, output: OutputColumn)] = [:]
    /// The items whose aliases are being bound: an alias knows nothing of itself.
    private var openAliases: Set<Int> = []

    init(_ binder: Binder, _ core: SelectCore, _ context: SubqueryContext?) throws(Diagnostic) {
        windows = try WindowCollector(binder, core.windows)
        let plan =
            if let from = core.from {
                try binder.bindTableReference(from, context: context)
            } else {
                LogicalPlan.values([[]], columns: [])
            }
        input = plan.output
        self.plan = plan
        self.binder = binder
        self.context = context
        // Handed on here, not copied.
        self.core = core
    }

    func bind(orderBy: [OrderTerm]) throws(Diagnostic) -> LogicalPlan {
        if let filter = core.filter {
            let expressions = expressions("WHERE")
            expressions.selectList = self
            plan = .filter(plan, try expressions.bindCondition(filter))
        }
        try expandItems()
        if items.count > Limits.columnsPerSelect {
            throw Diagnostic(
                .limitExceeded, "a SELECT has at most \(Limits.columnsPerSelect) columns", at: core.location.range)
        }
        let isGrouped =
            !core.groupBy.isEmpty || core.having != nil || items.contains { hasAggregate($0.expression) }
            || orderBy.contains { hasAggregate($0.expression) }
            || core.windows.contains { definition in
                definition.window.partitionBy.contains(where: hasAggregate)
                    || definition.window.orderBy.contains { hasAggregate($0.expression) }
            }
        if isGrouped { return try bindGrouped(orderBy) }
        let expressions = expressions("the select list")
        expressions.windows = windows
        return try finish(expressions, orderBy)
    }

    private func expressions(_ clause: String) -> ExpressionBinder {
        ExpressionBinder(binder, columns: input, context: context, clause: clause)
    }

    /// What the item with an alias selects, for a condition that uses the alias; nil if there is none.
    func alias(
        _ reference: ColumnReference, with expressions: ExpressionBinder
    ) throws(Diagnostic) -> BoundExpression? {
        guard reference.table == nil else { return nil }
        for (index, item) in core.items.enumerated() {
            guard case .expression(let expression, let alias?) = item, alias.name.matches(reference.column.name) else {
                continue
            }
            guard openAliases.insert(index).inserted else { return nil }
            defer { openAliases.remove(index) }
            return try expressions.bind(expression)
        }
        return nil
    }

    // MARK: The select list

    private func expandItems() throws(Diagnostic) {
        items.reserveCapacity(core.items.count)
        for item in core.items {
            switch item {
            case .expression(let expression, let alias):
                items.append((expression, alias?.name ?? name(of: expression)))
            case .all(let location):
                if core.from == nil { throw Diagnostic(.misplaced, "* needs a FROM clause", at: location.range) }
                for (index, column) in input.enumerated() where !column.isHidden { expand(index, column) }
            case .allOf(let table, _):
                var found = false
                for (index, column) in input.enumerated() where column.qualifier?.matches(table.name) ?? false {
                    found = true
                    if !column.isHidden { expand(index, column) }
                }
                if !found {
                    throw Diagnostic(
                        .unknownTable, "unknown table '\(table.name)' in this query", at: table.range,
                        hint: Suggestion.hint(for: table.name, among: input.compactMap(\.qualifier)))
                }
            }
        }
    }

    private func expand(_ index: Int, _ column: OutputColumn) {
        expanded[items.count] = (index, column)
        let place = Location(core.location.range)
        let reference = ColumnReference(
            table: column.qualifier.map { Identifier($0, place) }, column: Identifier(column.name, place))
        items.append((.column(reference), column.name))
    }

    private func name(of expression: Expression) -> String {
        switch expression {
        case .column(let reference): reference.column.name
        case .call(let call) where call.arguments.isEmpty && !call.hasStar: call.name.name
        default: binder.source(expression.range)
        }
    }

    // MARK: Grouping

    private func hasAggregate(_ expression: Expression) -> Bool {
        expression.contains { node in
            guard case .call(let call) = node, call.over == nil else { return false }
            return binder.aggregates.contains(call.name.name) && !expressions("").isScalarUse(call)
        }
    }

    private func bindGrouped(_ orderBy: [OrderTerm]) throws(Diagnostic) -> LogicalPlan {
        let rows = expressions("GROUP BY")
        var keyNodes: [Expression] = []
        var keys: [BoundExpression] = []
        for node in core.groupBy {
            var node = node
            if let position = try Binder.position(node, count: items.count) {
                node = items[position].expression
            } else if case .column(let reference) = node, reference.table == nil,
                !input.contains(where: { $0.name.matches(reference.column.name) && !$0.isHidden }),
                let item = items.first(where: { $0.name.matches(reference.column.name) })
            {
                node = item.expression
            }
            keyNodes.append(node)
            keys.append(try rows.bind(node))
        }

        let aggregated = expressions("an aggregate")
        self.aggregated = aggregated
        let grouping = Grouping(binder: binder, input: aggregated, keyNodes: keyNodes, keys: keys)
        let grouped = ExpressionBinder(binder, columns: [], context: context, clause: "HAVING")
        grouped.scope = rows
        var openAliases: Set<Int> = []
        grouped.intercept = { [items, unowned grouped] node throws(Diagnostic) in
            guard grouped.clause == "HAVING", case .column(let reference) = node, reference.table == nil,
                !rows.columns.contains(where: { !$0.isHidden && $0.name.matches(reference.column.name) }),
                let item = items.firstIndex(where: { $0.name.matches(reference.column.name) }),
                openAliases.insert(item).inserted
            else { return try grouping.intercept(node) }
            // An alias, of which the item itself knows nothing.
            defer { openAliases.remove(item) }
            return try grouped.bind(items[item].expression)
        }
        grouped.settle = { expression throws(Diagnostic) in try grouping.settled(expression) }

        // Bound first, so that every aggregate is known before the aggregation is made.
        let having = try core.having.map { having throws(Diagnostic) in
            try grouping.settled(try grouped.bindCondition(having))
        }
        grouped.clause = "a grouped query"
        grouped.windows = windows
        let (outputs, columns, sortKeys) = try bindOutputs(grouped, orderBy)
        grouping.followExtreme()
        var result: LogicalPlan = .aggregate(
            Aggregation(
                input: plan, keys: keys, aggregates: grouping.aggregates,
                columns: zip(keys, keyNodes).map { OutputColumn(name: binder.source($1.range), type: $0.type) }
                    + grouping.aggregates.map { OutputColumn(name: binder.source($0.range), type: $0.type) }))
        if let having { result = .filter(result, having) }
        return try assemble(result, outputs, columns, sortKeys)
    }

    // MARK: Output, DISTINCT, ORDER BY

    private func finish(_ expressions: ExpressionBinder, _ orderBy: [OrderTerm]) throws(Diagnostic) -> LogicalPlan {
        let (outputs, columns, sortKeys) = try bindOutputs(expressions, orderBy)
        return try assemble(plan, outputs, columns, sortKeys)
    }

    /// The select list over the input, and each ORDER BY term over the input or as the index of an item.
    private func bindOutputs(
        _ expressions: ExpressionBinder, _ orderBy: [OrderTerm]
    ) throws(Diagnostic) -> ([BoundExpression], [OutputColumn], [OrderKey]) {
        let isPlain = expressions.intercept == nil
        var outputs: [BoundExpression] = []
        var columns: [OutputColumn] = []
        outputs.reserveCapacity(items.count)
        columns.reserveCapacity(items.count)
        for (index, item) in items.enumerated() {
            if isPlain, let (column, output) = expanded[index] {
                outputs.append(.column(column, output.type, core.location.range))
                columns.append(output)
                continue
            }
            let bound = try expressions.bindWhole(item.expression)
            var qualifier: String?
            if case .column(let index, _, _) = bound, isPlain, index < input.count {
                qualifier = input[index].qualifier
            }
            outputs.append(bound)
            columns.append(OutputColumn(name: item.name, type: bound.type, qualifier: qualifier))
        }
        var keys: [OrderKey] = []
        for term in orderBy {
            keys.append(
                OrderKey(
                    expression: try sortKey(term.expression, expressions, outputs), isDescending: term.isDescending,
                    nullsFirst: term.nullsFirst))
        }
        return (outputs, columns, keys)
    }

    /// A position, an alias, or an expression over the input; under the rule of its COLLATE.
    private func sortKey(
        _ expression: Expression, _ expressions: ExpressionBinder, _ outputs: [BoundExpression]
    ) throws(Diagnostic) -> BoundExpression {
        if let position = try Binder.position(expression, count: items.count) { return outputs[position] }
        if let alias = aliasIndex(expression) { return outputs[alias] }
        switch expression {
        case .collate(let operand, let collation, _):
            return try binder.folded(try sortKey(operand, expressions, outputs), by: collation)
        case .column: return try expressions.bindWhole(expression)
        default: return try bindOverAliases(expression, expressions, outputs)
        }
    }

    /// An expression in which a name that no column of the input has may be an alias.
    private func bindOverAliases(
        _ expression: Expression, _ expressions: ExpressionBinder, _ outputs: [BoundExpression]
    ) throws(Diagnostic) -> BoundExpression {
        let whole = expressions.intercept
        defer {
            expressions.intercept = whole
            aggregated?.selectList = nil
        }
        aggregated?.selectList = self
        expressions.intercept = { node throws(Diagnostic) in
            guard let alias = self.aliasIndex(node), !self.inputHas(self.items[alias].name) else {
                return try whole?(node)
            }
            // Inside a window function, where the alias of another one has no place.
            if expressions.windows == nil { return try expressions.bind(self.items[alias].expression) }
            return outputs[alias]
        }
        return try expressions.bindWhole(expression)
    }

    private func inputHas(_ name: String) -> Bool {
        plan.output.contains { !$0.isHidden && $0.name.matches(name) }
    }

    /// The item whose alias a bare name in ORDER BY is; aliases go before input columns.
    private func aliasIndex(_ expression: Expression) -> Int? {
        guard case .column(let reference) = expression, reference.table == nil else { return nil }
        return items.firstIndex { $0.name.matches(reference.column.name) }
    }

    private func assemble(
        _ source: LogicalPlan, _ provisional: [BoundExpression], _ columns: [OutputColumn], _ keys: [OrderKey]
    ) throws(Diagnostic) -> LogicalPlan {
        let (input, settle) = windows.wrap(source)
        var outputs = provisional
        var keys = keys
        if let settle {
            outputs = outputs.map(settle)
            for index in keys.indices { keys[index].expression = settle(keys[index].expression) }
        }
        if keys.isEmpty {
            let projected = LogicalPlan.project(input, outputs, columns: columns)
            return core.isDistinct ? .distinct(projected) : projected
        }
        // Sort keys become columns behind the select list, unless they are in it.
        var all = outputs
        var allColumns = columns
        var sortKeys: [OrderKey] = []
        for key in keys {
            let position: Int
            if let known = all.firstIndex(of: key.expression) {
                position = known
            } else {
                if core.isDistinct {
                    throw Diagnostic(
                        .misplaced, "with DISTINCT, ORDER BY can only use what is selected", at: key.expression.range)
                }
                position = all.count
                all.append(key.expression)
                allColumns.append(
                    OutputColumn(
                        name: binder.source(key.expression.range), type: key.expression.type, isHidden: true))
            }
            sortKeys.append(
                OrderKey(
                    expression: .column(position, key.expression.type, key.expression.range),
                    isDescending: key.isDescending, nullsFirst: key.nullsFirst))
        }
        var result = LogicalPlan.project(input, all, columns: allColumns)
        if core.isDistinct { result = .distinct(result) }
        result = .sort(result, sortKeys)
        if all.count > outputs.count {
            result = .project(
                result, columns.enumerated().map { .column($0.offset, $0.element.type, .none) }, columns: columns)
        }
        return result
    }
}
