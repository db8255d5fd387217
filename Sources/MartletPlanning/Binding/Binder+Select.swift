// Binds SELECT, VALUES and compounds.

import MartletCore
import MartletExpressions
import MartletLanguage

extension Binder {
    func bindSelect(_ select: Select, context: SubqueryContext?) throws(Diagnostic) -> LogicalPlan {
        let outerTables = commonTables.count
        defer { commonTables.removeLast(commonTables.count - outerTables) }
        try bindCommonTables(select.commonTables, isRecursive: select.isRecursive, context: context)

        var plan: LogicalPlan
        if case .core(let core) = select.body {
            // ORDER BY may use what the select list leaves out.
            plan = try SelectBinder(self, core, context).bind(orderBy: select.orderBy)
        } else {
            plan = try bindBody(select.body, context: context)
            if !select.orderBy.isEmpty {
                plan = .sort(plan, try outputSortKeys(select.orderBy, plan.output))
            }
        }
        if select.limit != nil || select.offset != nil {
            let count = try select.limit.map { limit throws(Diagnostic) in try bindCount(limit, "LIMIT") }
            let offset = try select.offset.map { offset throws(Diagnostic) in try bindCount(offset, "OFFSET") }
            plan = .limit(plan, count: count, offset: offset)
        }
        return plan
    }

    /// Makes the tables of WITH known, for the caller to forget again.
    func bindCommonTables(
        _ tables: [CommonTable], isRecursive: Bool, context: SubqueryContext?
    ) throws(Diagnostic) {
        for table in tables {
            if isRecursive, table.isRecursive {
                let plan = try bindRecursion(table, context: context)
                commonTables.append((table.name.name, plan, plan.size, context))
                continue
            }
            var plan = try bindSelect(table.select, context: context)
            if !table.columns.isEmpty { plan = try renamed(plan, to: table.columns, of: table.name) }
            commonTables.append((table.name.name, plan, plan.size, context))
        }
    }

    func bindBody(_ body: SelectBody, context: SubqueryContext?) throws(Diagnostic) -> LogicalPlan {
        switch body {
        case .core(let core): return try SelectBinder(self, core, context).bind(orderBy: [])
        case .nested(let select): return try bindSelect(select, context: context)
        case .values(let rows, let location):
            return try bindValues(rows, location.range, context: context)
        case .compound(let left, let op, let right, let location):
            return try bindCompound(left, op, right, location.range, context: context)
        }
    }

    /// An expression that no row is needed for, as LIMIT's.
    func bindCount(_ expression: Expression, _ clause: String) throws(Diagnostic) -> BoundExpression {
        let bound = try ExpressionBinder(self, columns: [], context: nil, clause: clause).bind(expression)
        guard bound.type == .integer || bound.type == .null else {
            throw Diagnostic(.typeMismatch, "\(clause) must be an INTEGER, not \(bound.type)", at: bound.range)
        }
        return bound
    }

    // MARK: VALUES and compounds

    private func bindValues(
        _ rows: [[Expression]], _ range: SourceRange, context: SubqueryContext?
    ) throws(Diagnostic) -> LogicalPlan {
        let binder = ExpressionBinder(self, columns: [], context: context, clause: "VALUES")
        var bound: [[BoundExpression]] = []
        for row in rows {
            if let first = bound.first, first.count != row.count {
                throw Diagnostic(
                    .wrongColumnCount, "every row of VALUES must have \(first.count) values, not \(row.count)",
                    at: row.first?.range ?? range)
            }
            var values: [BoundExpression] = []
            for expression in row { values.append(try binder.bind(expression)) }
            bound.append(values)
        }
        var columns: [OutputColumn] = []
        for index in 0..<(bound.first?.count ?? 0) {
            let cells = bound.map { $0[index] }
            guard let common = Coercion.commonType(ofAll: cells) else {
                throw Diagnostic(.typeMismatch, "column \(index + 1) of VALUES mixes types", at: cells[0].range)
            }
            for row in bound.indices {
                bound[row][index] = try Coercion.coerce(bound[row][index], to: common, purpose: .comparison)
            }
            columns.append(OutputColumn(name: "column\(index + 1)", type: common))
        }
        return .values(bound, columns: columns)
    }

    private func bindCompound(
        _ left: SelectBody, _ op: SetOperator, _ right: SelectBody, _ range: SourceRange, context: SubqueryContext?
    ) throws(Diagnostic) -> LogicalPlan {
        var operands = 2
        var chain = left
        while case .compound(let next, _, _, _) = chain {
            operands += 1
            chain = next
        }
        if operands > Limits.compoundOperands {
            throw Diagnostic(
                .limitExceeded, "a compound SELECT has at most \(Limits.compoundOperands) operands", at: range)
        }
        var first = try bindBody(left, context: context)
        var second = try bindBody(right, context: context)
        guard first.output.count == second.output.count else {
            throw Diagnostic(
                .wrongColumnCount,
                "both sides of \(op.rawValue) must have as many columns: \(first.output.count) and \(second.output.count)",
                at: range)
        }
        var columns: [OutputColumn] = []
        for (index, (a, b)) in zip(first.output, second.output).enumerated() {
            let sides = [BoundExpression.column(0, a.type, range), .column(0, b.type, range)]
            guard let common = Coercion.commonType(ofAll: sides) else {
                throw Diagnostic(
                    .typeMismatch,
                    "column \(index + 1) of \(op.rawValue) is \(a.type) on one side and \(b.type) on the other",
                    at: range)
            }
            columns.append(OutputColumn(name: a.name, type: common))
        }
        first = try coerced(first, to: columns, range)
        second = try coerced(second, to: columns, range)
        let operation: SetOperation =
            switch op {
            case .union: .union
            case .unionAll: .unionAll
            case .intersect: .intersect
            case .except: .except
            }
        return .combine(first, operation, second, columns: columns)
    }

    /// The plan with its columns converted to the given types; itself if they have them.
    private func coerced(
        _ plan: LogicalPlan, to columns: [OutputColumn], _ range: SourceRange
    ) throws(Diagnostic) -> LogicalPlan {
        let output = plan.output
        if zip(output, columns).allSatisfy({ $0.type == $1.type }) { return plan }
        var expressions: [BoundExpression] = []
        for (index, column) in output.enumerated() {
            expressions.append(
                try Coercion.coerce(.column(index, column.type, range), to: columns[index].type, purpose: .comparison))
        }
        return .project(plan, expressions, columns: columns)
    }

    /// The plan's columns under other names.
    func renamed(_ plan: LogicalPlan, to names: [Identifier], of table: Identifier) throws(Diagnostic) -> LogicalPlan {
        let output = plan.output
        guard output.count == names.count else {
            throw Diagnostic(
                .wrongColumnCount, "'\(table.name)' names \(names.count) columns for \(output.count)", at: table.range)
        }
        return .project(
            plan, output.enumerated().map { .column($0.offset, $0.element.type, .none) },
            columns: zip(output, names).map { OutputColumn(name: $1.name, type: $0.type) })
    }

    // MARK: ORDER BY over what a query gives

    /// ORDER BY of a compound: positions, output names, or expressions over them.
    private func outputSortKeys(_ terms: [OrderTerm], _ output: [OutputColumn]) throws(Diagnostic) -> [OrderKey] {
        let binder = ExpressionBinder(self, columns: output, context: nil, clause: "the ORDER BY of a compound query")
        var keys: [OrderKey] = []
        for term in terms {
            let expression: BoundExpression
            if let position = try Self.position(term.expression, count: output.count) {
                expression = .column(position, output[position].type, term.expression.range)
            } else {
                expression = try binder.bindKey(term.expression)
            }
            keys.append(
                OrderKey(expression: expression, isDescending: term.isDescending, nullsFirst: term.nullsFirst))
        }
        return keys
    }

    /// The index that an integer literal in ORDER BY or GROUP BY means; nil for other expressions.
    static func position(_ expression: Expression, count: Int) throws(Diagnostic) -> Int? {
        guard case .literal(.integer(let number), let location) = expression else { return nil }
        guard number >= 1, number <= UInt64(count) else {
            throw Diagnostic(
                .outOfRange, "position \(number) is not in the select list of \(count) columns", at: location.range)
        }
        return Int(number) - 1
    }
}
