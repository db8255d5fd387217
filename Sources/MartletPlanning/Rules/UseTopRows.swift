// A sort of which only the first rows are wanted keeps only those.

import MartletCore

struct UseTopRows: RewriteRule {
    let name = "top rows"

    func concerns(_ node: LogicalPlan) -> Bool {
        if case .limit(_, _?, _) = node { true } else { false }
    }

    func apply(_ plan: LogicalPlan) throws(Diagnostic) -> LogicalPlan {
        let plan = try plan.mapInputs { input throws(Diagnostic) in try apply(input) }
        guard case .limit(let input, let count?, let offset) = plan else { return plan }
        switch input {
        case .sort(let sorted, let keys): return .topRows(sorted, keys, count: count, offset: offset)
        case .project(.sort(let sorted, let keys), let expressions, let columns):
            return .project(.topRows(sorted, keys, count: count, offset: offset), expressions, columns: columns)
        default: return plan
        }
    }
}
