// A subquery inside an expression, with its plan.

package import MartletExpressions

package final class PlannedSubquery: SubqueryReference {
    package let id: Int
    package let plan: LogicalPlan
    /// Over the row around it; the plan reads them as `outer(level: 0, …)`.
    package let arguments: [BoundExpression]
    package let summary: String
    package let isVolatile: Bool
    /// Rows farther out are handed down through the arguments of the queries between.
    package var readsFartherRows: Bool { false }

    package init(id: Int, plan: LogicalPlan, arguments: [BoundExpression], summary: String) {
        self.id = id
        self.plan = plan
        self.arguments = arguments
        self.summary = summary
        isVolatile = plan.isVolatile
    }
}
