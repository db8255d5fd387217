// Computes constant expressions before anything runs.

import MartletCore
import MartletExpressions

/// `price > 2 * 50` becomes `price > 100`. An expression whose folding fails (`1 / 0`) stays, and fails only for rows
/// that evaluate it.
struct FoldConstants: RewriteRule {
    let name = "fold constants"

    func apply(_ plan: LogicalPlan) throws(Diagnostic) -> LogicalPlan {
        let inner = try plan.mapInputs { input throws(Diagnostic) in try apply(input) }
        let folded = try inner.mapExpressions { ConstantFolding.fold($0) }
        if case .filter(let input, let condition) = folded, condition.constantValue == .boolean(true) { return input }
        return folded
    }
}
