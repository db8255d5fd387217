// Chooses between a full scan, a lookup by key and an index.

import MartletCatalog
import MartletCore
import MartletExpressions

/// Prefers, in this order: row ids, a unique index with every column fixed, the index with the longest fixed prefix, a
/// range of row ids, a range of an index, the full scan. Conditions that the path does not guarantee stay as a filter.
struct AccessPathChooser {
    let scan: Scan
    let indexes: [Index]

    private struct Comparison {
        var term: Int
        var op: ComparisonOperator
        var value: BoundExpression
    }

    func choose(_ terms: [BoundExpression]) -> (AccessPath, residual: [BoundExpression]) {
        func without(_ used: [Int]) -> [BoundExpression] {
            terms.indices.filter { !used.contains($0) }.map { terms[$0] }
        }
        let byColumn = comparisons(terms)

        // Row ids.
        let rowIDColumns = rowIDColumns
        let onRowID = rowIDColumns.flatMap { byColumn[$0] ?? [] }
        if let equal = onRowID.first(where: { $0.op == .equal }) {
            return (.keys([equal.value]), without([equal.term]))
        }
        for (index, term) in terms.enumerated() {
            if case .inList(.column(let column, _, _), let items, false, _) = term, rowIDColumns.contains(column),
                items.allSatisfy({ $0.isRowIndependent && $0.type == .integer })
            {
                return (.keys(items), without([index]))
            }
        }

        // Indexes: the longest fixed prefix, unique ones first.
        var best: (score: Int, path: AccessPath, used: [Int])?
        for index in indexes {
            guard case .ordered(let isUnique) = index.method, index.state == .ready else { continue }
            var prefix: [BoundExpression] = []
            var used: [Int] = []
            for part in index.parts {
                guard let column = position(of: part.column),
                    let equal = byColumn[column]?.first(where: { $0.op == .equal })
                else { break }
                prefix.append(equal.value)
                used.append(equal.term)
            }
            var lower: AccessPath.Bound?
            var upper: AccessPath.Bound?
            if prefix.count < index.parts.count, !index.parts[prefix.count].isDescending,
                let column = position(of: index.parts[prefix.count].column)
            {
                let bounds = bounds(byColumn[column] ?? [])
                (lower, upper) = (bounds.lower, bounds.upper)
                used += bounds.used
            }
            let isWhole = isUnique && prefix.count == index.parts.count
            let score = (isWhole ? 1_000 : 0) + prefix.count * 4 + (lower == nil ? 0 : 1) + (upper == nil ? 0 : 1)
            if score > (best?.score ?? 0) {
                best = (score, .index(index, prefix: prefix, lower: lower, upper: upper), used)
            }
        }
        let range = bounds(onRowID)
        if let best, best.score >= 4 || (range.lower == nil && range.upper == nil) {
            return (best.path, without(best.used))
        }
        if range.lower != nil || range.upper != nil {
            return (.keyRange(lower: range.lower, upper: range.upper), without(range.used))
        }
        return (.full, terms)
    }

    /// The scan's columns that are the row id: the hidden one, and a primary key of one INTEGER.
    private var rowIDColumns: [Int] {
        var columns: [Int] = []
        if scan.includesRowID { columns.append(scan.columns.count) }
        if let key = scan.table.rowIDColumn, let position = position(of: key) { columns.append(position) }
        return columns
    }

    private func position(of tableColumn: Int) -> Int? { scan.columns.firstIndex(of: tableColumn) }

    /// `column op value`, with a value that no row is needed for, by column.
    private func comparisons(_ terms: [BoundExpression]) -> [Int: [Comparison]] {
        var result: [Int: [Comparison]] = [:]
        for (index, term) in terms.enumerated() {
            guard case .call(let function, let arguments, _, _) = term,
                case .comparison(let op) = function.implementation, arguments.count == 2
            else { continue }
            for (column, value, op) in [(arguments[0], arguments[1], op), (arguments[1], arguments[0], op.mirrored)] {
                guard case .column(let position, let type, _) = column, value.isRowIndependent,
                    !value.containsSubquery, let fitting = fitting(value, type)
                else { continue }
                result[position, default: []].append(Comparison(term: index, op: op, value: fitting))
                break
            }
        }
        return result
    }

    /// The value as the column's own type, in which index keys are written; nil if that could change its meaning.
    private func fitting(_ value: BoundExpression, _ type: DataType) -> BoundExpression? {
        if value.type == type { return value }
        if value.type == .null { return .cast(value, type, value.range) }
        // A large INTEGER would be rounded, but comparisons are exact.
        if type == .real, case .constant(.integer(let number), _, let range) = value,
            number.magnitude <= 1 << 53
        {
            return .constant(.real(Double(number)), .real, range)
        }
        return nil
    }

    private func bounds(
        _ comparisons: [Comparison]
    ) -> (lower: AccessPath.Bound?, upper: AccessPath.Bound?, used: [Int]) {
        var lower: AccessPath.Bound?
        var upper: AccessPath.Bound?
        var used: [Int] = []
        for comparison in comparisons {
            let isInclusive = comparison.op == .greaterOrEqual || comparison.op == .lessOrEqual
            switch comparison.op {
            case .greater, .greaterOrEqual:
                guard lower == nil else { continue }
                lower = AccessPath.Bound(value: comparison.value, isInclusive: isInclusive)
            case .less, .lessOrEqual:
                guard upper == nil else { continue }
                upper = AccessPath.Bound(value: comparison.value, isInclusive: isInclusive)
            default: continue
            }
            used.append(comparison.term)
        }
        return (lower, upper, used)
    }
}
