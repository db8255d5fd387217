// Functions in FROM: their results are rows.

package import MartletExpressions

package struct TableFunctionPlan: Sendable {
    package enum Function: String, Sendable, CaseIterable {
        /// Whole numbers from the first to the second argument, in steps of the third.
        case generateSeries = "generate_series"
        /// The members of a JSON object, or the elements of an array, at a path.
        case jsonEach = "json_each"
    }

    package var function: Function
    /// Over no row: they may read rows around the query, but not those of other tables beside it.
    package var arguments: [BoundExpression]
    package var columns: [OutputColumn]

    package init(function: Function, arguments: [BoundExpression], columns: [OutputColumn]) {
        self.function = function
        self.arguments = arguments
        self.columns = columns
    }
}
