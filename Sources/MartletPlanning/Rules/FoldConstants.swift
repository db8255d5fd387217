// Computes constant expressions before anything runs.

import MartletCore
import MartletExpressions

/// `price > 2 * 50` becomes `price > 100`. An expression whose folding fails (`1 / 0`) stays, and fails only for rows
/// that evaluate it.
struct FoldConstants: RewriteRule {
    let name = "fold constants"

    func concerns(_ node: LogicalPlan) -> Bool {
        switch node {
        case .scan, .systemScan, .workingTable, .distinct, .combine, .recursion, .insert, .copyFrom, .deploy, .command:
            false
        case .filter(_, let condition): condition.constantValue != nil || ConstantFolding.mayFold(condition)
        case .project(_, let expressions, _): expressions.contains(where: ConstantFolding.mayFold)
        case .sort(_, let keys): keys.contains { ConstantFolding.mayFold($0.expression) }
        case .values(let rows, _): rows.contains { $0.contains(where: ConstantFolding.mayFold) }
        default: true
        }
    }

    func apply(_ plan: LogicalPlan) throws(Diagnostic) -> LogicalPlan {
        let inner = try plan.mapInputs { input throws(Diagnostic) in try apply(input) }
        let folded = try inner.mapExpressions { ConstantFolding.fold($0) }
        if case .filter(let input, let condition) = folded, condition.constantValue == .boolean(true) { return input }
        return folded
    }
}
