// The order in which relations are joined.

import MartletCatalog
import MartletCore
import MartletExpressions

/// Dynamic programming over left-deep orders, as in Selinger et al. (1979), for up to ten relations; beyond that, always
/// the cheapest next one. Sets of relations are bit masks.
struct JoinOrder {
    private struct Relation {
        var rows: Double
        var cost: Double
        /// Looking its rows up costs so much for each row, once these relations are joined.
        var lookups: [(others: UInt64, cost: Double)] = []
    }

    private struct Term {
        var relations: UInt64
        var share: Double
        /// An equality of two relations, by which they can be hashed.
        var isEquality: Bool
    }

    private static let exhaustiveLimit = 10

    private var relations: [Relation] = []
    private var terms: [Term] = []
    /// For each relation the terms that read it.
    private var termsOf: [[Int]] = []

    init(
        _ planner: PhysicalPlanner, _ logical: [(plan: LogicalPlan, offset: Int)], _ plans: [PhysicalPlan],
        _ conditions: [BoundExpression]
    ) {
        let estimates = plans.map { planner.estimate($0) }
        relations = estimates.map { Relation(rows: $0.rows, cost: $0.cost) }
        func relation(of column: Int) -> Int { (logical.lastIndex { $0.offset <= column }) ?? 0 }
        let most = estimates.reduce(1) { max($0, $1.rows) }
        let selectivity = Selectivity(rows: most) { column in
            let place = relation(of: column)
            let own = column - logical[place].offset
            return own < estimates[place].columns.count ? estimates[place].columns[own] : .unknown(rows: most)
        }
        for condition in conditions {
            let used = Set(condition.columnsUsed.map(relation))
            let mask = used.reduce(UInt64(0)) { $0 | 1 << UInt64($1) }
            var isEquality = false
            for place in used.sorted() where used.count > 1 {
                // As if all others were on the left.
                let (offset, count) = (logical[place].offset, plans[place].output.count)
                let total = plans.reduce(0) { $0 + $1.output.count }
                let moved = condition.remapColumns { column in
                    column < offset ? column : column < offset + count ? column - offset + total : column
                }
                guard planner.equalSides(moved, total) != nil else { continue }
                isEquality = true
                if let found = planner.indexJoin(logical[place].plan, .inner, [moved], total) {
                    relations[place].lookups.append((mask & ~(1 << UInt64(place)), found.costPerRow))
                }
            }
            terms.append(Term(relations: mask, share: selectivity.of(condition), isEquality: isEquality))
        }
        termsOf = relations.indices.map { place in
            terms.indices.filter { terms[$0].relations >> UInt64(place) & 1 == 1 }
        }
    }

    /// An order that is clearly better than the written one.
    var better: [Int]? {
        let written = Array(relations.indices)
        let cost = cost(of: written)
        if cost <= Cost.negligible { return nil }
        let found = relations.count <= Self.exhaustiveLimit ? exhaustive() : greedy()
        return found != written && self.cost(of: found) < 0.8 * cost ? found : nil
    }

    // MARK: Costs

    private func rows(_ set: UInt64) -> Double {
        var rows = 1.0
        for place in relations.indices where set >> UInt64(place) & 1 == 1 { rows *= relations[place].rows }
        for term in terms where term.relations != 0 && term.relations & ~set == 0 { rows *= term.share }
        return max(1, rows)
    }

    /// Of joining one more relation, whose own rows must be read unless they are looked up.
    private func step(_ set: UInt64, _ setRows: Double, _ next: Int, _ resultRows: Double) -> Double {
        let relation = relations[next]
        let bit = UInt64(1) << UInt64(next)
        let isHashable = termsOf[next].contains { terms[$0].isEquality && terms[$0].relations & ~(set | bit) == 0 }
        var cost =
            relation.cost
            + (isHashable
                ? relation.rows * Cost.hashedRow + setRows * Cost.probedRow : setRows * relation.rows * Cost.pair)
        for lookup in relation.lookups where lookup.others & ~set == 0 { cost = min(cost, setRows * lookup.cost) }
        return cost + resultRows * Cost.joinedRow
    }

    private func cost(of order: [Int]) -> Double {
        var set = UInt64(1) << UInt64(order[0])
        var setRows = rows(set)
        var cost = relations[order[0]].cost
        for next in order.dropFirst() {
            let larger = set | 1 << UInt64(next)
            let resultRows = rows(larger)
            cost += step(set, setRows, next, resultRows)
            (set, setRows) = (larger, resultRows)
        }
        return cost
    }

    private func isConnected(_ set: UInt64, _ next: Int) -> Bool {
        let bit = UInt64(1) << UInt64(next)
        return termsOf[next].contains { terms[$0].relations & set != 0 && terms[$0].relations & ~(set | bit) == 0 }
    }

    // MARK: Search

    private func exhaustive() -> [Int] {
        let count = relations.count
        let all = 1 << count
        var costs = [Double](repeating: .infinity, count: all)
        var last = [Int](repeating: -1, count: all)
        let sizes = (0..<all).map { $0 == 0 ? 1 : rows(UInt64($0)) }
        for place in 0..<count {
            costs[1 << place] = relations[place].cost
            last[1 << place] = place
        }
        for set in 1..<all where costs[set] < .infinity {
            let others = (0..<count).filter { set >> $0 & 1 == 0 }
            let connected = others.filter { isConnected(UInt64(set), $0) }
            for next in connected.isEmpty ? others : connected {
                let larger = set | 1 << next
                let cost = costs[set] + step(UInt64(set), sizes[set], next, sizes[larger])
                if cost < costs[larger] {
                    costs[larger] = cost
                    last[larger] = next
                }
            }
        }
        var order: [Int] = []
        var set = all - 1
        while set != 0, last[set] >= 0 {
            order.append(last[set])
            set &= ~(1 << last[set])
        }
        return order.reversed()
    }

    private func greedy() -> [Int] {
        var rest = Array(relations.indices)
        // Begin with the fewest rows.
        let first = rest.min { (relations[$0].rows, $0) < (relations[$1].rows, $1) } ?? 0
        rest.removeAll { $0 == first }
        var order = [first]
        var set = UInt64(1) << UInt64(first)
        // Without the lower bound of one row, so that each step needs the next relation's terms only.
        var product = relations[first].rows
        for term in termsOf[first] where terms[term].relations == set { product *= terms[term].share }
        while !rest.isEmpty {
            let connected = rest.filter { isConnected(set, $0) }
            var best: (next: Int, cost: Double, product: Double)?
            for next in connected.isEmpty ? rest : connected {
                let larger = set | 1 << UInt64(next)
                var result = product * relations[next].rows
                for term in termsOf[next] where terms[term].relations & ~larger == 0 { result *= terms[term].share }
                let cost = step(set, max(1, product), next, max(1, result))
                if cost < best?.cost ?? .infinity { best = (next, cost, result) }
            }
            guard let best else { break }
            order.append(best.next)
            rest.removeAll { $0 == best.next }
            set |= 1 << UInt64(best.next)
            product = best.product
        }
        return order
    }
}
