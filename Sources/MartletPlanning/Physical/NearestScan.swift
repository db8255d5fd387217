// ORDER BY a distance LIMIT k, with the rows that a vector index says are near enough.

package import MartletCatalog
import MartletCore
package import MartletExpressions

/// Gives rows of a table, in the order of their row ids, among which are the first ones by a distance: what sorts them
/// computes the distances anew. With an input, that gives the row ids that pass the filter.
///
/// Gives all rows that match where the index does not help: for NULL, for too many rows, where rows without a vector
/// come first.
package struct NearestScan: Sendable {
    package var scan: Scan
    package var index: Index
    /// Of the table.
    package var column: Int
    package var metric: VectorOptions.Metric
    /// What the column's vectors are compared with.
    package var target: BoundExpression
    /// Whether rows without a vector come before the others.
    package var nullsFirst: Bool
    /// Whether the filter or the table leaves no row without a vector.
    package var isNeverNull: Bool
    /// Over the scan's columns: all that is asked of a row.
    package var filter: BoundExpression?
    package var count: BoundExpression
    package var offset: BoundExpression?
}

extension NearestScan {
    /// As EXPLAIN shows it.
    func text(_ inner: [PlanText]) -> PlanText {
        let name = scan.table.columns[column].name
        let compared: String
        if case .constant = target { compared = "a vector" } else { compared = target.description(columnNames: []) }
        return PlanText(
            "Nearest rows of \(scan.table.name)",
            "\(name) near \(compared) by \(metric.rawValue), exact scan of \(index.name)"
                + "  (\(scan.columns.map { scan.table.columns[$0].name }.joined(separator: ", ")))",
            children: inner.map { PlanText("Rows that match the filter", children: [$0]) })
    }
}

extension PhysicalPlanner {
    /// Rows of the input among which the first ones by the key are, from a vector index; nil if none can tell.
    func nearest(
        _ input: LogicalPlan, by key: OrderKey, count: BoundExpression, offset: BoundExpression?
    ) -> PhysicalPlan? {
        switch input {
        case .project(let inner, let expressions, let columns):
            var key = key
            key.expression = key.expression.substituteColumns { expressions[$0] }
            guard let plan = nearest(inner, by: key, count: count, offset: offset) else { return nil }
            return PhysicalPlan(.project(expressions), inputs: [plan], output: columns)
        case .scan(let scan): return nearest(scan, nil, by: key, count: count, offset: offset)
        case .filter(.scan(let scan), let condition):
            return nearest(scan, condition, by: key, count: count, offset: offset)
        default: return nil
        }
    }

    private func nearest(
        _ scan: Scan, _ condition: BoundExpression?, by key: OrderKey, count: BoundExpression,
        offset: BoundExpression?
    ) -> PhysicalPlan? {
        guard let distance = Distance(key), distance.position < scan.columns.count,
            !(condition?.isVolatile ?? false), !(condition?.containsSubquery ?? false)
        else { return nil }
        let column = scan.columns[distance.position]
        let index = catalog.indexes(of: scan.table.id).first {
            $0.state == .ready && $0.parts.first?.column == column && $0.vectorOptions?.metric == distance.metric
                && $0.vectorOptions?.estimates == false
        }
        guard let index else { return nil }
        let terms = condition?.conjuncts ?? []
        let others = terms.filter { !$0.asksForValue(of: distance.position) }
        let nearest = NearestScan(
            scan: scan, index: index, column: column, metric: distance.metric, target: distance.target,
            nullsFirst: key.nullsFirst,
            isNeverNull: others.count < terms.count || scan.table.columns[column].isNotNull, filter: condition,
            count: count, offset: offset)
        let inputs = others.isEmpty ? [] : [rowIDs(scan, .conjunction(others))]
        return PhysicalPlan(.nearest(nearest), inputs: inputs, output: scan.output)
    }

    /// The row ids for which a condition over a scan's columns holds.
    func rowIDs(_ scan: Scan, _ condition: BoundExpression) -> PhysicalPlan {
        let (narrow, position) = scan.narrowed(to: [condition])
        return PhysicalPlan(
            .project([.column(narrow.columns.count, .integer, .none)]),
            inputs: [scanned(narrow, condition.remapColumns(position))],
            output: [OutputColumn(name: Scan.rowIDName, type: .integer)])
    }
}

extension BoundExpression {
    /// `column IS NOT NULL`.
    fileprivate func asksForValue(of position: Int) -> Bool {
        if case .isNull(.column(position, _, _), negated: true, _) = self { true } else { false }
    }
}

/// A key that orders a column's vectors from near to far.
private struct Distance {
    var metric: VectorOptions.Metric
    /// The column, in the scan's output.
    var position: Int
    var target: BoundExpression

    init?(_ key: OrderKey) {
        guard case .call(var function, var arguments, _, _) = key.expression else { return nil }
        var isNegated = false
        if function.name == "-", arguments.count == 1, case .call(let inner, let pair, _, _) = arguments[0] {
            (function, arguments, isNegated) = (inner, pair, true)
        }
        switch (function.name, isNegated, key.isDescending) {
        case ("l2_distance", false, false): metric = .l2
        case ("cosine_distance", false, false): metric = .cosine
        case ("hamming_distance", false, false): metric = .hamming
        case ("dot", false, true), ("dot", true, false): metric = .dot
        default: return nil
        }
        guard arguments.count == 2 else { return nil }
        for (own, other) in [(arguments[0], arguments[1]), (arguments[1], arguments[0])] {
            guard case .column(let position, .vector, _) = own, other.columnsUsed.isEmpty, !other.isVolatile,
                !other.containsSubquery, !other.contains(where: { if case .outer = $0 { true } else { false } })
            else { continue }
            self.position = position
            target = other
            return
        }
        return nil
    }
}
