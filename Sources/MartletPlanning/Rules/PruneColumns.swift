// Decodes and carries only the columns that something above reads.

import MartletCore
import MartletExpressions

struct PruneColumns: RewriteRule {
    let name = "prune columns"

    func concerns(_ node: LogicalPlan) -> Bool {
        switch node {
        // They read all that they have.
        case .values, .systemScan, .tableFunction, .workingTable, .insert, .copyFrom, .deploy, .command: false
        default: true
        }
    }

    func apply(_ plan: LogicalPlan) throws(Diagnostic) -> LogicalPlan {
        switch plan {
        // Their inputs have fixed shapes.
        case .insert, .update, .delete, .copyFrom, .copyTo, .createTableAs, .train, .evaluate, .evaluateRows, .deploy,
            .command:
            return try plan.mapInputs { input throws(Diagnostic) in try apply(input) }
        default: return prune(plan, PositionSet(plan.output.indices)).plan
        }
    }

    /// Where each column of a plan is after pruning; a column that is gone keeps its number, which nothing uses.
    private typealias Positions = [Int]

    /// The places of `count` columns of which `kept` are left, in order.
    private func positions(_ kept: [Int], of count: Int) -> Positions {
        var position = Array(0..<count)
        for (new, old) in kept.enumerated() { position[old] = new }
        return position
    }

    /// The places of `count` columns of which the needed ones are left.
    private func positions(_ needed: PositionSet, of count: Int) -> Positions {
        var position = Array(0..<count)
        var next = 0
        for old in 0..<count where needed.contains(old) {
            position[old] = next
            next += 1
        }
        return position
    }

    /// The plan with at least the needed columns.
    private func prune(_ plan: LogicalPlan, _ needed: PositionSet) -> (plan: LogicalPlan, position: Positions) {
        switch plan {
        case .scan(var scan):
            let count = scan.columns.count + (scan.includesRowID ? 1 : 0)
            scan.includesRowID = scan.includesRowID && needed.contains(scan.columns.count)
            scan.keep(needed)
            return (.scan(scan), positions(needed, of: count))
        case .search(var search):
            let count = plan.output.count
            let kept = search.columns.indices.filter { needed.contains($0) }
            let rest = search.columns.count..<count
            search.columns = kept.map { search.columns[$0] }
            return (.search(search), positions(kept + rest, of: count))
        case .filter(let input, let condition):
            let (pruned, position) = prune(input, needed.adding(condition))
            return (.filter(pruned, condition.moved(position)), position)
        case .project(let input, let expressions, let columns):
            // Most often all are wanted.
            if expressions.indices.allSatisfy(needed.contains) {
                let (pruned, position) = prune(input, PositionSet(of: expressions))
                let moved = expressions.map { $0.moved(position) }
                return (.project(pruned, moved, columns: columns), Array(expressions.indices))
            }
            let kept = expressions.indices.filter { needed.contains($0) }
            let (pruned, position) = prune(input, PositionSet(of: kept.lazy.map { expressions[$0] }))
            let moved = kept.map { expressions[$0].moved(position) }
            return (
                .project(pruned, moved, columns: kept.map { columns[$0] }), positions(kept, of: expressions.count)
            )
        case .aggregate(var aggregation):
            let keyCount = aggregation.keys.count
            let kept = aggregation.aggregates.indices.filter { needed.contains(keyCount + $0) }
            var used = PositionSet(of: aggregation.keys)
            for index in kept {
                for argument in aggregation.aggregates[index].arguments { used.insert(from: argument) }
                for key in aggregation.aggregates[index].order { used.insert(from: key.expression) }
                if let filter = aggregation.aggregates[index].filter { used.insert(from: filter) }
            }
            let (pruned, position) = prune(aggregation.input, used)
            let outer = positions(
                Array(0..<keyCount) + kept.map { keyCount + $0 }, of: keyCount + aggregation.aggregates.count)
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
            var used = needed.part(0..<inputCount).adding(windowing.order)
            for key in windowing.partition { used.insert(from: key) }
            for index in kept {
                for argument in windowing.calls[index].arguments { used.insert(from: argument) }
                if let filter = windowing.calls[index].filter { used.insert(from: filter) }
            }
            let (pruned, inner) = prune(windowing.input, used)
            let gone = Array(inputCount..<inputCount + windowing.calls.count)
            if kept.isEmpty { return (pruned, inner + gone) }
            var position = inner + gone
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
        case .lateral(var plan):
            let inputCount = plan.input.output.count
            var used = needed.part(0..<inputCount)
            for argument in plan.function.arguments { used.insert(from: argument) }
            let (pruned, inner) = prune(plan.input, used)
            plan.input = pruned
            plan.function.arguments = plan.function.arguments.map { $0.moved(inner) }
            return (.lateral(plan), inner + plan.function.columns.indices.map { pruned.output.count + $0 })
        case .sort(let input, let keys):
            let (pruned, position) = prune(input, needed.adding(keys))
            return (.sort(pruned, keys.moved(position)), position)
        case .topRows(let input, let keys, let count, let offset):
            let (pruned, position) = prune(input, needed.adding(keys))
            return (.topRows(pruned, keys.moved(position), count: count, offset: offset), position)
        case .limit(let input, let count, let offset):
            let (pruned, position) = prune(input, needed)
            return (.limit(pruned, count: count, offset: offset), position)
        case .join(var join):
            let leftCount = join.left.output.count
            let count = leftCount + join.right.output.count
            var used = needed
            if let condition = join.condition { used.insert(from: condition) }
            let (left, leftPosition) = prune(join.left, used.part(0..<leftCount))
            let (right, rightPosition) = prune(join.right, used.part(leftCount..<count))
            let newLeftCount = left.output.count
            let position = leftPosition + rightPosition.map { newLeftCount + $0 }
            join.left = left
            join.right = right
            join.condition = join.condition?.moved(position)
            return (.join(join), position)
        case .distinct(let input):
            let (pruned, position) = prune(input, PositionSet(input.output.indices))
            return (.distinct(pruned), position)
        case .combine(let left, let operation, let right, let columns):
            let all = PositionSet(columns.indices)
            let (prunedLeft, leftPosition) = prune(left, all)
            let (prunedRight, rightPosition) = prune(right, all)
            return (
                .combine(
                    reordered(prunedLeft, leftPosition, columns), operation,
                    reordered(prunedRight, rightPosition, columns), columns: columns), Array(columns.indices)
            )
        case .recursion(var recursion):
            let all = PositionSet(recursion.columns.indices)
            let (start, startPosition) = prune(recursion.start, all)
            let (step, stepPosition) = prune(recursion.step, all)
            recursion.start = reordered(start, startPosition, recursion.columns)
            recursion.step = reordered(step, stepPosition, recursion.columns)
            return (.recursion(recursion), Array(recursion.columns.indices))
        default: return (plan, Array(plan.output.indices))
        }
    }

    /// The first `columns.count` columns in their old order.
    private func reordered(
        _ plan: LogicalPlan, _ position: Positions, _ columns: [OutputColumn]
    ) -> LogicalPlan {
        if plan.output.count == columns.count, columns.indices.allSatisfy({ position[$0] == $0 }) { return plan }
        return .project(
            plan, columns.indices.map { .column(position[$0], columns[$0].type, .none) }, columns: columns)
    }
}

extension BoundExpression {
    fileprivate func moved(_ position: [Int]) -> BoundExpression {
        remapColumns { $0 < position.count ? position[$0] : $0 }
    }
}

extension [OrderKey] {
    fileprivate func moved(_ position: [Int]) -> [OrderKey] {
        map { key in
            var key = key
            key.expression = key.expression.moved(position)
            return key
        }
    }
}
