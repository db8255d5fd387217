// Chooses operators: logical plan → physical plan.

package import MartletCatalog
import MartletCore
import MartletExpressions

package struct PhysicalPlanner {
    let catalog: Catalog
    let sizes: TableSizes
    /// Whether scans may use keys and indexes, and joins may hash.
    let choosesPaths: Bool

    /// - Parameter sizes: What the plan assumes of them is found there afterwards.
    package init(catalog: Catalog, sizes: TableSizes, choosesPaths: Bool = true) {
        self.catalog = catalog
        self.sizes = sizes
        self.choosesPaths = choosesPaths
    }

    package func plan(_ logical: LogicalPlan) -> PhysicalPlan {
        switch step(logical) {
        case .planned(let plan): return plan
        case .node(let operation, let inputs):
            return PhysicalPlan(operation, inputs: inputs.map { plan($0) }, output: logical.output)
        }
    }

    private enum Step {
        case planned(PhysicalPlan)
        case node(PhysicalPlan.Operation, inputs: [LogicalPlan])
    }

    /// The operator of a node. Plans of many levels are gone through without the many cases' places on the stack.
    private func step(_ logical: LogicalPlan) -> Step {
        func node(_ operation: PhysicalPlan.Operation, _ inputs: LogicalPlan...) -> Step {
            .node(operation, inputs: inputs)
        }
        switch logical {
        case .scan(let scan): return node(.scan(scan, .full, filter: nil))
        case .filter(.scan(let scan), let condition): return .planned(scanned(scan, condition))
        case .systemScan(let scan): return node(.systemScan(scan))
        case .values(let rows, _): return node(.values(rows))
        case .tableFunction(let function): return node(.tableFunction(function))
        case .lateral(let lateral): return node(.lateral(lateral.function, isOuter: lateral.isOuter), lateral.input)
        case .filter(let input, let condition): return node(.filter(condition), input)
        case .project(let input, let expressions, _): return node(.project(expressions), input)
        case .aggregate(let aggregation):
            if choosesPaths, let plan = extreme(aggregation) { return .planned(plan) }
            return node(.aggregate(keys: aggregation.keys, aggregation.aggregates), aggregation.input)
        case .window(let windowing):
            return node(
                .window(partition: windowing.partition, order: windowing.order, windowing.calls), windowing.input)
        case .sort(let input, let keys):
            if choosesPaths, let plan = ordered(input, by: keys, limit: nil) { return .planned(plan) }
            return node(.sort(keys), input)
        case .topRows(let input, let keys, let count, let offset):
            if choosesPaths, let plan = ordered(input, by: keys, limit: Self.wanted(count, offset)) {
                return .planned(
                    PhysicalPlan(.limit(count: count, offset: offset), inputs: [plan], output: logical.output))
            }
            if choosesPaths, let key = keys.first,
                let plan = nearest(input, by: key, count: count, offset: offset)
            {
                return .planned(
                    PhysicalPlan(
                        .topRows(keys, count: count, offset: offset), inputs: [plan], output: logical.output))
            }
            return node(.topRows(keys, count: count, offset: offset), input)
        case .limit(let input, let count, let offset): return node(.limit(count: count, offset: offset), input)
        case .distinct(let input): return node(.distinct, input)
        case .join(let join): return .planned(joined(join))
        case .combine(let left, let operation, let right, _): return node(.combine(operation), left, right)
        case .recursion(let recursion):
            return node(
                .recursion(id: recursion.id, isDistinct: recursion.isDistinct), recursion.start, recursion.step)
        case .workingTable(let id, _): return node(.workingTable(id: id))
        case .search(let search): return .planned(searched(search))
        case .insert(let insert): return node(.insert(insert), insert.source)
        case .update(let update): return node(.update(update), update.source)
        case .delete(let delete): return node(.delete(delete), delete.source)
        case .copyFrom(let copy): return node(.copyFrom(copy))
        case .copyTo(let copy): return node(.copyTo(copy), copy.source)
        case .createTableAs(let create): return node(.createTableAs(create), create.source)
        case .train(let train):
            return .node(.train(train), inputs: train.source.map { [$0] } ?? [])
        case .evaluate(let evaluate): return node(.evaluate(evaluate), evaluate.source)
        case .evaluateRows(let evaluate): return node(.evaluateRows(evaluate), evaluate.source)
        case .deploy(let deploy): return node(.deploy(deploy))
        case .command(let command): return node(.command(command))
        }
    }

    // MARK: Access paths

    func scanned(_ scan: Scan, _ condition: BoundExpression) -> PhysicalPlan {
        if !choosesPaths { return PhysicalPlan(.scan(scan, .full, filter: condition), output: scan.output) }
        let terms = condition.conjuncts
        let keyed = chooser(scan, terms, indexes: [])
        if let choice = keyed.byRowID { return scanned(scan, condition, keyed, choice) }
        let chooser = chooser(scan, terms)
        return scanned(scan, condition, chooser, chooser.choose())
    }

    func scanned(
        _ scan: Scan, _ condition: BoundExpression?, _ chooser: AccessPathChooser, _ choice: AccessChoice
    ) -> PhysicalPlan {
        let (path, residual) = chooser.chosen(choice)
        return PhysicalPlan(
            .scan(scan, path, filter: residual.isEmpty ? nil : .conjunction(residual)), output: scan.output,
            condition: condition)
    }

    func chooser(_ scan: Scan, _ terms: [BoundExpression]) -> AccessPathChooser {
        // An index that cannot be bound any more is not used.
        let indexes = catalog.indexes(of: scan.tableID).compactMap { index in
            index.isOrdered ? try? Binder.bound(index, of: scan.table, in: catalog) : nil
        }
        return chooser(scan, terms, indexes: indexes)
    }

    private func chooser(
        _ scan: Scan, _ terms: [BoundExpression], indexes: [BoundIndex]
    ) -> AccessPathChooser {
        AccessPathChooser(
            terms: terms, estimates: ScanEstimates(scan: scan, indexes: indexes, catalog: catalog, sizes: sizes))
    }

    /// A filtered SEARCH reads the row ids that pass first; one with ORDER BY may have to walk the rows in order, by what
    /// is then its last input.
    private func searched(_ plan: SearchPlan) -> PhysicalPlan {
        var search = plan
        search.settle()
        var inputs: [PhysicalPlan] = []
        if let filter = search.filter {
            let scan = Scan(
                table: search.table, alias: search.alias, columns: search.filterColumns, includesRowID: true)
            inputs.append(rowIDs(scan, filter))
        }
        if let order = search.order { inputs.append(inOrder(search, order)) }
        return PhysicalPlan(.search(search), inputs: inputs, output: search.output)
    }

    /// The keys and the row id of the rows that pass a search's filter, in the order of the keys.
    private func inOrder(_ search: SearchPlan, _ order: SearchPlan.Order) -> PhysicalPlan {
        let all = Scan(table: search.table, alias: search.alias, columns: search.filterColumns, includesRowID: true)
        let whole = order.keys.map { key in
            key.expression.remapColumns { $0 < order.scan.columns.count ? order.scan.columns[$0] : all.columns.count }
        }
        let (scan, position) = all.narrowed(to: whole + (search.filter.map { [$0] } ?? []))
        var keys = order.keys
        for index in keys.indices { keys[index].expression = whole[index].remapColumns(position) }
        var rows = LogicalPlan.scan(scan)
        if let filter = search.filter { rows = .filter(rows, filter.remapColumns(position)) }
        let wanted = 20 * Self.wanted(search.limit, nil)
        let sorted =
            (choosesPaths ? ordered(rows, by: keys, limit: wanted) : nil)
            ?? PhysicalPlan(.sort(keys), inputs: [self.plan(rows)], output: scan.output)
        let columns = keys.map(\.expression) + [.column(scan.columns.count, .integer, .none)]
        return PhysicalPlan(
            .project(columns), inputs: [sorted],
            output: columns.map { OutputColumn(name: Scan.rowIDName, type: $0.type) })
    }
}
