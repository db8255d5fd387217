// Binds expressions over the columns of one input.

import MartletCatalog
import MartletCore
import MartletExpressions
import MartletLanguage

/// What a subquery reads from the row around it: filled while the subquery is bound.
final class SubqueryContext {
    let parent: ExpressionBinder
    var arguments: [BoundExpression] = []

    init(parent: ExpressionBinder) { self.parent = parent }

    /// The expression by which the subquery reads `argument` of the outer row.
    func capture(_ argument: BoundExpression) -> BoundExpression {
        let index: Int
        if let known = arguments.firstIndex(of: argument) {
            index = known
        } else {
            index = arguments.count
            arguments.append(argument)
        }
        return .outer(level: 0, index: index, argument.type, argument.range)
    }
}

final class ExpressionBinder {
    let binder: Binder
    let columns: [OutputColumn]
    let context: SubqueryContext?
    /// Why aggregates may not stand here; nil where `intercept` handles them.
    var clause: String
    /// Sees every node before it is bound; for grouped queries and for what only a SEARCH can compute.
    var intercept: ((Expression) throws(Diagnostic) -> BoundExpression?)?

    /// What a whole expression goes through when it is bound: in grouped queries, where columns may be left over.
    var settle: ((BoundExpression) throws(Diagnostic) -> BoundExpression)?

    /// Takes calls with OVER; nil where window functions may not stand.
    var windows: WindowCollector?

    /// Whose aliases a condition may use where no column of the input has the name.
    var selectList: SelectBinder?

    /// In a grouped query, what binds over the rows: its names are the ones that subqueries see.
    var scope: ExpressionBinder?

    init(_ binder: Binder, columns: [OutputColumn], context: SubqueryContext?, clause: String) {
        self.binder = binder
        self.columns = columns
        self.context = context
        self.clause = clause
    }

    func bind(_ expression: Expression) throws(Diagnostic) -> BoundExpression {
        if let bound = try intercept?(expression) { return bound }
        switch expression {
        case .literal(let literal, let location): return try bindLiteral(literal, location.range)
        case .parameter(let parameter, let location): return try bindParameter(parameter, location.range)
        case .column(let reference): return try bindColumn(reference)
        case .unary(let op, let operand, let location): return try bindUnary(op, operand, location.range)
        case .binary(let left, let op, let right, let location, _):
            return try bindBinary(left, op, right, location.range)
        case .isNull(let operand, let negated, let location):
            return .isNull(try bind(operand), negated: negated, location.range)
        case .between(let operand, let low, let high, let negated, let location):
            let values = try comparands([operand, low, high])
            let range = location.range
            let lower = try binder.functions.call(operator: ">=", [values[0], values[1]], at: range)
            let upper = try binder.functions.call(operator: "<=", [values[0], values[2]], at: range)
            let both = BoundExpression.and([lower, upper], range)
            return negated ? .not(both, range) : both
        case .inList(let operand, let items, let negated, let location):
            return try bindInList(operand, items, negated, location.range)
        case .inSelect(let operand, let select, let negated, let location):
            return try bindInSelect(operand, select, negated, location.range)
        case .exists(let select, let location):
            let (subquery, _) = try bindSubquery(select)
            return .subquery(
                BoundSubquery(kind: .exists(negated: false), reference: subquery, arguments: subquery.arguments),
                .boolean, location.range)
        case .subquery(let select, let location):
            let (subquery, columns) = try bindSubquery(select)
            guard columns.count == 1 else {
                throw Diagnostic(
                    .wrongColumnCount, "a scalar subquery must give one column, not \(columns.count)",
                    at: location.range)
            }
            return .subquery(
                BoundSubquery(kind: .scalar, reference: subquery, arguments: subquery.arguments), columns[0].type,
                location.range)
        case .match(let match): return try bindMatch(match)
        case .conditional(let operand, let branches, let otherwise, let location):
            return try bindConditional(operand, branches, otherwise, location.range)
        case .cast(let operand, let type, let location):
            let value = try bind(operand)
            return try Coercion.cast(value, to: type.type, at: location.range)
        case .collate(let operand, .binary, _): return try bind(operand)
        case .collate(_, _, let location):
            throw Diagnostic(
                .misplaced, "COLLATE stands at the operand of a comparison, in ORDER BY or in an index only",
                at: location.range)
        case .call(let call): return try bindCall(call)
        case .columnDefault(let location):
            throw Diagnostic(
                .misplaced, "DEFAULT stands alone in the VALUES of an INSERT or behind SET only", at: location.range)
        case .row(_, let location):
            throw Diagnostic(
                .misplaced, "a row of values can only be compared, with another row or in the list of IN",
                at: location.range)
        }
    }

    /// An expression that stands by itself, not in another one.
    func bindWhole(_ expression: Expression) throws(Diagnostic) -> BoundExpression {
        let bound = try bind(expression)
        return try settle?(bound) ?? bound
    }

    /// An expression that must be true or false: WHERE, HAVING, ON, CHECK, WHEN.
    func bindCondition(_ expression: Expression) throws(Diagnostic) -> BoundExpression {
        let bound = try bind(expression)
        return try requireBoolean(bound)
    }

    private func requireBoolean(_ bound: BoundExpression) throws(Diagnostic) -> BoundExpression {
        switch bound.type {
        case .boolean: return bound
        case .null: return .cast(bound, .boolean, bound.range)
        default:
            throw Diagnostic(
                .typeMismatch, "a condition must be BOOLEAN, not \(bound.type)", at: bound.range,
                hint: bound.type.isNumeric ? "compare it: <> 0" : nil)
        }
    }

    // MARK: Leaves

    private func bindLiteral(_ literal: Literal, _ range: SourceRange) throws(Diagnostic) -> BoundExpression {
        switch literal {
        case .null: return .constant(.null, range)
        case .boolean(let value): return .constant(.boolean(value), range)
        case .integer(let value):
            guard let signed = Int64(exactly: value) else {
                throw Diagnostic(.outOfRange, "\(value) does not fit an INTEGER", at: range)
            }
            return .constant(.integer(signed), range)
        case .real(let value):
            guard value.isFinite else { throw Diagnostic(.outOfRange, "the number is too large for a REAL", at: range) }
            return .constant(.real(value), range)
        case .text(let value): return .constant(.text(value), range)
        case .blob(let bytes): return .constant(.blob(bytes), range)
        case .timestamp(let value):
            return try Coercion.coerce(.constant(.text(value), range), to: .timestamp, purpose: .comparison)
        case .interval:
            throw Diagnostic(
                .misplaced, "an INTERVAL stands beside the + or - of a TIMESTAMP only", at: range,
                hint: "keep it as TEXT, and use date_add()")
        }
    }

    private func bindParameter(_ parameter: Parameter, _ range: SourceRange) throws(Diagnostic) -> BoundExpression {
        let types = binder.parameters
        switch parameter {
        case .positional(let number), .numbered(let number):
            guard number >= 1, number <= types.positional.count else {
                throw Diagnostic(
                    .unknownParameter, "parameter \(number) has no value; \(types.positional.count) are given",
                    at: range)
            }
            return .parameter(number - 1, types.positional[number - 1], range)
        case .named(let name):
            guard let index = types.named.firstIndex(where: { $0.name == name }) else {
                throw Diagnostic(
                    .unknownParameter, "parameter :\(name) has no value", at: range,
                    hint: Suggestion.hint(for: name, among: types.named.map(\.name)))
            }
            return .parameter(types.positional.count + index, types.named[index].type, range)
        }
    }

    func bindColumn(_ reference: ColumnReference) throws(Diagnostic) -> BoundExpression {
        let found = try resolve(reference)
        if let selectList, !isVisible(found), let alias = try selectList.alias(reference, with: self) { return alias }
        if let found { return found }
        // Not here: perhaps of a query around this one.
        if let context, context.parent.reaches(reference) {
            return context.capture(try context.parent.bind(.column(reference)))
        }
        if let around = binder.aroundSearch, around.reaches(reference) {
            throw Diagnostic(
                .misplaced, "a SEARCH cannot read columns of the query around it", at: reference.range,
                hint: "it runs once: join what it finds, or run it with a parameter for each row")
        }
        throw unknownColumn(reference)
    }

    /// Whether the column is of this input, or of a query around it.
    private func reaches(_ reference: ColumnReference) -> Bool {
        var next: ExpressionBinder? = self
        while let binder = next {
            do throws(Diagnostic) {
                if try (binder.scope ?? binder).resolve(reference) != nil { return true }
            } catch {
                // Ambiguous there: binding it there will say so.
                return true
            }
            next = binder.context?.parent
        }
        return false
    }

    /// Whether it is a column that was declared, not the hidden row id.
    private func isVisible(_ found: BoundExpression?) -> Bool {
        if case .column(let index, _, _) = found { !columns[index].isHidden } else { false }
    }

    /// The column of this input; nil if there is none.
    private func resolve(_ reference: ColumnReference) throws(Diagnostic) -> BoundExpression? {
        var found: Int?
        for index in columns.indices where columns[index].name.matches(reference.column.name) {
            let column = columns[index]
            if let table = reference.table {
                guard let qualifier = column.qualifier, qualifier.matches(table.name) else { continue }
            } else if column.isHidden, column.name != Scan.rowIDName {
                continue
            }
            if let known = found {
                // A declared column named rowid hides the row's own id.
                if column.isHidden { continue }
                if columns[known].isHidden {
                    found = index
                    continue
                }
                throw ambiguous(reference, columns[known], column)
            }
            found = index
        }
        guard let found else { return nil }
        return .column(found, columns[found].type, reference.range)
    }

    private func ambiguous(_ reference: ColumnReference, _ first: OutputColumn, _ second: OutputColumn) -> Diagnostic {
        let name = reference.column.name
        var hint = "two tables, or two columns of one, have this name: give one another name with AS"
        if reference.table == nil, let a = first.qualifier, let b = second.qualifier, !a.matches(b) {
            hint = "qualify it: \(a).\(name) or \(b).\(name)"
        }
        return Diagnostic(.ambiguousColumn, "column '\(name)' is ambiguous", at: reference.range, hint: hint)
    }

    private func unknownColumn(_ reference: ColumnReference) -> Diagnostic {
        let visible = columns.filter { !$0.isHidden }
        let qualifiers = Set(visible.compactMap(\.qualifier))
        let known = Set(columns.compactMap(\.qualifier))
        if let table = reference.table, !known.contains(where: { $0.matches(table.name) }) {
            return Diagnostic(
                .unknownTable, "unknown table '\(table.name)' in this query", at: table.range,
                hint: Suggestion.hint(for: table.name, among: qualifiers.sorted()))
        }
        let candidates =
            reference.table.map { table in
                columns.filter { $0.name != Scan.rowIDName && $0.qualifier?.matches(table.name) ?? false }
            } ?? visible
        let place =
            reference.table.map { " in \($0.name)" }
            ?? (qualifiers.count == 1 ? " in table \(qualifiers.first ?? "")" : "")
        return Diagnostic(
            .unknownColumn, "unknown column '\(reference.column.name)'\(place)", at: reference.range,
            hint: Suggestion.hint(for: reference.column.name, among: candidates.map(\.name)))
    }

    // MARK: Operators

    private func bindUnary(
        _ op: UnaryOperator, _ operand: Expression, _ range: SourceRange
    ) throws(Diagnostic) -> BoundExpression {
        switch op {
        case .not: return .not(try bindCondition(operand), range)
        // Changes nothing, whatever the type.
        case .plus: return try bind(operand)
        case .minus:
            // The smallest integer has no positive counterpart.
            if case .literal(.integer(let digits), _) = operand, digits == UInt64(Int64.max) + 1 {
                return .constant(.integer(.min), range)
            }
            return try binder.functions.call(operator: "-", [try bind(operand)], at: range)
        case .bitNot: return try binder.functions.call(operator: "~", [try bind(operand)], at: range)
        }
    }

    private func bindBinary(
        _ left: Expression, _ op: BinaryOperator, _ right: Expression, _ range: SourceRange
    ) throws(Diagnostic) -> BoundExpression {
        switch op {
        case .and, .or:
            // Long chains are balanced trees; bound, they are flat.
            let sides = [try bindCondition(left), try bindCondition(right)]
            return op == .and ? .conjunction(sides, range) : .disjunction(sides, range)
        default:
            if case .row(let a, _) = left, case .row(let b, _) = right { return try bindRows(a, op, b, range) }
            if let time = try bindInterval(left, op, right, range) { return time }
            if isCollated(left) || isCollated(right), op.isComparison {
                return try binder.functions.call(operator: op.rawValue, try comparands([left, right]), at: range)
            }
            return try binder.functions.call(operator: op.rawValue, [try bind(left), try bind(right)], at: range)
        }
    }

    private func bindInList(
        _ operand: Expression, _ items: [Expression], _ negated: Bool, _ range: SourceRange
    ) throws(Diagnostic) -> BoundExpression {
        if case .row(let row, _) = operand { return try bindRowInList(row, items, negated, range) }
        let sides = try comparands([operand] + items)
        let value = sides[0]
        let bound = Array(sides[1...])
        // An empty list is FALSE, also for NULL.
        if bound.isEmpty { return .constant(.boolean(negated), range) }
        guard let common = Coercion.commonType(ofAll: [value] + bound) else {
            throw Diagnostic(
                .typeMismatch, "the items of IN must have the type of the left side, \(value.type)", at: range)
        }
        var coerced: [BoundExpression] = []
        for item in bound { coerced.append(try Coercion.coerce(item, to: common, purpose: .comparison)) }
        return .inList(
            try Coercion.coerce(value, to: common, purpose: .comparison), coerced, negated: negated, range)
    }

    private func bindMatch(_ match: PatternMatch) throws(Diagnostic) -> BoundExpression {
        var arguments = [try bind(match.value), try bind(match.pattern)]
        if let escape = match.escape { arguments.append(try bind(escape)) }
        let bound = try binder.functions.call(match.kind.rawValue, arguments, at: match.location.range)
        return match.negated ? .not(bound, match.location.range) : bound
    }

    private func bindConditional(
        _ operand: Expression?, _ branches: [Expression.Branch], _ otherwise: Expression?, _ range: SourceRange
    ) throws(Diagnostic) -> BoundExpression {
        let value = try operand.map { operand throws(Diagnostic) in try bind(operand) }
        var conditions: [BoundExpression] = []
        var results: [BoundExpression] = []
        for branch in branches {
            if let value {
                let candidate = try bind(branch.condition)
                conditions.append(try binder.functions.call(operator: "=", [value, candidate], at: candidate.range))
            } else {
                conditions.append(try bindCondition(branch.condition))
            }
            results.append(try bind(branch.result))
        }
        if let otherwise { results.append(try bind(otherwise)) }
        guard let common = Coercion.commonType(ofAll: results) else {
            throw Diagnostic(
                .typeMismatch,
                "the branches of CASE have different types: \(results.map(\.type.description).joined(separator: ", "))",
                at: range)
        }
        var coerced: [BoundExpression] = []
        for result in results { coerced.append(try Coercion.choice(result, as: common)) }
        let last = otherwise == nil ? nil : coerced.removeLast()
        let bound = zip(conditions, coerced).map { BoundExpression.Branch(condition: $0, result: $1) }
        return .conditional(bound, otherwise: last, common, range)
    }

    // MARK: Calls and subqueries

    private func bindCall(_ call: FunctionCall) throws(Diagnostic) -> BoundExpression {
        let range = call.location.range
        if let window = call.over {
            guard let windows else {
                throw Diagnostic(
                    .misplaced, "window function \(call.name.name)() cannot stand in \(clause)", at: range,
                    hint: "compute it in the select list of an inner query: SELECT … FROM (SELECT … OVER …)")
            }
            return try windows.bind(call, over: window, with: self)
        }
        if WindowCollector.names.contains(call.name.name.lowercased()) {
            throw Diagnostic(
                .misplaced, "\(call.name.name)() is a window function", at: range, hint: "write OVER (…) behind it")
        }
        if binder.aggregates.contains(call.name.name), !isScalarUse(call) {
            throw Diagnostic(.misplacedAggregate, "aggregate \(call.name.name)() cannot stand in \(clause)", at: range)
        }
        if Binder.modelFunctions.contains(call.name.name.lowercased()) {
            return try bindModelCall(call)
        }
        if Binder.searchFunctions.contains(call.name.name.lowercased()) {
            throw Diagnostic(
                .misplaced, "\(call.name.name)() stands in the RETURN of a SEARCH only", at: range,
                hint: "SELECT … FROM (SEARCH … RETURN …)")
        }
        if call.hasStar || call.isDistinct || call.filter != nil || !call.orderBy.isEmpty {
            throw Diagnostic(
                .misplaced, "\(call.name.name)() is not an aggregate: *, DISTINCT, ORDER BY and FILTER do not apply",
                at: range)
        }
        var arguments: [BoundExpression] = []
        for argument in call.arguments { arguments.append(try bind(argument)) }
        if let part = try TimeFunctions.wholePart(call.name.name, arguments, at: range) { return part }
        return try binder.functions.call(call.name.name, arguments, at: range, nameRange: call.name.range)
    }

    /// `min(a, b)` and `max(a, b)` of several arguments are scalar.
    func isScalarUse(_ call: FunctionCall) -> Bool {
        call.arguments.count > 1 && ["min", "max"].contains(call.name.name.lowercased())
    }

    func bindSubquery(_ select: Select) throws(Diagnostic) -> (PlannedSubquery, [OutputColumn]) {
        let context = SubqueryContext(parent: self)
        let plan = try binder.bindSelect(select, context: context)
        let subquery = PlannedSubquery(
            id: binder.nextSubqueryID(), plan: binder.usesOptimizer ? try Optimizer.optimize(plan) : plan,
            arguments: context.arguments,
            summary: binder.source(select.location.range))
        return (subquery, plan.output.filter { !$0.isHidden })
    }
}
