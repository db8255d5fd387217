// Moves conditions towards the tables that they are about.

import MartletCore
import MartletExpressions

/// Splits a filter into its conjuncts and moves each below projections and sorts and to the side of a join that it
/// reads; equalities over a cross join become the join's condition. Conditions that can fail stay above a join, where
/// they see only rows that the join lets through.
struct PushDownFilters: RewriteRule {
    let name = "push down filters"

    func concerns(_ node: LogicalPlan) -> Bool {
        switch node {
        case .join, .filter(.filter, _), .filter(.project, _), .filter(.lateral, _), .filter(.sort, _),
            .filter(.distinct, _), .filter(.join, _):
            return true
        // Conjunctions are flat, but for those that folding has brought together.
        case .filter(_, .and(let terms, _)):
            return terms.contains { if case .and = $0 { true } else { false } }
        default: return false
        }
    }

    func apply(_ plan: LogicalPlan) throws(Diagnostic) -> LogicalPlan {
        let plan = try plan.mapInputs { input throws(Diagnostic) in try apply(input) }
        if case .filter(let input, let condition) = plan {
            return push(condition.conjuncts, into: input)
        }
        if case .join(let join) = plan { return .join(narrowed(join)) }
        return plan
    }

    /// What ON asks of one side only is asked of it before the join; a LEFT join's left rows stay, whatever ON says.
    private func narrowed(_ join: Join) -> Join {
        let leftCount = join.left.output.count
        var left: [BoundExpression] = []
        var right: [BoundExpression] = []
        var kept: [BoundExpression] = []
        for term in join.condition?.conjuncts ?? [] {
            let used = term.columnsUsed
            if term.canFail || term.containsSubquery || term.isVolatile || used.isEmpty {
                kept.append(term)
            } else if used.allSatisfy({ $0 >= leftCount }) {
                right.append(term.remapColumns { $0 - leftCount })
            } else if join.kind != .left, used.allSatisfy({ $0 < leftCount }) {
                left.append(term)
            } else {
                kept.append(term)
            }
        }
        if left.isEmpty, right.isEmpty { return join }
        var join = join
        join.left = push(left, into: join.left)
        join.right = push(right, into: join.right)
        join.condition = kept.isEmpty ? nil : .conjunction(kept)
        return join
    }

    private func push(_ terms: [BoundExpression], into plan: LogicalPlan) -> LogicalPlan {
        if terms.isEmpty { return plan }
        switch plan {
        case .filter(let input, let condition):
            return push(condition.conjuncts + terms, into: input)
        case .project(let input, let expressions, let columns):
            var below: [BoundExpression] = []
            var above: [BoundExpression] = []
            for term in terms {
                let replaced = term.columnsUsed.map { expressions[$0] }
                if term.containsSubquery || replaced.contains(where: { $0.isVolatile || $0.containsSubquery }) {
                    above.append(term)
                } else {
                    below.append(term.substituteColumns { expressions[$0] })
                }
            }
            return filtered(.project(push(below, into: input), expressions, columns: columns), above)
        case .lateral(var lateral):
            let inputCount = lateral.input.output.count
            let below = terms.filter { term in
                !term.canFail && !term.containsSubquery && !term.isVolatile
                    && term.columnsUsed.allSatisfy { $0 < inputCount }
            }
            lateral.input = push(below, into: lateral.input)
            return filtered(.lateral(lateral), terms.filter { !below.contains($0) })
        case .sort(let input, let keys): return .sort(push(terms, into: input), keys)
        case .distinct(let input): return .distinct(push(terms, into: input))
        case .join(let join): return pushIntoJoin(terms, join)
        default: return filtered(plan, terms)
        }
    }

    private func pushIntoJoin(_ terms: [BoundExpression], _ join: Join) -> LogicalPlan {
        let leftCount = join.left.output.count
        var left: [BoundExpression] = []
        var right: [BoundExpression] = []
        var condition: [BoundExpression] = join.condition?.conjuncts ?? []
        var above: [BoundExpression] = []
        for term in terms {
            let used = term.columnsUsed
            if term.canFail || term.containsSubquery {
                above.append(term)
            } else if used.allSatisfy({ $0 < leftCount }) {
                left.append(term)
            } else if join.kind == .left {
                above.append(term)
            } else if used.allSatisfy({ $0 >= leftCount }) {
                right.append(term.remapColumns { $0 - leftCount })
            } else {
                condition.append(term)
            }
        }
        var join = join
        join.left = push(left, into: join.left)
        join.right = push(right, into: join.right)
        if !condition.isEmpty {
            join.condition = .conjunction(condition)
            if join.kind == .cross { join.kind = .inner }
        }
        return filtered(.join(join), above)
    }

    private func filtered(_ plan: LogicalPlan, _ terms: [BoundExpression]) -> LogicalPlan {
        terms.isEmpty ? plan : .filter(plan, .conjunction(terms))
    }
}
