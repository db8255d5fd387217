// A bound SEARCH.

package import MartletCatalog
package import MartletCore
package import MartletExpressions

/// Ranks rows of one table. Gives the wanted table columns, the row id (hidden), `score`, then the computed columns.
package struct SearchPlan: Sendable {
    package struct Leg: Sendable {
        package var text: BoundExpression
        package var index: Index
        /// One a part of the index; 0 leaves the column out.
        package var weights: [Double]

        package init(text: BoundExpression, index: Index, weights: [Double]) {
            self.text = text
            self.index = index
            self.weights = weights
        }
    }

    /// What RETURN may compute from a hit beside its columns.
    package enum Computed: Hashable, Sendable {
        /// `snippet(column)`: the passage that matches best.
        case snippet(column: Int)
        /// `highlight(column)`: the whole text with the matches marked.
        case highlight(column: Int)
        /// `why()`: the terms that made the score, as JSON.
        case why

        package var type: DataType { self == .why ? .json : .text }

        package var name: String {
            switch self {
            case .snippet: "snippet"
            case .highlight: "highlight"
            case .why: "why"
            }
        }
    }

    package var table: Table
    package var alias: String
    /// As EXPLAIN shows it: `docs`, or `helpdesk = finder@3`.
    package var targetLabel: String
    package var legs: [Leg]
    /// Over the table's columns in `filterColumns`.
    package var filter: BoundExpression?
    package var filterColumns: [Int]
    /// The table columns that the output needs.
    package var columns: [Int]
    package var computed: [Computed]
    package var limit: BoundExpression

    package init(
        table: Table, alias: String, targetLabel: String, legs: [Leg], filter: BoundExpression?, filterColumns: [Int],
        columns: [Int], computed: [Computed], limit: BoundExpression
    ) {
        self.table = table
        self.alias = alias
        self.targetLabel = targetLabel
        self.legs = legs
        self.filter = filter
        self.filterColumns = filterColumns
        self.columns = columns
        self.computed = computed
        self.limit = limit
    }

    package static let scoreName = "score"
    package static let defaultLimit = 10

    package var output: [OutputColumn] {
        columns.map { OutputColumn(name: table.columns[$0].name, type: table.columns[$0].type, qualifier: alias) }
            + [
                OutputColumn(name: Scan.rowIDName, type: .integer, qualifier: alias, isHidden: true),
                OutputColumn(name: Self.scoreName, type: .real, qualifier: alias),
            ]
            + computed.map { OutputColumn(name: $0.name, type: $0.type, qualifier: alias, isHidden: true) }
    }
}
