// Functions in FROM: their results are rows.

package import MartletCatalog
package import MartletExpressions

package struct TableFunctionPlan: Sendable {
    package enum Function: String, Sendable, CaseIterable {
        /// Whole numbers from the first to the second argument, in steps of the third.
        case generateSeries = "generate_series"
        /// The members of a JSON object, or the elements of an array, at a path.
        case jsonEach = "json_each"
        /// The passages of a text.
        case chunk
        /// For each row of a table, the rows with the nearest vectors.
        case neighbours
        /// Words of a text index that complete the last one of a text.
        case suggest
        /// The words of a text that a text index does not have, and what may have been meant.
        case didYouMean = "did_you_mean"
    }

    package struct TextIndex: Sendable {
        package var table: Table
        package var index: Index
    }

    package var function: Function
    /// Over no row, or in a ``LateralPlan`` over that of its input.
    package var arguments: [BoundExpression]
    package var columns: [OutputColumn]
    /// Of neighbours().
    package var neighbours: NeighboursPlan?
    /// The index that suggest() and did_you_mean() read.
    package var textIndex: TextIndex?

    package init(function: Function, arguments: [BoundExpression], columns: [OutputColumn]) {
        self.function = function
        self.arguments = arguments
        self.columns = columns
    }

    /// As EXPLAIN shows it.
    var shownName: String { function.rawValue + (textIndex.map { " by \($0.index.name)" } ?? "") }
}

/// A function in FROM whose arguments read the row beside it: each row of the input with each row that the function gives
/// for it.
package struct LateralPlan: Sendable {
    package var input: LogicalPlan
    package var function: TableFunctionPlan
    /// Whether a row for which the function gives nothing stays, with NULLs: LEFT JOIN.
    package var isOuter: Bool

    package init(input: LogicalPlan, function: TableFunctionPlan, isOuter: Bool) {
        self.input = input
        self.function = function
        self.isOuter = isOuter
    }

    var columns: [OutputColumn] { input.output + function.columns }
}
