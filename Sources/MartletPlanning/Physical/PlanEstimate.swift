// How many rows a plan gives and what it costs, as far as can be told before it runs.

import MartletCatalog
import MartletCore
import MartletExpressions

struct PlanEstimate {
    var rows: Double
    var cost: Double
    var columns: [ColumnEstimate]

    init(rows: Double, cost: Double, columns: [ColumnEstimate]) {
        self.rows = max(1, rows)
        self.cost = cost
        self.columns = columns
    }

    /// Without knowledge of the columns.
    init(rows: Double, cost: Double, columnCount: Int) {
        let column = ColumnEstimate.unknown(rows: max(1, rows))
        self.init(rows: rows, cost: cost, columns: [ColumnEstimate](repeating: column, count: columnCount))
    }

    func share(_ terms: [BoundExpression]) -> Double {
        Selectivity(rows: rows) { column in
            column < columns.count ? columns[column] : .unknown(rows: rows)
        }.all(terms)
    }

    /// The same columns in fewer rows.
    func limited(to rows: Double, cost: Double) -> PlanEstimate {
        PlanEstimate(
            rows: rows, cost: cost,
            columns: columns.map { column in
                var column = column
                column.distinctCount = min(column.distinctCount, max(1, rows))
                return column
            })
    }
}

extension PhysicalPlanner {
    /// O(operators).
    func estimate(_ plan: PhysicalPlan) -> PlanEstimate {
        estimate(plan, from: plan.inputs.map { estimate($0) })
    }

    /// Given the estimates of its inputs.
    func estimate(_ plan: PhysicalPlan, from inputs: [PlanEstimate]) -> PlanEstimate {
        guard let first = inputs.first else { return estimateLeaf(plan) }
        let cost = inputs.reduce(0) { $0 + $1.cost }
        let columnCount = plan.output.count
        switch plan.operation {
        case .filter(let condition):
            return first.limited(to: first.rows * first.share(condition.conjuncts), cost: cost + first.rows * 0.2)
        case .project(let expressions):
            let columns = expressions.map { expression in
                if case .column(let index, _, _) = expression, index < first.columns.count {
                    first.columns[index]
                } else {
                    ColumnEstimate.unknown(rows: first.rows)
                }
            }
            return PlanEstimate(rows: first.rows, cost: cost + first.rows * 0.2, columns: columns)
        case .aggregate(let keys, _):
            var groups = 1.0
            for key in keys {
                if case .column(let index, _, _) = key, index < first.columns.count {
                    groups *= first.columns[index].distinctCount
                } else {
                    groups *= ColumnEstimate.unknown(rows: first.rows).distinctCount
                }
            }
            return PlanEstimate(
                rows: min(groups, first.rows), cost: cost + first.rows * Cost.hashedRow, columnCount: columnCount)
        case .lateral:
            // As many rows for each as for a function alone would be too many: most texts have a few passages.
            return PlanEstimate(rows: first.rows * 10, cost: cost + first.rows * 10, columnCount: columnCount)
        case .sort: return first.limited(to: first.rows, cost: cost + Cost.sort(first.rows))
        case .topRows(_, let count, let offset):
            return first.limited(
                to: min(first.rows, Self.wanted(count, offset)), cost: cost + first.rows * Cost.probedRow)
        case .limit(let count?, let offset):
            return first.limited(to: min(first.rows, Self.wanted(count, offset)), cost: cost)
        case .limit: return first
        case .distinct: return first.limited(to: first.rows / 2, cost: cost + first.rows * Cost.hashedRow)
        case .hashJoin(let kind, _, _, _), .nestedLoopJoin(let kind, _):
            guard inputs.count == 2 else { break }
            var both = PlanEstimate(
                rows: first.rows * inputs[1].rows, cost: cost, columns: first.columns + inputs[1].columns)
            var rows = both.rows * both.share(plan.condition?.conjuncts ?? [])
            if kind == .left { rows = max(rows, first.rows) }
            both.cost += first.rows + inputs[1].rows * Cost.hashedRow + rows * Cost.joinedRow
            return both.limited(to: rows, cost: both.cost)
        case .indexJoin(let join):
            let right = scanEstimate(join.scan, join.filter)
            let both = PlanEstimate(
                rows: first.rows * right.rows, cost: cost, columns: first.columns + right.columns)
            var rows = both.rows * both.share(plan.condition?.conjuncts ?? [])
            if join.kind == .left { rows = max(rows, first.rows) }
            return both.limited(to: rows, cost: cost + first.rows * Cost.seek + rows * Cost.fetchedRow)
        case .combine(.unionAll), .combine(.union):
            return PlanEstimate(
                rows: inputs.reduce(0) { $0 + $1.rows }, cost: cost + first.rows, columnCount: columnCount)
        default: break
        }
        return PlanEstimate(rows: first.rows, cost: cost, columnCount: columnCount)
    }

    private func estimateLeaf(_ plan: PhysicalPlan) -> PlanEstimate {
        switch plan.operation {
        case .scan(let scan, let path, _):
            var estimate = scanEstimate(scan, plan.condition)
            switch path {
            case .full, .keyRange(_, _, _): break
            case .keys(let keys): estimate.cost = Cost.seek * Double(keys.count)
            case .index(let path) where path.isCovering:
                estimate.cost = Cost.seek + estimate.rows * Cost.coveringEntry
            case .index, .union: estimate.cost = AccessPathChooser.cost(estimate.rows)
            }
            return estimate
        case .values(let rows):
            return PlanEstimate(rows: Double(rows.count), cost: Double(rows.count), columnCount: plan.output.count)
        case .search: return PlanEstimate(rows: 10, cost: 1_000, columnCount: plan.output.count)
        default: return PlanEstimate(rows: 100, cost: 1_000, columnCount: plan.output.count)
        }
    }

    /// Of a full scan under a condition.
    private func scanEstimate(_ scan: Scan, _ condition: BoundExpression?) -> PlanEstimate {
        let estimates = chooser(scan, []).estimates
        let rows = estimates.rows
        let all = PlanEstimate(
            rows: rows, cost: Cost.scanStart + rows * Cost.scannedRow,
            columns: scan.output.indices.map { estimates.column($0) })
        guard let condition else { return all }
        return all.limited(to: rows * estimates.share(condition.conjuncts), cost: all.cost)
    }
}
