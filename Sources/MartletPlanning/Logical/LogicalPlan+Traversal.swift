// Walking and rewriting logical plans.

import MartletCore
import MartletExpressions

extension LogicalPlan {
    /// Whether `predicate` holds for this node or one below it. Copies nothing.
    func contains(where predicate: (LogicalPlan) -> Bool) -> Bool {
        if predicate(self) { return true }
        switch self {
        case .scan, .systemScan, .values, .tableFunction, .workingTable, .search, .copyFrom, .deploy, .command:
            return false
        case .filter(let input, _), .project(let input, _, _), .sort(let input, _), .limit(let input, _, _),
            .topRows(let input, _, _, _), .distinct(let input):
            return input.contains(where: predicate)
        case .lateral(let plan): return plan.input.contains(where: predicate)
        case .aggregate(let aggregation): return aggregation.input.contains(where: predicate)
        case .window(let windowing): return windowing.input.contains(where: predicate)
        case .join(let join): return join.left.contains(where: predicate) || join.right.contains(where: predicate)
        case .combine(let left, _, let right, _):
            return left.contains(where: predicate) || right.contains(where: predicate)
        case .recursion(let recursion):
            return recursion.start.contains(where: predicate) || recursion.step.contains(where: predicate)
        case .insert(let plan): return plan.source.contains(where: predicate)
        case .update(let plan): return plan.source.contains(where: predicate)
        case .delete(let plan): return plan.source.contains(where: predicate)
        case .copyTo(let plan): return plan.source.contains(where: predicate)
        case .createTableAs(let plan): return plan.source.contains(where: predicate)
        case .train(let plan): return plan.source?.contains(where: predicate) ?? false
        case .evaluate(let plan): return plan.source.contains(where: predicate)
        case .evaluateRows(let plan): return plan.source.contains(where: predicate)
        }
    }

    /// The same node with each input replaced.
    func mapInputs(
        _ transform: (LogicalPlan) throws(Diagnostic) -> LogicalPlan
    ) throws(Diagnostic) -> LogicalPlan {
        switch self {
        case .scan, .systemScan, .values, .tableFunction, .workingTable, .search, .copyFrom, .deploy, .command:
            return self
        case .filter(let input, let condition): return .filter(try transform(input), condition)
        case .lateral(var plan):
            plan.input = try transform(plan.input)
            return .lateral(plan)
        case .project(let input, let expressions, let columns):
            return .project(try transform(input), expressions, columns: columns)
        case .aggregate(var aggregation):
            aggregation.input = try transform(aggregation.input)
            return .aggregate(aggregation)
        case .window(var windowing):
            windowing.input = try transform(windowing.input)
            return .window(windowing)
        case .sort(let input, let keys): return .sort(try transform(input), keys)
        case .limit(let input, let count, let offset): return .limit(try transform(input), count: count, offset: offset)
        case .topRows(let input, let keys, let count, let offset):
            return .topRows(try transform(input), keys, count: count, offset: offset)
        case .distinct(let input): return .distinct(try transform(input))
        case .join(var join):
            join.left = try transform(join.left)
            join.right = try transform(join.right)
            return .join(join)
        case .combine(let left, let operation, let right, let columns):
            return .combine(try transform(left), operation, try transform(right), columns: columns)
        case .recursion(var recursion):
            recursion.start = try transform(recursion.start)
            recursion.step = try transform(recursion.step)
            return .recursion(recursion)
        case .insert(var plan):
            plan.source = try transform(plan.source)
            return .insert(plan)
        case .update(var plan):
            plan.source = try transform(plan.source)
            return .update(plan)
        case .delete(var plan):
            plan.source = try transform(plan.source)
            return .delete(plan)
        case .copyTo(var plan):
            plan.source = try transform(plan.source)
            return .copyTo(plan)
        case .createTableAs(var plan):
            plan.source = try transform(plan.source)
            return .createTableAs(plan)
        case .train(var plan):
            plan.source = try plan.source.map { source throws(Diagnostic) in try transform(source) }
            return .train(plan)
        case .evaluate(var plan):
            plan.source = try transform(plan.source)
            return .evaluate(plan)
        case .evaluateRows(var plan):
            plan.source = try transform(plan.source)
            return .evaluateRows(plan)
        }
    }

    /// The same plan with each expression of it and its inputs replaced.
    func mapAllExpressions(
        _ transform: (BoundExpression) throws(Diagnostic) -> BoundExpression
    ) throws(Diagnostic) -> LogicalPlan {
        try mapInputs { input throws(Diagnostic) in try input.mapAllExpressions(transform) }.mapExpressions(transform)
    }

    /// Whether the same rows can give another result, as with `random()`.
    var isVolatile: Bool {
        var found = false
        _ = try? mapAllExpressions { expression in
            expression.visit { node in
                if case .subquery(let subquery, _, _) = node, subquery.reference.isVolatile { found = true }
            }
            if expression.isVolatile { found = true }
            return expression
        }
        return found
    }

    /// The same node with each of its own expressions replaced.
    func mapExpressions(
        _ transform: (BoundExpression) throws(Diagnostic) -> BoundExpression
    ) throws(Diagnostic) -> LogicalPlan {
        func list(_ expressions: [BoundExpression]) throws(Diagnostic) -> [BoundExpression] {
            var result: [BoundExpression] = []
            result.reserveCapacity(expressions.count)
            for expression in expressions { result.append(try transform(expression)) }
            return result
        }
        func optional(_ expression: BoundExpression?) throws(Diagnostic) -> BoundExpression? {
            guard let expression else { return nil }
            return try transform(expression)
        }
        func sorted(_ keys: [OrderKey]) throws(Diagnostic) -> [OrderKey] {
            var keys = keys
            for index in keys.indices { keys[index].expression = try transform(keys[index].expression) }
            return keys
        }
        switch self {
        case .filter(let input, let condition): return .filter(input, try transform(condition))
        case .project(let input, let expressions, let columns):
            return .project(input, try list(expressions), columns: columns)
        case .values(var rows, let columns):
            for index in rows.indices { rows[index] = try list(rows[index]) }
            return .values(rows, columns: columns)
        case .tableFunction(var plan):
            plan.arguments = try list(plan.arguments)
            return .tableFunction(plan)
        case .lateral(var plan):
            plan.function.arguments = try list(plan.function.arguments)
            return .lateral(plan)
        case .aggregate(var aggregation):
            aggregation.keys = try list(aggregation.keys)
            for index in aggregation.aggregates.indices {
                aggregation.aggregates[index].arguments = try list(aggregation.aggregates[index].arguments)
                aggregation.aggregates[index].filter = try optional(aggregation.aggregates[index].filter)
                for key in aggregation.aggregates[index].order.indices {
                    aggregation.aggregates[index].order[key].expression = try transform(
                        aggregation.aggregates[index].order[key].expression)
                }
            }
            return .aggregate(aggregation)
        case .window(var windowing):
            windowing.partition = try list(windowing.partition)
            windowing.order = try sorted(windowing.order)
            for index in windowing.calls.indices {
                windowing.calls[index].arguments = try list(windowing.calls[index].arguments)
                windowing.calls[index].filter = try optional(windowing.calls[index].filter)
            }
            return .window(windowing)
        case .sort(let input, let keys): return .sort(input, try sorted(keys))
        case .topRows(let input, let keys, let count, let offset):
            return .topRows(input, try sorted(keys), count: try transform(count), offset: try optional(offset))
        case .limit(let input, let count, let offset):
            return .limit(input, count: try optional(count), offset: try optional(offset))
        case .join(var join):
            join.condition = try optional(join.condition)
            return .join(join)
        case .search(let search): return .search(try search.mapExpressions(transform))
        default: return self
        }
    }
}

/// How large a plan is, with the plans of its subqueries.
struct PlanSize {
    var nodes = 1
    var depth = 1
}

extension LogicalPlan {
    var size: PlanSize {
        var size = PlanSize()
        var deepest = 0
        func add(_ inner: LogicalPlan) {
            let innerSize = inner.size
            size.nodes += innerSize.nodes
            deepest = max(deepest, innerSize.depth)
        }
        // Neither closure throws.
        _ = try? mapInputs { input in
            add(input)
            return input
        }
        _ = try? mapExpressions { expression in
            expression.visit { node in
                if case .subquery(let subquery, _, _) = node, let planned = subquery.reference as? PlannedSubquery {
                    add(planned.plan)
                }
            }
            return expression
        }
        size.depth += deepest
        return size
    }
}
