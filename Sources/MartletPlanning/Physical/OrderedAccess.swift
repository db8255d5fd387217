// Reading a table in an order that a sort would make.

import MartletCatalog
import MartletCore
import MartletExpressions

extension AccessPathChooser {
    /// The path that gives the rows as a stable sort by `keys` would, if that costs less than the best path and a sort.
    ///
    /// - Parameter limit: How many rows are wanted; nil: all.
    func ordered(by keys: [OrderKey], limit: Double?) -> AccessChoice? {
        if let single {
            switch single.path {
            case .keys(let rowIDs) where rowIDs.count == 1 || isByRowID(keys) == false: return single
            case .index: return single
            default: return nil
            }
        }
        var choices: [AccessChoice] = []
        for index in indexes {
            guard let usable = usable(index) else { continue }
            var (path, used) = path(usable)
            guard let (isDescending, parts) = order(keys, usable, path) else { continue }
            path.isDescending = isDescending
            path.orderedParts = parts
            used.formUnion(usable.given)
            let share = estimates.share(used.sorted.map { terms[$0] } + usable.impliedFilter(terms))
            let rows = max(1, estimates.rows * share)
            choices.append(AccessChoice(path: .index(path), used: used, rows: rows, cost: cost(rows, path.index)))
        }
        if let isDescending = isByRowID(keys) {
            let range = rowIDs.lazy.map { bounds(comparisons(of: $0)) }.first { !$0.used.isEmpty }
            let rows = estimates.rows * estimates.share((range?.used ?? []).map { terms[$0] })
            let isWhole = range == nil
            choices.append(
                AccessChoice(
                    path: isWhole && !isDescending
                        ? .full
                        : .keyRange(lower: range?.lower, upper: range?.upper, isDescending: isDescending),
                    used: PositionSet(range?.used ?? []), rows: rows,
                    cost: Cost.scanStart / 2 + rows * Cost.scannedRow))
        }
        guard var best = choices.first else { return nil }
        let result = max(1, estimates.rows * estimates.share(terms))
        let wanted = min(result, limit ?? result)
        // Reading ends when enough rows have been found.
        func total(_ choice: AccessChoice) -> Double { choice.cost * wanted / result }
        for choice in choices.dropFirst() where total(choice) < total(best) { best = choice }
        let unordered = choose()
        let cost = unordered.rows == 0 ? full.cost : unordered.cost
        return total(best) < cost + Cost.sort(limit == nil ? result : min(result, 4 * wanted)) + 0.2 * result
            ? best : nil
    }

    /// Whether the keys ask for the order of the row ids: descending, ascending, or not (nil).
    private func isByRowID(_ keys: [OrderKey]) -> Bool? {
        guard let key = keys.first, rowIDs.contains(key.expression) else { return nil }
        return key.isDescending
    }

    /// How the index gives the order; nil if it does not.
    private func order(
        _ keys: [OrderKey], _ usable: UsableIndex, _ path: IndexPath
    ) -> (isDescending: Bool, orderedParts: Int?)? {
        var part = path.prefix.count
        var isDescending: Bool?
        let fixed = usable.keys.prefix(part)
        for key in keys {
            if fixed.contains(key.expression) { continue }
            if rowIDs.contains(key.expression) {
                // Equal entries come by their row ids, which leave nothing to order.
                if key.isDescending { return nil }
                break
            }
            guard part < usable.keys.count, usable.keys[part] == key.expression else { return nil }
            let isNullable = !isNotNull(key.expression) && !(part == path.prefix.count && isBounded(path))
            if isNullable, key.nullsFirst == key.isDescending { return nil }
            let flips = key.isDescending != usable.index.index.parts[part].isDescending
            if isDescending ?? flips != flips { return nil }
            isDescending = flips
            part += 1
        }
        let isNatural = part == usable.keys.count && isDescending == false
        return (isDescending ?? false, isNatural ? nil : part)
    }

    private func isBounded(_ path: IndexPath) -> Bool {
        path.skipsNulls || path.lower != nil || path.upper != nil
    }

    private func isNotNull(_ expression: BoundExpression) -> Bool {
        guard case .column(let position, _, _) = expression, position < scan.columns.count else { return false }
        return scan.table.columns[scan.columns[position]].isNotNull
    }
}

extension PhysicalPlanner {
    /// A plan that gives the input's rows in the order of the keys without sorting them; nil if there is none, or it
    /// would cost more.
    func ordered(_ input: LogicalPlan, by keys: [OrderKey], limit: Double?) -> PhysicalPlan? {
        switch input {
        case .project(let inner, let expressions, let columns):
            var moved: [OrderKey] = []
            for key in keys {
                var key = key
                key.expression = key.expression.substituteColumns { expressions[$0] }
                moved.append(key)
            }
            guard let plan = ordered(inner, by: moved, limit: limit) else { return nil }
            return PhysicalPlan(.project(expressions), inputs: [plan], output: columns)
        case .scan(let scan): return ordered(scan, nil, by: keys, limit: limit)
        case .filter(.scan(let scan), let condition): return ordered(scan, condition, by: keys, limit: limit)
        default: return nil
        }
    }

    private func ordered(
        _ scan: Scan, _ condition: BoundExpression?, by keys: [OrderKey], limit: Double?
    ) -> PhysicalPlan? {
        let chooser = chooser(scan, condition?.conjuncts ?? [])
        guard let choice = chooser.ordered(by: keys, limit: limit) else { return nil }
        return scanned(scan, condition, chooser, choice)
    }

    /// `min(x)` and `max(x)` alone: the first or last entry of an index.
    func extreme(_ aggregation: Aggregation) -> PhysicalPlan? {
        guard aggregation.keys.isEmpty, aggregation.aggregates.count == 1, let call = aggregation.aggregates.first,
            ["min", "max"].contains(call.function.name), call.filter == nil, call.arguments.count == 1,
            !call.arguments[0].columnsUsed.isEmpty, !call.arguments[0].canFail, !call.arguments[0].isVolatile
        else { return nil }
        let argument = call.arguments[0]
        var (source, terms) = (aggregation.input, [BoundExpression]())
        if case .filter(let inner, let condition) = source { (source, terms) = (inner, condition.conjuncts) }
        guard case .scan(let scan) = source else { return nil }
        let isKey = AccessPathChooser.rowIDs(of: scan).contains(argument)
        terms += isKey ? [] : [.isNull(argument, negated: true, .none)]
        let filtered = terms.isEmpty ? source : .filter(source, .conjunction(terms))
        let key = OrderKey(expression: argument, isDescending: call.function.name == "max", nullsFirst: nil)
        guard let rows = ordered(filtered, by: [key], limit: 1) else { return nil }
        let one = PhysicalPlan(
            .limit(count: .constant(.integer(1)), offset: nil), inputs: [rows], output: source.output)
        return PhysicalPlan(
            .aggregate(keys: [], aggregation.aggregates), inputs: [one], output: aggregation.columns)
    }

    /// How many rows LIMIT and OFFSET want; 100 if that is known only when the statement runs.
    static func wanted(_ count: BoundExpression, _ offset: BoundExpression?) -> Double {
        func number(_ expression: BoundExpression) -> Double {
            if case .integer(let number) = expression.constantValue { Double(max(0, number)) } else { 100 }
        }
        return number(count) + (offset.map(number) ?? 0)
    }
}
