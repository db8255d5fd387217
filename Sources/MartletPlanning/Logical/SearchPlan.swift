// A bound SEARCH.

package import MartletCatalog
package import MartletCore
package import MartletExpressions

/// Ranks rows of one table. Gives the wanted table columns, the row id (hidden), the score, then the computed columns.
package struct SearchPlan: Sendable {
    /// What RETURN may compute from a hit beside its columns.
    package enum Computed: Hashable, Sendable {
        /// `snippet(column)`: the passage that matches best.
        case snippet(column: Int)
        /// `highlight(column)`: the whole text with the matches marked.
        case highlight(column: Int)
        /// `offsets(column)`: where the matches are, as JSON.
        case offsets(column: Int)
        /// `passage(column)`: the column's piece of the passage by which the row was found.
        case passage(column: Int)
        /// `why()`: what made the score, as JSON.
        case why
        /// `cursor()`: the place behind the hit, for AFTER.
        case cursor

        package var type: DataType {
            switch self {
            case .why, .offsets: .json
            case .snippet, .highlight, .passage, .cursor: .text
            }
        }

        package var name: String {
            switch self {
            case .snippet: "snippet"
            case .highlight: "highlight"
            case .offsets: "offsets"
            case .passage: "passage"
            case .why: "why"
            case .cursor: "cursor"
            }
        }

        /// The table column whose text it shows.
        package var column: Int? {
            switch self {
            case .snippet(let column), .highlight(let column), .offsets(let column), .passage(let column): column
            case .why, .cursor: nil
            }
        }
    }

    package var table: Table
    package var alias: String
    /// As EXPLAIN shows it: `docs`, or `helpdesk = finder@3`.
    package var targetLabel: String
    package var legs: [Leg]
    /// nil: a single leg's own scores.
    package var fusion: Fusion?
    package var reranking: Reranking?
    /// Over all columns of the table, which `filterColumns` lists, and the row id.
    package var filter: BoundExpression?
    package var filterColumns: [Int] = []
    /// The table columns that the output needs.
    package var columns: [Int]
    package var computed: [Computed] = []
    package var limit: BoundExpression
    /// AFTER: a cursor that an earlier page gave.
    package var after: BoundExpression?
    /// ORDER BY; nil: by falling score.
    package var order: Order?
    /// The option `min_score`.
    package var minimumScore: Double?
    /// What is read of each hit: the wanted columns, then those that snippets are made of, then the row id.
    package private(set) var fetch: Scan
    /// What the score is called: `score`, or `search_score` beside a column `score` of the table.
    package let scoreName: String

    package init(
        table: Table, alias: String, targetLabel: String, legs: [Leg], columns: [Int], limit: BoundExpression
    ) {
        self.table = table
        self.alias = alias
        self.targetLabel = targetLabel
        self.legs = legs
        self.columns = columns
        self.limit = limit
        fetch = Scan(table: table, alias: alias, columns: columns, includesRowID: true)
        scoreName = AddedColumn.name("score", prefix: "search_") { table.columnIndex(named: $0) != nil }
    }

    /// Whether a leg looks for passages of a column.
    func holdsPassages(of column: Int) -> Bool {
        legs.contains { leg in
            guard case .text(let text) = leg.source else { return false }
            return text.parts.contains { $0.index.textOptions?.chunking != nil && $0.index.columns.contains(column) }
        }
    }

    /// To be called when `columns` and `computed` are as they will be.
    mutating func settle() {
        var wanted = columns
        for case let column? in computed.map(\.column) where !wanted.contains(column) { wanted.append(column) }
        fetch.columns = wanted
    }

    package static let defaultLimit = 10

    package var output: [OutputColumn] {
        columns.map { OutputColumn(name: table.columns[$0].name, type: table.columns[$0].type, qualifier: alias) }
            + [
                OutputColumn(name: Scan.rowIDName, type: .integer, qualifier: alias, isHidden: true),
                OutputColumn(name: scoreName, type: .real, qualifier: alias),
            ]
            + computed.map { OutputColumn(name: $0.name, type: $0.type, qualifier: alias, isHidden: true) }
    }
}

extension SearchPlan {
    /// The plan with every expression changed.
    func mapExpressions(
        _ transform: (BoundExpression) throws(Diagnostic) -> BoundExpression
    ) throws(Diagnostic) -> SearchPlan {
        func optional(_ expression: BoundExpression?) throws(Diagnostic) -> BoundExpression? {
            guard let expression else { return nil }
            return try transform(expression)
        }
        var copy = self
        copy.filter = try optional(filter)
        copy.limit = try transform(limit)
        copy.after = try optional(after)
        if var order {
            for index in order.keys.indices {
                order.keys[index].expression = try transform(order.keys[index].expression)
            }
            copy.order = order
        }
        for index in legs.indices {
            copy.legs[index].weight = try optional(legs[index].weight)
            switch legs[index].source {
            case .text(var leg):
                leg.text = try transform(leg.text)
                copy.legs[index].source = .text(leg)
            case .near(var leg):
                switch leg.target {
                case .vector(let vector): leg.target = .vector(try transform(vector))
                case .row(let key): leg.target = .row(try transform(key))
                }
                leg.within = try optional(leg.within)
                copy.legs[index].source = .near(leg)
            }
        }
        if var reranking {
            reranking.text = try transform(reranking.text)
            reranking.top = try optional(reranking.top)
            copy.reranking = reranking
        }
        return copy
    }
}
