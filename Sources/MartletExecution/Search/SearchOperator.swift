// SEARCH: ranks rows by a text index and fetches the best.

import MartletCatalog
import MartletCore
import MartletExpressions
import MartletPlanning
import MartletText

/// Gives the hits in order: score descending, then primary key ascending.
///
/// The filter's row ids are collected first and intersected inside the scorer, so that there are as many hits as match,
/// up to the limit.
final class SearchOperator: Operator {
    private let context: ExecutionContext
    private let plan: SearchPlan
    private let filter: (any Operator)?
    private var isDone = false

    init(_ context: ExecutionContext, _ plan: SearchPlan, filter: (any Operator)?) throws(Diagnostic) {
        self.context = context
        self.plan = plan
        self.filter = filter
    }

    func next() throws(Diagnostic) -> Batch? {
        if isDone { return nil }
        isDone = true
        let leg = plan.legs[0]
        guard case .text(let text) = try context.value(leg.text) else { return nil }
        let limit = try context.count(plan.limit, "LIMIT") ?? SearchPlan.defaultLimit
        guard limit <= Limits.searchResults else {
            throw Diagnostic(
                .limitExceeded, "a SEARCH returns at most \(Limits.searchResults) rows", at: plan.limit.range)
        }
        let search = try TextSearch(context, leg)
        let hits = try search.hits(text, limit: limit, filter: try matchingRows())
        return try rows(hits, search, text)
    }

    private func matchingRows() throws(Diagnostic) -> TextFilter {
        guard let filter else { return .all }
        var rowIDs: [Int64] = []
        while let batch = try filter.next() {
            if case .integers(let values) = batch.columns[0].storage { rowIDs.append(contentsOf: values) }
        }
        // Scans of an index come in the index's order.
        rowIDs.sort()
        return .rowids(rowIDs)
    }

    private func rows(_ hits: [TextHit], _ search: TextSearch, _ text: String) throws(Diagnostic) -> Batch {
        var wanted = plan.columns
        for computed in plan.computed {
            switch computed {
            case .snippet(let column), .highlight(let column):
                if !wanted.contains(column) { wanted.append(column) }
            case .why: break
            }
        }
        let scan = Scan(table: plan.table, alias: plan.alias, columns: wanted, includesRowID: true)
        let fetched = try context.rows(scan, hits.map(\.rowid))
        guard fetched.count == hits.count else {
            throw Diagnostic(
                .corrupt, "index \(plan.legs[0].index.name) names rows that table \(plan.table.name) does not have")
        }
        var columns = Array(fetched.columns[..<plan.columns.count])
        columns.append(fetched.columns[wanted.count])
        columns.append(Column(type: .real, storage: .reals(hits.map { Double($0.score) })))
        for computed in plan.computed {
            var builder = ColumnBuilder(type: computed.type, reserving: hits.count)
            for (row, hit) in hits.enumerated() {
                switch computed {
                case .snippet(let column), .highlight(let column):
                    guard let position = wanted.firstIndex(of: column),
                        case .text(let body) = fetched.columns[position][row]
                    else {
                        builder.appendNull()
                        continue
                    }
                    if case .snippet = computed {
                        builder.append(text: search.snippet(body, text))
                    } else {
                        builder.append(text: search.highlighted(body, text))
                    }
                case .why:
                    builder.append(text: try search.why(hit, text, plan.table, plan.legs[0].index))
                }
            }
            columns.append(builder.finish())
        }
        return Batch(columns: columns, count: hits.count)
    }
}
