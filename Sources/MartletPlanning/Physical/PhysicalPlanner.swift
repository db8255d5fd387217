// Chooses operators: logical plan → physical plan.

package import MartletCatalog
import MartletCore
import MartletExpressions

package struct PhysicalPlanner {
    private let catalog: Catalog

    /// Whether scans may use keys and indexes, and joins may hash.
    private let choosesPaths: Bool

    package init(catalog: Catalog, choosesPaths: Bool = true) {
        self.catalog = catalog
        self.choosesPaths = choosesPaths
    }

    package func plan(_ logical: LogicalPlan) -> PhysicalPlan {
        let output = logical.output
        func node(_ operation: PhysicalPlan.Operation, _ inputs: LogicalPlan...) -> PhysicalPlan {
            PhysicalPlan(operation, inputs: inputs.map { plan($0) }, output: output)
        }
        switch logical {
        case .scan(let scan): return node(.scan(scan, .full, filter: nil))
        case .filter(.scan(let scan), let condition): return scanned(scan, condition)
        case .systemScan(let scan): return node(.systemScan(scan))
        case .values(let rows, _): return node(.values(rows))
        case .tableFunction(let function): return node(.tableFunction(function))
        case .filter(let input, let condition): return node(.filter(condition), input)
        case .project(let input, let expressions, _): return node(.project(expressions), input)
        case .aggregate(let aggregation):
            return node(.aggregate(keys: aggregation.keys, aggregation.aggregates), aggregation.input)
        case .window(let windowing):
            return node(
                .window(partition: windowing.partition, order: windowing.order, windowing.calls), windowing.input)
        case .sort(let input, let keys): return node(.sort(keys), input)
        case .topRows(let input, let keys, let count, let offset):
            return node(.topRows(keys, count: count, offset: offset), input)
        case .limit(let input, let count, let offset): return node(.limit(count: count, offset: offset), input)
        case .distinct(let input): return node(.distinct, input)
        case .join(let join): return joined(join)
        case .combine(let left, let operation, let right, _): return node(.combine(operation), left, right)
        case .recursion(let recursion):
            return node(
                .recursion(id: recursion.id, isDistinct: recursion.isDistinct), recursion.start, recursion.step)
        case .workingTable(let id, _): return node(.workingTable(id: id))
        case .search(let search): return searched(search)
        case .insert(let insert): return node(.insert(insert), insert.source)
        case .update(let update): return node(.update(update), update.source)
        case .delete(let delete): return node(.delete(delete), delete.source)
        case .copyFrom(let copy): return node(.copyFrom(copy))
        case .copyTo(let copy): return node(.copyTo(copy), copy.source)
        case .createTableAs(let create): return node(.createTableAs(create), create.source)
        case .train(let train): return node(.train(train))
        case .evaluate(let evaluate): return node(.evaluate(evaluate), evaluate.source)
        case .deploy(let deploy): return node(.deploy(deploy))
        case .command(let command): return node(.command(command))
        }
    }

    // MARK: Access paths

    private func scanned(_ scan: Scan, _ condition: BoundExpression) -> PhysicalPlan {
        if !choosesPaths { return PhysicalPlan(.scan(scan, .full, filter: condition), output: scan.output) }
        let (path, residual) = AccessPathChooser(scan: scan, indexes: catalog.indexes(of: scan.table.id))
            .choose(condition.conjuncts)
        let filter = residual.isEmpty ? nil : BoundExpression.conjunction(residual)
        return PhysicalPlan(.scan(scan, path, filter: filter), output: scan.output)
    }

    /// A filtered SEARCH reads the row ids that pass first.
    private func searched(_ search: SearchPlan) -> PhysicalPlan {
        guard let filter = search.filter else { return PhysicalPlan(.search(search), output: search.output) }
        let used = filter.columnsUsed.sorted()
        let rowID = search.filterColumns.count
        let kept = used.filter { $0 < rowID }
        let scan = Scan(
            table: search.table, alias: search.alias, columns: kept.map { search.filterColumns[$0] },
            includesRowID: true)
        let condition = filter.remapColumns { $0 == rowID ? kept.count : kept.firstIndex(of: $0) ?? 0 }
        let ids = PhysicalPlan(
            .project([.column(kept.count, .integer, .none)]), inputs: [scanned(scan, condition)],
            output: [OutputColumn(name: Scan.rowIDName, type: .integer)])
        return PhysicalPlan(.search(search), inputs: [ids], output: search.output)
    }

    // MARK: Joins

    private func joined(_ join: Join) -> PhysicalPlan {
        let left = plan(join.left)
        let right = plan(join.right)
        let leftCount = left.output.count
        var leftKeys: [BoundExpression] = []
        var rightKeys: [BoundExpression] = []
        var residual: [BoundExpression] = []
        for term in join.condition?.conjuncts ?? [] {
            if choosesPaths, case .call(let function, let arguments, _, _) = term,
                case .comparison(.equal) = function.implementation, !term.containsSubquery,
                let (a, b) = sides(arguments[0], arguments[1], leftCount), a.type == b.type
            {
                leftKeys.append(a)
                rightKeys.append(b.remapColumns { $0 - leftCount })
            } else {
                residual.append(term)
            }
        }
        let rest = residual.isEmpty ? nil : BoundExpression.conjunction(residual)
        let operation: PhysicalPlan.Operation =
            leftKeys.isEmpty
            ? .nestedLoopJoin(join.kind, condition: rest)
            : .hashJoin(join.kind, left: leftKeys, right: rightKeys, residual: rest)
        return PhysicalPlan(operation, inputs: [left, right], output: left.output + right.output)
    }

    /// The operands in the order left, right, if each reads one side only.
    private func sides(
        _ a: BoundExpression, _ b: BoundExpression, _ leftCount: Int
    ) -> (left: BoundExpression, right: BoundExpression)? {
        let (usedByA, usedByB) = (a.columnsUsed, b.columnsUsed)
        if usedByA.isEmpty || usedByB.isEmpty { return nil }
        if usedByA.allSatisfy({ $0 < leftCount }), usedByB.allSatisfy({ $0 >= leftCount }) { return (a, b) }
        if usedByB.allSatisfy({ $0 < leftCount }), usedByA.allSatisfy({ $0 >= leftCount }) { return (b, a) }
        return nil
    }
}
