// Aggregates over DISTINCT values as aggregates over groups: those go on in temporary files.

import MartletCore
import MartletExpressions

/// `SELECT k, count(DISTINCT x) … GROUP BY k` is `SELECT k, count(x) FROM (SELECT k, x … GROUP BY k, x) GROUP BY k`, if all
/// aggregates are over the same distinct values. Groups keep the order in which they were first seen.
struct GroupDistinctArguments: RewriteRule {
    let name = "distinct arguments"

    func concerns(_ node: LogicalPlan) -> Bool {
        guard case .aggregate(let aggregation) = node else { return false }
        return aggregation.aggregates.contains(where: \.isDistinct)
    }

    func apply(_ plan: LogicalPlan) throws(Diagnostic) -> LogicalPlan {
        let plan = try plan.mapInputs { input throws(Diagnostic) in try apply(input) }
        guard case .aggregate(var outer) = plan, let arguments = outer.aggregates.first?.arguments, !arguments.isEmpty,
            outer.aggregates.allSatisfy({
                $0.isDistinct && $0.arguments == arguments && $0.filter == nil && $0.order.isEmpty
            }), !(outer.keys + arguments).contains(where: \.isVolatile)
        else { return plan }
        let keys = outer.keys + arguments
        func column(_ index: Int) -> BoundExpression { .column(index, keys[index].type, keys[index].range) }
        let columns = keys.enumerated().map { index, key in
            index < outer.keys.count ? outer.columns[index] : OutputColumn(name: "distinct", type: key.type)
        }
        outer.input = .aggregate(Aggregation(input: outer.input, keys: keys, aggregates: [], columns: columns))
        let keyCount = outer.keys.count
        outer.keys = outer.keys.indices.map(column)
        for index in outer.aggregates.indices {
            outer.aggregates[index].isDistinct = false
            outer.aggregates[index].arguments = arguments.indices.map { column(keyCount + $0) }
        }
        return .aggregate(outer)
    }
}
