// What a linear model is to learn.

package import MartletCore

package struct LinearOptions: Hashable, Sendable {
    package enum Objective: Hashable, Sendable {
        /// Least squares.
        case regression
        /// Logistic regression for two classes, softmax for more.
        case classification(Int)

        /// Columns of weights: two classes need one.
        package var columnCount: Int {
            if case .classification(let classes) = self, classes > 2 { classes } else { 1 }
        }
    }

    package var objective: Objective
    /// Penalties on weights beside the sum of the rows' losses (half the square, the size); the constant is free.
    package var l2 = 1.0
    package var l1 = 0.0
    package var iterations = 200
    /// Ends when the loss falls by less than this share.
    package var tolerance = 1e-6
    /// What a row of each class counts; empty: all 1.
    package var classWeights: [Double] = []

    package init(_ objective: Objective) { self.objective = objective }

    package func validate() throws(Diagnostic) {
        func require(_ condition: Bool, _ message: String) throws(Diagnostic) {
            guard condition else { throw Diagnostic(.invalidOption, message) }
        }
        try require(l2 >= 0 && l2 <= 1e12, "l2 must not be negative")
        try require(l1 >= 0 && l1 <= 1e12, "l1 must not be negative")
        try require(iterations >= 1 && iterations <= 100_000, "iterations must be from 1 to 100000")
        try require(tolerance >= 0, "tolerance must not be negative")
        guard case .classification(let classes) = objective else {
            return try require(classWeights.isEmpty, "class_weights are for classification")
        }
        try require(classes >= 2 && classes <= 100_000, "a classifier needs from 2 to 100000 classes")
        try require(
            classWeights.isEmpty || classWeights.count == classes, "class_weights needs a weight for each class")
        try require(
            classWeights.allSatisfy { $0 > 0 && $0 <= 1e6 }, "class_weights must be above 0, and at most 1000000")
    }
}
