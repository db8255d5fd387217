// Decodes and carries only the columns that something above reads.

import MartletCore
import MartletExpressions

struct PruneColumns: RewriteRule {
    let name = "prune columns"

    func apply(_ plan: LogicalPlan) throws(Diagnostic) -> LogicalPlan {
        let all = Set(plan.output.indices)
        switch plan {
        // Their inputs have fixed shapes.
        case .insert, .update, .delete, .copyFrom, .copyTo, .createTableAs, .train, .evaluate, .deploy, .command:
            return try plan.mapInputs { input throws(Diagnostic) in try apply(input) }
        default: return prune(plan, all).plan
        }
    }

    /// The plan with at least the needed columns, and where each kept column is now.
    private func prune(_ plan: LogicalPlan, _ needed: Set<Int>) -> (plan: LogicalPlan, position: [Int: Int]) {
        let outputCount = plan.output.count
        func identity() -> [Int: Int] { Dictionary(uniqueKeysWithValues: (0..<outputCount).map { ($0, $0) }) }

        switch plan {
        case .scan(var scan):
            let kept = scan.columns.indices.filter { needed.contains($0) }
            var position: [Int: Int] = [:]
            for (new, old) in kept.enumerated() { position[old] = new }
            if scan.includesRowID {
                if needed.contains(scan.columns.count) {
                    position[scan.columns.count] = kept.count
                } else {
                    scan.includesRowID = false
                }
            }
            scan.columns = kept.map { scan.columns[$0] }
            return (.scan(scan), position)
        case .search(var search):
            let kept = search.columns.indices.filter { needed.contains($0) }
            let removed = search.columns.count - kept.count
            var position: [Int: Int] = [:]
            for (new, old) in kept.enumerated() { position[old] = new }
            for old in search.columns.count..<outputCount { position[old] = old - removed }
            search.columns = kept.map { search.columns[$0] }
            return (.search(search), position)
        case .filter(let input, let condition):
            let (pruned, position) = prune(input, needed.union(condition.columnsUsed))
            return (.filter(pruned, condition.moved(position)), position)
        case .project(let input, let expressions, let columns):
            let kept = expressions.indices.filter { needed.contains($0) }
            let used = kept.reduce(into: Set<Int>()) { $0.formUnion(expressions[$1].columnsUsed) }
            let (pruned, position) = prune(input, used)
            let mapped = kept.map { expressions[$0].moved(position) }
            let outer = Dictionary(uniqueKeysWithValues: kept.enumerated().map { ($1, $0) })
            return (.project(pruned, mapped, columns: kept.map { columns[$0] }), outer)
        case .aggregate(var aggregation):
            let keyCount = aggregation.keys.count
            let kept = aggregation.aggregates.indices.filter { needed.contains(keyCount + $0) }
            var used = aggregation.keys.reduce(into: Set<Int>()) { $0.formUnion($1.columnsUsed) }
            for index in kept {
                for argument in aggregation.aggregates[index].arguments { used.formUnion(argument.columnsUsed) }
                for key in aggregation.aggregates[index].order { used.formUnion(key.expression.columnsUsed) }
                if let filter = aggregation.aggregates[index].filter { used.formUnion(filter.columnsUsed) }
            }
            let (pruned, position) = prune(aggregation.input, used)
            var outer = Dictionary(uniqueKeysWithValues: (0..<keyCount).map { ($0, $0) })
            for (new, old) in kept.enumerated() { outer[keyCount + old] = keyCount + new }
            aggregation.input = pruned
            aggregation.keys = aggregation.keys.map { $0.moved(position) }
            aggregation.aggregates = kept.map { index in
                var aggregate = aggregation.aggregates[index]
                aggregate.arguments = aggregate.arguments.map { $0.moved(position) }
                aggregate.filter = aggregate.filter?.moved(position)
                for key in aggregate.order.indices {
                    aggregate.order[key].expression = aggregate.order[key].expression.moved(position)
                }
                return aggregate
            }
            aggregation.columns =
                Array(aggregation.columns[..<keyCount]) + kept.map { aggregation.columns[keyCount + $0] }
            return (.aggregate(aggregation), outer)
        case .window(var windowing):
            let inputCount = windowing.input.output.count
            let kept = windowing.calls.indices.filter { needed.contains(inputCount + $0) }
            var used = needed.filter { $0 < inputCount }.union(windowing.order.columnsUsed)
            for key in windowing.partition { used.formUnion(key.columnsUsed) }
            for index in kept {
                for argument in windowing.calls[index].arguments { used.formUnion(argument.columnsUsed) }
                if let filter = windowing.calls[index].filter { used.formUnion(filter.columnsUsed) }
            }
            let (pruned, inner) = prune(windowing.input, used)
            if kept.isEmpty { return (pruned, inner) }
            var position = inner
            for (new, old) in kept.enumerated() { position[inputCount + old] = pruned.output.count + new }
            windowing.input = pruned
            windowing.partition = windowing.partition.map { $0.moved(inner) }
            windowing.order = windowing.order.moved(inner)
            windowing.calls = kept.map { index in
                var call = windowing.calls[index]
                call.arguments = call.arguments.map { $0.moved(inner) }
                call.filter = call.filter?.moved(inner)
                return call
            }
            windowing.columns = kept.map { windowing.columns[$0] }
            return (.window(windowing), position)
        case .sort(let input, let keys):
            let (pruned, position) = prune(input, needed.union(keys.columnsUsed))
            return (.sort(pruned, keys.moved(position)), position)
        case .topRows(let input, let keys, let count, let offset):
            let (pruned, position) = prune(input, needed.union(keys.columnsUsed))
            return (.topRows(pruned, keys.moved(position), count: count, offset: offset), position)
        case .limit(let input, let count, let offset):
            let (pruned, position) = prune(input, needed)
            return (.limit(pruned, count: count, offset: offset), position)
        case .join(var join):
            let leftCount = join.left.output.count
            let used = needed.union(join.condition?.columnsUsed ?? [])
            let (left, leftPosition) = prune(join.left, used.filter { $0 < leftCount })
            let (right, rightPosition) = prune(
                join.right, Set(used.filter { $0 >= leftCount }.map { $0 - leftCount }))
            let newLeftCount = left.output.count
            var position = leftPosition
            for (old, new) in rightPosition { position[leftCount + old] = newLeftCount + new }
            join.left = left
            join.right = right
            join.condition = join.condition?.moved(position)
            return (.join(join), position)
        case .distinct(let input):
            let (pruned, position) = prune(input, Set(input.output.indices))
            return (.distinct(pruned), position)
        case .combine(let left, let operation, let right, let columns):
            let all = Set(columns.indices)
            let (prunedLeft, leftPosition) = prune(left, all)
            let (prunedRight, rightPosition) = prune(right, all)
            return (
                .combine(
                    reordered(prunedLeft, leftPosition, columns), operation,
                    reordered(prunedRight, rightPosition, columns), columns: columns), identity()
            )
        case .recursion(var recursion):
            let all = Set(recursion.columns.indices)
            let (start, startPosition) = prune(recursion.start, all)
            let (step, stepPosition) = prune(recursion.step, all)
            recursion.start = reordered(start, startPosition, recursion.columns)
            recursion.step = reordered(step, stepPosition, recursion.columns)
            return (.recursion(recursion), identity())
        default: return (plan, identity())
        }
    }

    /// The first `columns.count` columns in their old order.
    private func reordered(
        _ plan: LogicalPlan, _ position: [Int: Int], _ columns: [OutputColumn]
    ) -> LogicalPlan {
        if plan.output.count == columns.count, columns.indices.allSatisfy({ position[$0] == $0 }) { return plan }
        return .project(
            plan, columns.indices.map { .column(position[$0] ?? $0, columns[$0].type, .none) }, columns: columns)
    }
}

extension BoundExpression {
    fileprivate func moved(_ position: [Int: Int]) -> BoundExpression {
        remapColumns { position[$0] ?? $0 }
    }
}

extension [OrderKey] {
    fileprivate var columnsUsed: Set<Int> {
        reduce(into: Set<Int>()) { $0.formUnion($1.expression.columnsUsed) }
    }

    fileprivate func moved(_ position: [Int: Int]) -> [OrderKey] {
        map { key in
            var key = key
            key.expression = key.expression.moved(position)
            return key
        }
    }
}
