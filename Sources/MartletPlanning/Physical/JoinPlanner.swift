// The order of joins, and how each is done.

import MartletCatalog
import MartletCore
import MartletExpressions

/// Inner and cross joins that stand beside each other, as one set of relations and conditions.
private struct JoinGroup {
    struct Relation {
        var logical: LogicalPlan
        /// Of its first column among all.
        var offset: Int
    }

    var relations: [Relation] = []
    /// Over the columns of all relations, in the order in which they are written.
    var terms: [BoundExpression] = []
    /// Whether each join's right side is one relation.
    var isLeftDeep = true

    init(_ join: Join) { collect(.join(join), 0) }

    private mutating func collect(_ plan: LogicalPlan, _ offset: Int) {
        guard case .join(let join) = plan, join.kind != .left else {
            relations.append(Relation(logical: plan, offset: offset))
            return
        }
        collect(join.left, offset)
        if case .join(let right) = join.right, right.kind != .left { isLeftDeep = false }
        collect(join.right, offset + join.left.output.count)
        terms += (join.condition?.conjuncts ?? []).map { $0.remapColumns { $0 + offset } }
    }
}

extension PhysicalPlanner {
    func joined(_ join: Join) -> PhysicalPlan {
        if join.kind != .left, choosesPaths, let plan = joinedGroup(JoinGroup(join)) { return plan }
        let left = plan(join.left)
        return joined(left, join.right, join.kind, join.condition?.conjuncts ?? [])
    }

    /// nil: joined pair by pair, as written.
    private func joinedGroup(_ group: JoinGroup) -> PhysicalPlan? {
        let count = group.relations.count
        // Conditions that may fail must not meet rows that they would not have met; masks have 64 bits.
        if count > 64 || group.terms.contains(where: { $0.canFail || $0.containsSubquery || $0.isVolatile }) {
            return nil
        }
        let plans = group.relations.map { plan($0.logical) }
        var order = Array(0..<count)
        if count > 1 {
            let search = JoinOrder(self, group.relations.map { ($0.logical, $0.offset) }, plans, group.terms)
            if let better = search.better { order = better } else if !group.isLeftDeep { return nil }
        }
        // Where each column of the written order is in the plan so far.
        var position: [Int: Int] = [:]
        var open = group.terms
        func take(_ relation: Int, at start: Int) {
            for column in plans[relation].output.indices {
                position[group.relations[relation].offset + column] = start + column
            }
        }
        var result = plans[order[0]]
        // Of the plan so far: estimating it anew for each join would take quadratic time.
        var known = estimate(result)
        take(order[0], at: 0)
        for relation in order.dropFirst() {
            take(relation, at: result.output.count)
            let ready = open.filter { $0.columnsUsed.allSatisfy { position[$0] != nil } }
            open.removeAll { $0.columnsUsed.allSatisfy { position[$0] != nil } }
            let terms = ready.map { term in term.remapColumns { position[$0] ?? $0 } }
            result = joined(
                result, group.relations[relation].logical, terms.isEmpty ? .cross : .inner, terms,
                rightPlan: plans[relation], leftRows: known.rows)
            let inputs = result.inputs.count == 1 ? [known] : [known, estimate(plans[relation])]
            known = estimate(result, from: inputs)
        }
        if order == Array(0..<count) { return result }
        let columns = plans.flatMap(\.output)
        return PhysicalPlan(
            .project(columns.indices.map { .column(position[$0] ?? $0, columns[$0].type, .none) }),
            inputs: [result], output: columns)
    }

    // MARK: One join

    /// By hashing, by looking up, or by trying every pair: what costs least.
    ///
    /// - Parameter terms: Over the columns of left, then right.
    private func joined(
        _ left: PhysicalPlan, _ right: LogicalPlan, _ kind: Join.Kind, _ terms: [BoundExpression],
        rightPlan: PhysicalPlan? = nil, leftRows: Double? = nil
    ) -> PhysicalPlan {
        let leftCount = left.output.count
        let right = (logical: right, plan: rightPlan ?? plan(right))
        let output = left.output + right.plan.output
        let condition = terms.isEmpty ? nil : BoundExpression.conjunction(terms)
        if choosesPaths, let found = indexJoin(right.logical, kind, terms, leftCount) {
            let leftRows = leftRows ?? estimate(left).rows
            let other = estimate(right.plan)
            let rest =
                found.hasEqualKeys
                ? other.rows * Cost.hashedRow + leftRows * Cost.probedRow : leftRows * other.rows * Cost.pair
            if leftRows * found.costPerRow < other.cost + rest {
                return PhysicalPlan(.indexJoin(found.join), inputs: [left], output: output, condition: condition)
            }
        }
        var leftKeys: [BoundExpression] = []
        var rightKeys: [BoundExpression] = []
        var residual: [BoundExpression] = []
        for term in terms {
            guard choosesPaths, let (a, b) = equalSides(term, leftCount) else {
                residual.append(term)
                continue
            }
            if a.type == b.type {
                leftKeys.append(a)
                rightKeys.append(b.remapColumns { $0 - leftCount })
            } else if a.type.isNumeric, b.type.isNumeric {
                // Large INTEGERs are rounded: the comparison itself decides.
                leftKeys.append(.cast(a, .real, a.range))
                rightKeys.append(.cast(b.remapColumns { $0 - leftCount }, .real, b.range))
                residual.append(term)
            } else {
                residual.append(term)
            }
        }
        let rest = residual.isEmpty ? nil : BoundExpression.conjunction(residual)
        let operation: PhysicalPlan.Operation =
            leftKeys.isEmpty
            ? .nestedLoopJoin(kind, condition: rest)
            : .hashJoin(kind, left: leftKeys, right: rightKeys, residual: rest)
        return PhysicalPlan(operation, inputs: [left, right.plan], output: output, condition: condition)
    }

    /// The operands of an equality in the order left, right, if each reads one side only.
    func equalSides(
        _ term: BoundExpression, _ leftCount: Int
    ) -> (left: BoundExpression, right: BoundExpression)? {
        guard case .call(let function, let arguments, _, _) = term,
            case .comparison(.equal) = function.implementation, arguments.count == 2, !term.containsSubquery
        else { return nil }
        let (a, b) = (arguments[0], arguments[1])
        let (usedByA, usedByB) = (a.columnsUsed, b.columnsUsed)
        if usedByA.isEmpty || usedByB.isEmpty { return nil }
        if usedByA.allSatisfy({ $0 < leftCount }), usedByB.allSatisfy({ $0 >= leftCount }) { return (a, b) }
        if usedByB.allSatisfy({ $0 < leftCount }), usedByA.allSatisfy({ $0 >= leftCount }) { return (b, a) }
        return nil
    }

    /// A join that looks up the rows of `right` by what the terms say of left rows.
    func indexJoin(
        _ right: LogicalPlan, _ kind: Join.Kind, _ terms: [BoundExpression], _ leftCount: Int
    ) -> (join: IndexJoin, costPerRow: Double, hasEqualKeys: Bool)? {
        let scan: Scan
        var own: [BoundExpression] = []
        switch right {
        case .scan(let inner): scan = inner
        case .filter(.scan(let inner), let condition): (scan, own) = (inner, condition.conjuncts)
        default: return nil
        }
        var keys: [BoundExpression] = []
        var asked: [BoundExpression] = []
        // For each of `asked`, the term that it comes from.
        var origins: [Int] = []
        for (place, term) in terms.enumerated() {
            guard case .call(let function, _, _, _) = term, let (a, b) = equalSides(term, leftCount), a.type == b.type
            else { continue }
            let value = IndexJoin.key(keys.count, a.type)
            asked.append(.call(function, [b.remapColumns { $0 - leftCount }, value], .boolean, .none))
            keys.append(a)
            origins.append(place)
        }
        if keys.isEmpty { return nil }
        let chooser = chooser(scan, asked + own)
        guard let choice = chooser.lookup(by: asked.count) else { return nil }
        let residual = terms.indices.filter { place in
            !origins.indices.contains { origins[$0] == place && choice.used.contains($0) }
        }.map { terms[$0] }
        let filter = own.indices.filter { !choice.used.contains(asked.count + $0) }.map { own[$0] }
        return (
            IndexJoin(
                kind: kind, keys: keys, scan: scan, path: chooser.covering(choice.path),
                filter: filter.isEmpty ? nil : .conjunction(filter),
                residual: residual.isEmpty ? nil : .conjunction(residual)), choice.cost, true
        )
    }
}

extension AccessPathChooser {
    /// The cheapest path by a row id or an index that uses one of the first `count` terms.
    fileprivate func lookup(by count: Int) -> AccessChoice? {
        for rowID in rowIDs {
            if let equal = equality(of: rowID, amongFirst: count) {
                return AccessChoice(
                    path: .keys([equal.value]), used: [equal.term], rows: 1, cost: Cost.seek + Cost.fetchedRow)
            }
        }
        var best: AccessChoice?
        for index in indexes {
            guard let usable = usable(index) else { continue }
            var (path, used) = path(usable)
            guard !used.part(0..<count).isEmpty else { continue }
            used.formUnion(usable.given)
            let rows =
                path.isSingle
                ? 1 : max(1, estimates.rows * estimates.share(used.sorted.map { terms[$0] }))
            let cost = cost(rows, path.index) + Cost.seek
            path.isDescending = false
            if cost < best?.cost ?? .infinity {
                best = AccessChoice(path: .index(path), used: used, rows: rows, cost: cost)
            }
        }
        return best
    }
}
