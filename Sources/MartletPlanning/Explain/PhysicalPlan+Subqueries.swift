// The plans of subqueries, shown under the operators that run them.

import MartletExpressions

/// How EXPLAIN comes to the plans of the subqueries inside expressions.
package struct SubqueryPlans {
    let planner: PhysicalPlanner
    /// What EXPLAIN ANALYZE measured, by the subquery's id; over all its runs.
    let measurements: [Int: [OperatorMeasurement]]
    private var shown: Set<Int> = []

    package init(_ planner: PhysicalPlanner, measurements: [Int: [OperatorMeasurement]] = [:]) {
        self.planner = planner
        self.measurements = measurements
    }

    /// One for each subquery that was not shown before, with the plans of those inside it.
    mutating func texts(of plan: PhysicalPlan) -> [PlanText] {
        let (expressions, names) = plan.ownExpressions
        var found: [PlannedSubquery] = []
        for expression in expressions {
            expression.visit { node in
                if case .subquery(let subquery, _, _) = node,
                    let planned = subquery.reference as? PlannedSubquery, shown.insert(planned.id).inserted
                {
                    found.append(planned)
                }
            }
        }
        return found.map { subquery in
            let arguments = subquery.arguments.map { $0.description(columnNames: names) }
            return PlanText(
                "Subquery", arguments.isEmpty ? "once" : "for each \(arguments.joined(separator: ", "))",
                children: [planner.plan(subquery.plan).text(measurements: measurements[subquery.id], &self)])
        }
    }
}

extension PhysicalPlan {
    /// The operator's own expressions, and the names of the columns that they read.
    fileprivate var ownExpressions: (expressions: [BoundExpression], names: [String]) {
        let names = inputs.flatMap { $0.output.map(\.name) }
        switch operation {
        case .scan(_, _, let filter): return (filter.map { [$0] } ?? [], output.map(\.name))
        case .filter(let condition): return ([condition], names)
        case .project(let expressions): return (expressions, names)
        case .values(let rows): return (rows.flatMap { $0 }, [])
        case .tableFunction(let plan): return (plan.arguments, [])
        case .lateral(let plan, _): return (plan.arguments, names)
        case .aggregate(let keys, let aggregates):
            return (keys + aggregates.flatMap { $0.arguments + ($0.filter.map { [$0] } ?? []) }, names)
        case .window(let partition, let order, let calls):
            return (
                partition + order.map(\.expression) + calls.flatMap { $0.arguments + ($0.filter.map { [$0] } ?? []) },
                names
            )
        case .sort(let keys), .topRows(let keys, _, _): return (keys.map(\.expression), names)
        case .hashJoin(_, let left, let right, let residual):
            return (left + right + (residual.map { [$0] } ?? []), names)
        case .nestedLoopJoin(_, let condition): return (condition.map { [$0] } ?? [], names)
        case .update(let update): return (update.assignments.map(\.value), names)
        case .insert(let insert):
            guard case .update(let assignments, let filter) = insert.conflict else { return ([], []) }
            return (assignments.map(\.value) + (filter.map { [$0] } ?? []), names)
        default: return ([], names)
        }
    }
}
