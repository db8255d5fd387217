// Drops projections that only rename: below the root, columns are positions.

import MartletCore
import MartletExpressions

struct RemoveTrivialProjections: RewriteRule {
    let name = "remove trivial projections"

    func concerns(_ node: LogicalPlan) -> Bool {
        guard case .project(let input, let expressions, _) = node else { return false }
        for (index, expression) in expressions.enumerated() {
            guard case .column(index, _, _) = expression else { return false }
        }
        return input.output.count == expressions.count
    }

    func apply(_ plan: LogicalPlan) throws(Diagnostic) -> LogicalPlan {
        let plan = try plan.mapInputs { input throws(Diagnostic) in try apply(input) }
        guard concerns(plan), case .project(let input, _, _) = plan else { return plan }
        return input
    }
}
