// EXPLAIN (RECALL): what a search by vectors misses.

import MartletCore

/// Each NEAR leg of a statement's searches, compared with the exact search over the same snapshot and filter.
package enum RecallPlan {
    /// The share of the exact search's rows that is asked for.
    package static let goal = 0.99

    package static let columns: [OutputColumn] = [
        OutputColumn(name: "leg", type: .text), OutputColumn(name: "ef", type: .integer),
        OutputColumn(name: "probes", type: .integer),
        OutputColumn(name: "path", type: .text), OutputColumn(name: "wanted", type: .integer),
        OutputColumn(name: "found", type: .integer), OutputColumn(name: "recall", type: .real),
        OutputColumn(name: "milliseconds", type: .real), OutputColumn(name: "note", type: .text),
    ]

    /// The searches by vectors of a plan, without those of its subqueries in expressions.
    package static func searches(of plan: PhysicalPlan) -> [PhysicalPlan] {
        var found: [PhysicalPlan] = []
        var rest = [plan]
        while let next = rest.popLast() {
            if case .search(let search) = next.operation, search.legs.contains(where: \.isNear) { found.append(next) }
            rest += next.inputs.reversed()
        }
        return found
    }
}

extension SearchPlan.Leg {
    fileprivate var isNear: Bool { if case .near = source { true } else { false } }
}
