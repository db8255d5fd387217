// The rewrite rules, in the order in which they are applied.

package import MartletCore
import MartletExpressions

/// A rewriting of the logical plan that keeps its rows, their order where it is defined, and its output columns.
protocol RewriteRule: Sendable {
    var name: String { get }
    /// Whether the rule may do something at this node. It is not applied to plans without such a node: it would copy
    /// them for nothing.
    func concerns(_ node: LogicalPlan) -> Bool
    func apply(_ plan: LogicalPlan) throws(Diagnostic) -> LogicalPlan
}

package enum Optimizer {
    static let rules: [any RewriteRule] = [
        FoldConstants(),
        PushDownFilters(),
        UseTopRows(),
        GroupDistinctArguments(),
        PruneColumns(),
        RemoveTrivialProjections(),
    ]

    package static var ruleNames: [String] { rules.map(\.name) }

    /// Applies every rule that has something to do once, in order.
    package static func optimize(_ plan: LogicalPlan) throws(Diagnostic) -> LogicalPlan {
        var plan = plan
        for rule in rules where plan.contains(where: { rule.concerns($0) }) { plan = try rule.apply(plan) }
        return plan
    }
}
