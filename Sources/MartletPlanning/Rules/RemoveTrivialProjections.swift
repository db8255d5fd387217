// Drops projections that only rename: below the root, columns are positions.

import MartletCore
import MartletExpressions

struct RemoveTrivialProjections: RewriteRule {
    let name = "remove trivial projections"

    func apply(_ plan: LogicalPlan) throws(Diagnostic) -> LogicalPlan {
        let plan = try plan.mapInputs { input throws(Diagnostic) in try apply(input) }
        guard case .project(let input, let expressions, _) = plan, input.output.count == expressions.count else {
            return plan
        }
        let isIdentity = expressions.enumerated().allSatisfy { index, expression in
            if case .column(index, _, _) = expression { true } else { false }
        }
        return isIdentity ? input : plan
    }
}
