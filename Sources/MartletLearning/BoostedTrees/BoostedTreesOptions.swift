// What boosted trees are to learn, and how.

package import MartletCore

package struct BoostedTreesOptions: Hashable, Sendable {
    package enum Objective: Hashable, Sendable {
        /// Least squares; labels are numbers.
        case regression
        /// Two classes, labels 0 and 1.
        case binary
        /// Labels 0 ..< classes; a tree each in every round.
        case multiclass(Int)
        /// Grades 0 … 31 of documents in groups (queries), ranked by the score (Burges 2010).
        case lambdaRank

        package var outputCount: Int { if case .multiclass(let classes) = self { classes } else { 1 } }
    }

    package var objective: Objective
    package var rounds = 100
    package var learningRate = 0.12
    package var leaves = 31
    /// 0: only the number of leaves bounds a tree.
    package var maximumDepth = 0
    /// The fewest rows of a leaf, in the measure of the hessian: exact for least squares.
    package var minimumRowsPerLeaf = 20
    package var minimumHessianPerLeaf = 1e-3
    package var l2 = 1.0
    /// The gain that a split must add.
    package var minimumGain = 0.0
    /// The share of rows that each round sees, drawn anew each round; below 1 only.
    package var bagging = 1.0
    /// The share of features that each tree may use.
    package var featureFraction = 1.0
    /// For each feature 1 (the prediction may only rise with it), -1 or 0; empty: no constraint.
    package var monotone: [Int8] = []
    /// LambdaRank looks at pairs with a document among the first so many.
    package var truncation = 30
    /// Ends after so many rounds without a better validation loss, and keeps the best round; 0: never.
    package var patience = 0
    package var categorySmoothing = 10.0
    package var categoryL2 = 10.0
    /// Categories on the smaller side of a split at most.
    package var categoryLimit = 32
    package var minimumRowsPerCategory = 100
    package var seed: UInt64 = 0

    package init(_ objective: Objective) { self.objective = objective }

    /// - Throws: `invalidOption` naming what is out of range.
    package func validate(features: Int) throws(Diagnostic) {
        func require(_ condition: Bool, _ message: String) throws(Diagnostic) {
            guard condition else { throw Diagnostic(.invalidOption, message) }
        }
        if case .multiclass(let classes) = objective {
            try require(classes >= 2 && classes <= 10_000, "a classifier needs from 2 to 10000 classes")
        }
        try require(rounds >= 1 && rounds <= 100_000, "rounds must be from 1 to 100000")
        try require(learningRate > 0 && learningRate <= 10, "learning_rate must be above 0, and at most 10")
        try require(leaves >= 2 && leaves <= 4_096, "leaves must be from 2 to 4096")
        try require(maximumDepth >= 0, "max_depth must not be negative")
        try require(minimumRowsPerLeaf >= 1, "min_rows must be at least 1")
        try require(minimumHessianPerLeaf >= 0, "min_hessian must not be negative")
        try require(l2 >= 0 && l2 <= 1e12, "l2 must not be negative")
        try require(minimumGain >= 0, "min_gain must not be negative")
        try require(bagging > 0 && bagging <= 1, "bagging must be above 0, and at most 1")
        try require(featureFraction > 0 && featureFraction <= 1, "feature_fraction must be above 0, and at most 1")
        try require(
            monotone.isEmpty || monotone.count == features, "monotone needs one sign for each of \(features) features")
        try require(monotone.allSatisfy { (-1...1).contains($0) }, "monotone signs are -1, 0 and 1")
        try require(truncation >= 1, "truncation must be at least 1")
        try require(patience >= 0, "patience must not be negative")
        try require(features >= 1 && features <= 100_000, "boosted trees need from 1 to 100000 features")
        let bytes = features.multipliedReportingOverflow(by: leaves * 2_048)
        try require(
            !bytes.overflow && bytes.partialValue <= 8 << 30,
            "\(features) features and \(leaves) leaves need more than 8 GiB of histograms")
    }
}
