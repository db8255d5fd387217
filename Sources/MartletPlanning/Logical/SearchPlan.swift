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

    /// A leg that compares vectors; the plan then has no other.
    package struct Near: Sendable {
        /// What the column's vectors are compared with.
        package enum Target: Sendable {
            /// A vector of the column's dimension, as 32-bit floats.
            case vector(BoundExpression)
            /// The vector of the row with this primary key, which itself is not found.
            case row(BoundExpression)
        }

        /// Of the table.
        package var column: Int
        package var target: Target
        /// nil: the rows themselves are scanned.
        package var index: Index?
        package var metric: VectorOptions.Metric
        /// WITHIN: the greatest distance.
        package var within: BoundExpression?
        /// The option `ef`: how many near rows a graph is asked for.
        package var size: Int?
        /// The option `exact`.
        package var isExact: Bool

        package init(
            column: Int, target: Target, index: Index?, metric: VectorOptions.Metric, within: BoundExpression? = nil,
            size: Int? = nil, isExact: Bool = false
        ) {
            self.column = column
            self.target = target
            self.index = index
            self.metric = metric
            self.within = within
            self.size = size
            self.isExact = isExact
        }

        package static let sizeRange = 1...16_384
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
    package var near: Near?
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
