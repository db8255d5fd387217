// Binds INSERT, UPDATE and DELETE.

import MartletCatalog
import MartletCore
import MartletExpressions
import MartletLanguage

extension Binder {
    func writeTarget(_ table: Table, at range: SourceRange? = nil) throws(Diagnostic) -> WriteTarget {
        let scan = Scan(table: table, alias: table.name, columns: Array(table.columns.indices), includesRowID: false)
        var checks: [(expression: BoundExpression, text: String)] = []
        for check in table.checks {
            checks.append((try bindStored(check, columns: scan.output, as: .boolean, purpose: .condition), check))
        }
        var indexes: [BoundIndex] = []
        for index in catalog.indexes(of: table.id) {
            indexes.append(try Self.bound(index, of: table, in: catalog))
        }
        return WriteTarget(table: table, indexes: indexes, checks: checks, range: range)
    }

    /// An expression that the catalog keeps as text: a default, a CHECK, a part of an index.
    ///
    /// - Parameter start: Where the text stands in the statement that stores it; nil when it is stored already, and its
    ///   places mean nothing to the statement.
    func bindStored(
        _ text: String, columns: [OutputColumn], as type: DataType?, purpose: Coercion.Purpose, start: Int? = nil
    ) throws(Diagnostic) -> BoundExpression {
        let expression = try Self.parseStored(text)
        let inner = Binder(
            catalog: catalog, text: Self.storedPrefix + text, parameters: .none, usesOptimizer: usesOptimizer)
        do throws(Diagnostic) {
            let bound = try ExpressionBinder(inner, columns: columns, context: nil, clause: "a stored expression")
                .bindKey(expression)
            if bound.containsSubquery {
                throw Diagnostic(.misplaced, "a stored expression cannot contain a subquery", at: bound.range)
            }
            guard let type else { return bound.withoutPlaces }
            return try Coercion.coerce(bound, to: type, purpose: purpose).withoutPlaces
        } catch {
            var error = error
            // Only functions that every program has can be stored.
            var registered: String?
            _ = expression.contains { node in
                if case .call(let call) = node, functionSet.isRegistered(call.name.name) { registered = call.name.name }
                return registered != nil
            }
            if error.code == .unknownFunction, let registered {
                error.message = "\(registered)() is registered by the program, and cannot be stored in a table"
                error.hint = "an expression that is stored takes built-in functions"
            }
            error.range = start.flatMap { start in
                error.range.map { range in
                    let shift = start - Self.storedPrefix.utf8.count
                    return SourceRange(range.start + shift, range.end + shift)
                }
            }
            throw error
        }
    }

    private static let storedPrefix = "SELECT "

    private static func parseStored(_ text: String) throws(Diagnostic) -> Expression {
        guard case .select(let select) = try Parser.parseStatement(storedPrefix + text),
            case .core(let core) = select.body, core.items.count == 1,
            case .expression(let expression, nil) = core.items[0]
        else { throw Diagnostic(.corrupt, "the stored expression '\(text)' is not an expression") }
        return expression
    }

    func defaults(of table: Table) throws(Diagnostic) -> [BoundExpression] {
        var defaults: [BoundExpression] = []
        for column in table.columns {
            if let text = column.defaultText {
                defaults.append(
                    try bindStored(
                        text, columns: [], as: column.type, purpose: .assignment(column: column.name)))
            } else {
                defaults.append(.constant(.null, column.type, .none))
            }
        }
        return defaults
    }

    // MARK: INSERT

    func bindInsert(_ insert: Insert) throws(Diagnostic) -> InsertPlan {
        try bindCommonTables(insert.with.tables, isRecursive: insert.with.isRecursive, context: nil)
        defer { commonTables.removeAll() }
        let table = try writableTable(insert.table)
        let columns = try targetColumns(insert.columns, of: table)
        let defaults = try defaults(of: table)
        let source: LogicalPlan
        switch insert.source {
        case .defaultValues: source = .values([defaults], columns: columnsOf(table))
        case .select(let select):
            if case .values(let rows, let location) = select.body, select.orderBy.isEmpty, select.limit == nil,
                select.offset == nil, select.commonTables.isEmpty
            {
                source = try insertedValues(rows, location.range, columns, defaults, table)
            } else {
                source = try insertedRows(try bindSelect(select, context: nil), insert, columns, defaults, table)
            }
        }
        let (conflict, conflictColumns) = try bindConflict(insert.conflict, table)
        return InsertPlan(
            target: try writeTarget(table, at: insert.table.range), source: source, conflict: conflict,
            conflictColumns: conflictColumns,
            returning: try bindReturning(insert.returning, table, alias: nil))
    }

    private func columnsOf(_ table: Table) -> [OutputColumn] {
        table.columns.map { OutputColumn(name: $0.name, type: $0.type) }
    }

    func targetColumns(_ names: [Identifier], of table: Table) throws(Diagnostic) -> [Int] {
        if names.isEmpty { return Array(table.columns.indices) }
        var columns: [Int] = []
        for name in names {
            let index = try columnIndex(name, in: table)
            if columns.contains(index) {
                throw Diagnostic(.duplicateName, "column '\(name.name)' is named twice", at: name.range)
            }
            columns.append(index)
        }
        return columns
    }

    /// VALUES typed by the columns they go to, not by each other.
    private func insertedValues(
        _ rows: [[Expression]], _ range: SourceRange, _ columns: [Int], _ defaults: [BoundExpression], _ table: Table
    ) throws(Diagnostic) -> LogicalPlan {
        let binder = ExpressionBinder(self, columns: [], context: nil, clause: "VALUES")
        var bound: [[BoundExpression]] = []
        bound.reserveCapacity(rows.count)
        for row in rows {
            guard row.count == columns.count else {
                throw Diagnostic(
                    .wrongColumnCount, "\(columns.count) columns but \(row.count) values",
                    at: row.first.map { $0.range.union(row[row.count - 1].range) } ?? range)
            }
            var values = defaults
            for (column, expression) in zip(columns, row) {
                if case .columnDefault = expression { continue }
                values[column] = try assigned(try binder.bind(expression), to: table.columns[column])
            }
            bound.append(values)
        }
        return .values(bound, columns: columnsOf(table))
    }

    private func insertedRows(
        _ plan: LogicalPlan, _ insert: Insert, _ columns: [Int], _ defaults: [BoundExpression], _ table: Table
    ) throws(Diagnostic) -> LogicalPlan {
        let output = plan.output.enumerated().filter { !$0.element.isHidden }
        guard output.count == columns.count else {
            throw Diagnostic(
                .wrongColumnCount, "\(columns.count) columns but the query gives \(output.count)",
                at: insert.location.range)
        }
        var expressions = defaults
        for (column, (index, given)) in zip(columns, output) {
            expressions[column] = try assigned(
                .column(index, given.type, insert.location.range), to: table.columns[column])
        }
        return .project(plan, expressions, columns: columnsOf(table))
    }

    private func assigned(_ value: BoundExpression, to column: TableColumn) throws(Diagnostic) -> BoundExpression {
        try Coercion.coerce(value, to: column.type, purpose: .assignment(column: column.name))
    }

    private func bindConflict(
        _ conflict: Insert.Conflict?, _ table: Table
    ) throws(Diagnostic) -> (InsertPlan.Conflict, [Int]?) {
        guard let conflict else { return (.fail, nil) }
        var named: [Int]?
        if !conflict.columns.isEmpty {
            let columns = try targetColumns(conflict.columns, of: table).sorted()
            let uniques = catalog.indexes(of: table.id).compactMap { $0.uniqueColumns?.sorted() }
            guard columns == table.primaryKey.sorted() || uniques.contains(columns) else {
                throw Diagnostic(
                    .unknownIndex, "ON CONFLICT names no PRIMARY KEY or UNIQUE constraint of \(table.name)",
                    at: conflict.location.range)
            }
            named = columns
        }
        switch conflict.action {
        case .nothing: return (.ignore, named)
        case .replace: return (.replace, named)
        case .update(let assignments, let filter):
            if named == nil {
                throw Diagnostic(
                    .misplaced, "DO UPDATE needs the columns of the constraint: ON CONFLICT (…)",
                    at: conflict.location.range)
            }
            let existing = Scan(
                table: table, alias: table.name, columns: Array(table.columns.indices), includesRowID: false
            ).output
            let refused = existing.map { OutputColumn(name: $0.name, type: $0.type, qualifier: "excluded") }
            // A bare name is the existing row's.
            let hidden = refused.map {
                OutputColumn(name: $0.name, type: $0.type, qualifier: $0.qualifier, isHidden: true)
            }
            let binder = ExpressionBinder(
                self, columns: existing + hidden, context: nil, clause: "DO UPDATE")
            let bound = try bindAssignments(assignments, table, binder)
            let condition = try filter.map { filter throws(Diagnostic) in try binder.bindCondition(filter) }
            return (.update(bound, filter: condition), named)
        }
    }

    private func bindAssignments(
        _ assignments: [Assignment], _ table: Table, _ binder: ExpressionBinder
    ) throws(Diagnostic) -> [(column: Int, value: BoundExpression)] {
        var bound: [(column: Int, value: BoundExpression)] = []
        for assignment in assignments {
            let column = try columnIndex(assignment.column, in: table)
            // The rightmost counts.
            bound.removeAll { $0.column == column }
            if case .columnDefault = assignment.value {
                bound.append((column, try defaults(of: table)[column]))
                continue
            }
            bound.append((column, try assigned(try binder.bind(assignment.value), to: table.columns[column])))
        }
        return bound
    }

    func bindReturning(
        _ items: [SelectItem], _ table: Table, alias: String?
    ) throws(Diagnostic) -> Returning? {
        if items.isEmpty { return nil }
        let columns = Scan(
            table: table, alias: alias ?? table.name, columns: Array(table.columns.indices), includesRowID: true
        ).output
        let binder = ExpressionBinder(self, columns: columns, context: nil, clause: "RETURNING")
        var expressions: [BoundExpression] = []
        var output: [OutputColumn] = []
        for item in items {
            switch item {
            case .all, .allOf:
                for (index, column) in columns.enumerated() where !column.isHidden {
                    expressions.append(.column(index, column.type, .none))
                    output.append(column)
                }
            case .expression(let expression, let alias):
                let bound = try binder.bind(expression)
                expressions.append(bound)
                var name = alias?.name
                if name == nil, case .column(let reference) = expression { name = reference.column.name }
                output.append(OutputColumn(name: name ?? source(expression.range), type: bound.type))
            }
        }
        return Returning(expressions: expressions, columns: output)
    }

    // MARK: UPDATE and DELETE

    func bindUpdate(_ update: Update) throws(Diagnostic) -> UpdatePlan {
        try bindCommonTables(update.with.tables, isRecursive: update.with.isRecursive, context: nil)
        defer { commonTables.removeAll() }
        let table = try writableTable(update.table)
        let source = try changedRows(table, update.alias, update.filter, joinedWith: update.from)
        let binder = ExpressionBinder(self, columns: source.output, context: nil, clause: "SET")
        var plan = UpdatePlan(
            target: try writeTarget(table, at: update.table.range), source: source, isJoined: update.from != nil,
            assignments: try bindAssignments(update.assignments, table, binder),
            returning: try bindReturning(update.returning, table, alias: update.alias?.name))
        switch update.resolution {
        case nil: break
        case .ignore: plan.conflict = .ignore
        case .replace: plan.conflict = .replace
        }
        return plan
    }

    func bindDelete(_ delete: Delete) throws(Diagnostic) -> DeletePlan {
        try bindCommonTables(delete.with.tables, isRecursive: delete.with.isRecursive, context: nil)
        defer { commonTables.removeAll() }
        let table = try deletableTable(delete.table)
        return DeletePlan(
            target: try writeTarget(table, at: delete.table.range),
            source: try changedRows(table, delete.alias, delete.filter),
            returning: try bindReturning(delete.returning, table, alias: delete.alias?.name))
    }

    private func changedRows(
        _ table: Table, _ alias: Identifier?, _ filter: Expression?, joinedWith from: TableReference? = nil
    ) throws(Diagnostic) -> LogicalPlan {
        var scan = LogicalPlan.scan(
            Scan(
                table: table, alias: alias?.name ?? table.name, columns: Array(table.columns.indices),
                includesRowID: true))
        if let from {
            let other = try bindTableReference(from, beside: scan, context: nil)
            scan = .join(Join(left: scan, right: other, kind: .cross, condition: nil))
        }
        guard let filter else { return scan }
        let binder = ExpressionBinder(self, columns: scan.output, context: nil, clause: "WHERE")
        return .filter(scan, try binder.bindCondition(filter))
    }
}

extension BoundExpression {
    /// The same expression without places: those of another text would mislead.
    var withoutPlaces: BoundExpression {
        rewrite { node in
            switch node {
            case .constant(let value, let type, _): .constant(value, type, .none)
            case .column(let index, let type, _): .column(index, type, .none)
            case .outer(let level, let index, let type, _): .outer(level: level, index: index, type, .none)
            case .parameter(let index, let type, _): .parameter(index, type, .none)
            case .call(let function, let arguments, let type, _): .call(function, arguments, type, .none)
            case .and(let terms, _): .and(terms, .none)
            case .or(let terms, _): .or(terms, .none)
            case .not(let operand, _): .not(operand, .none)
            case .isNull(let operand, let negated, _): .isNull(operand, negated: negated, .none)
            case .conditional(let branches, let otherwise, let type, _):
                .conditional(branches, otherwise: otherwise, type, .none)
            case .inList(let operand, let items, let negated, _): .inList(operand, items, negated: negated, .none)
            case .cast(let operand, let type, _): .cast(operand, type, .none)
            case .subquery(let subquery, let type, _): .subquery(subquery, type, .none)
            }
        }
    }
}
