// Binds WITH RECURSIVE.

import MartletCore
import MartletExpressions
import MartletLanguage

extension Binder {
    /// The plan of a table that its own query reads behind UNION or UNION ALL.
    func bindRecursion(_ table: CommonTable, context: SubqueryContext?) throws(Diagnostic) -> LogicalPlan {
        let select = table.select
        guard case .compound(let startBody, let op, let stepBody, let location) = select.body,
            op == .union || op == .unionAll
        else {
            throw Diagnostic(
                .misplaced, "a recursive table is a start, UNION or UNION ALL, and a step", at: table.name.range)
        }
        let outerTables = commonTables.count
        defer { commonTables.removeLast(commonTables.count - outerTables) }

        var start = try bindBody(startBody, context: context)
        if !table.columns.isEmpty { start = try renamed(start, to: table.columns, of: table.name) }
        let columns = start.output.filter { !$0.isHidden }.map { OutputColumn(name: $0.name, type: $0.type) }
        let id = nextSubqueryID()
        let working = LogicalPlan.workingTable(id: id, columns: columns)
        commonTables.append((table.name.name, working, working.size, context))
        var step = try bindBody(stepBody, context: context)
        guard recursiveUses.contains(id) else {
            throw Diagnostic(
                .misplaced, "the step of '\(table.name.name)' does not read it", at: table.name.range)
        }

        let output = step.output
        guard output.count == columns.count else {
            throw Diagnostic(
                .wrongColumnCount,
                "both sides of \(op.rawValue) must have as many columns: \(columns.count) and \(output.count)",
                at: location.range)
        }
        var expressions: [BoundExpression] = []
        for (index, (given, wanted)) in zip(output, columns).enumerated() {
            let value = BoundExpression.column(index, given.type, location.range)
            guard Coercion.commonType(ofAll: [.column(0, wanted.type, location.range), value]) == wanted.type else {
                throw Diagnostic(
                    .typeMismatch,
                    "column \(index + 1) of '\(table.name.name)' starts as \(wanted.type), and its step gives "
                        + "\(given.type)", at: location.range, hint: "CAST the start to the step's type")
            }
            expressions.append(try Coercion.coerce(value, to: wanted.type, purpose: .comparison))
        }
        step = .project(step, expressions, columns: columns)

        var plan = LogicalPlan.recursion(
            Recursion(id: id, start: start, step: step, isDistinct: op == .union, columns: columns))
        if let first = select.orderBy.first {
            throw .notSupported("ORDER BY of a recursive table", at: first.expression.range)
        }
        if select.limit != nil || select.offset != nil {
            let count = try select.limit.map { limit throws(Diagnostic) in try bindCount(limit, "LIMIT") }
            let offset = try select.offset.map { offset throws(Diagnostic) in try bindCount(offset, "OFFSET") }
            plan = .limit(plan, count: count, offset: offset)
        }
        return plan
    }
}

extension CommonTable {
    /// Whether the last part of its compound reads the table itself in FROM.
    var isRecursive: Bool {
        guard select.commonTables.isEmpty, case .compound(_, _, let step, _) = select.body else { return false }
        return step.reads(name.name)
    }
}

extension SelectBody {
    fileprivate func reads(_ name: String) -> Bool {
        switch self {
        case .core(let core): core.from?.reads(name) ?? false
        case .values: false
        case .compound(let left, _, let right, _): left.reads(name) || right.reads(name)
        case .nested(let select): select.reads(name)
        }
    }
}

extension Select {
    fileprivate func reads(_ name: String) -> Bool {
        if commonTables.contains(where: { $0.name.name.matches(name) }) { return false }
        return commonTables.contains { $0.select.reads(name) } || body.reads(name)
    }
}

extension TableReference {
    fileprivate func reads(_ name: String) -> Bool {
        switch self {
        case .table(let table, _): table.schema == nil && table.name.name.matches(name)
        case .select(let select, _, _): select.reads(name)
        case .join(let left, _, let right, _, _): left.reads(name) || right.reads(name)
        case .search, .function, .statement: false
        }
    }
}
