// Hits as rows: the table's columns, the score, and what RETURN computes from a hit.

import MartletCatalog
import MartletCore
import MartletPlanning
import MartletText

struct SearchRows {
    private let context: ExecutionContext
    private let plan: SearchPlan

    init(_ context: ExecutionContext, _ plan: SearchPlan) {
        self.context = context
        self.plan = plan
    }

    /// - Parameters:
    ///   - cursors: one for each hit, if the plan wants them.
    ///   - why: a JSON object that tells how a hit came by its score.
    func batch(
        _ hits: [SearchHit], _ legs: [any SearchLeg], cursors: [String]?,
        why: (SearchHit) throws(Diagnostic) -> String
    ) throws(Diagnostic) -> Batch {
        let wanted = plan.fetch.columns
        let fetched = try fetch(hits.map(\.rowID))
        var columns = Array(fetched.columns[..<plan.columns.count])
        columns.append(fetched.columns[wanted.count])
        columns.append(Column(type: .real, storage: .reals(hits.map(\.score))))
        for computed in plan.computed {
            var builder = ColumnBuilder(type: computed.type, reserving: hits.count)
            for (row, hit) in hits.enumerated() {
                switch computed {
                case .snippet(let column), .highlight(let column), .offsets(let column):
                    guard let position = wanted.firstIndex(of: column), let leg = leg(column, legs),
                        case .text(let body) = fetched.columns[position][row]
                    else {
                        builder.appendNull()
                        continue
                    }
                    switch computed {
                    case .snippet: builder.append(text: leg.snippet(body, column: column, rowID: hit.rowID))
                    case .highlight: builder.append(text: TextSnippet.highlight(leg.matches(body, column: column)))
                    default: builder.append(text: leg.matches(body, column: column).json)
                    }
                case .passage(let column):
                    let leg = legs.lazy.compactMap { $0 as? TextLeg }.first { $0.holdsPassages(of: column) }
                    if let position = wanted.firstIndex(of: column), let leg,
                        case .text(let body) = fetched.columns[position][row],
                        let passage = try leg.passage(body, column: column, rowID: hit.rowID)
                    {
                        builder.append(text: passage)
                    } else {
                        builder.appendNull()
                    }
                case .why: builder.append(text: try why(hit))
                case .cursor: builder.append(text: cursors?[row] ?? "")
                }
            }
            columns.append(builder.finish())
        }
        return Batch(columns: columns, count: hits.count)
    }

    /// The wanted columns of the rows, and the row ids.
    private func fetch(_ rowIDs: [Int64]) throws(Diagnostic) -> Batch {
        let wanted = plan.fetch.columns
        if wanted.allSatisfy({ $0 == plan.table.rowIDColumn }), plan.legs.allSatisfy(\.looksAtRows) {
            let ids = Column(type: .integer, storage: .integers(rowIDs))
            return Batch(columns: [Column](repeating: ids, count: wanted.count + 1), count: rowIDs.count)
        }
        return try context.rows(
            plan.fetch, rowIDs, namedBy: "an index of the search",
            place: indexNames.isEmpty ? nil : "index \(indexNames.joined(separator: ", "))")
    }

    private var indexNames: [String] {
        plan.legs.flatMap { leg in
            switch leg.source {
            case .text(let text): text.parts.map(\.index.name)
            case .near(let near): near.index.map { [$0.name] } ?? []
            }
        }
    }

    /// The text leg that searches the column, else the first.
    private func leg(_ column: Int, _ legs: [any SearchLeg]) -> TextLeg? {
        let texts = legs.compactMap { $0 as? TextLeg }
        return texts.first { $0.searches(column) } ?? texts.first
    }
}

extension SearchPlan.Leg {
    /// Whether each of its hits is a row that the search has read.
    fileprivate var looksAtRows: Bool {
        if case .near = source { true } else { false }
    }
}
