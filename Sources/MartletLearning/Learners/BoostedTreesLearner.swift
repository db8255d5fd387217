// The kind `boosted_trees`.

package import MartletCore
package import MartletKernels

package final class BoostedTreesLearner: Learner {
    package static let hyperparameters = [
        Hyperparameter("rounds", .integer(1...100_000), .integer(100)),
        Hyperparameter("learning_rate", alias: "rate", .real(1e-6...10), .real(0.12)),
        Hyperparameter("leaves", .integer(2...4_096), .integer(31)),
        Hyperparameter("max_depth", .integer(0...4_096), .integer(0)),
        Hyperparameter("min_rows", .integer(1...1_000_000_000), .integer(20)),
        Hyperparameter("l2", .real(0...1e12), .real(1)), Hyperparameter("min_gain", .real(0...1e12), .real(0)),
        Hyperparameter("bagging", .real(0.01...1), .real(1)),
        Hyperparameter("feature_fraction", .real(0.01...1), .real(1)),
        Hyperparameter("patience", .integer(0...100_000), .integer(0)),
    ]

    private let options: BoostedTreesOptions
    private let shared = Prepared<[BinnedMatrix]>()
    private let heldOut = Prepared<BinnedMatrix?>()

    package init(_ specification: LearningSpecification) throws(Diagnostic) {
        var objective = BoostedTreesOptions.Objective.regression
        if specification.task == .ranking {
            objective = .lambdaRank
        } else if let classes = specification.classes {
            objective = classes == 2 ? .binary : .multiclass(classes)
        }
        var options = BoostedTreesOptions(objective)
        let given = specification.hyperparameters
        given.set("rounds", &options.rounds)
        given.set("learning_rate", &options.learningRate)
        given.set("leaves", &options.leaves)
        given.set("max_depth", &options.maximumDepth)
        given.set("min_rows", &options.minimumRowsPerLeaf)
        given.set("l2", &options.l2)
        given.set("min_gain", &options.minimumGain)
        given.set("bagging", &options.bagging)
        given.set("feature_fraction", &options.featureFraction)
        given.set("patience", &options.patience)
        options.monotone = specification.monotone
        options.seed = specification.seed
        self.options = options
        classWeights = specification.classWeights
    }

    private let classWeights: [Double]

    package func prepare(
        _ shards: [TrainingSet], validation: TrainingSet?, team: WorkerTeam, context: TrainingContext
    ) throws(Diagnostic) {
        guard let first = shards.first else { throw Diagnostic(.nothingToTrain, "there are no shards") }
        let binning = try FeatureBinning(shards.map(\.matrix), kinds: first.matrix.kinds, team: team)
        var binned: [BinnedMatrix] = []
        for shard in shards {
            try context.check()
            binned.append(try BinnedMatrix(shard.matrix, binning: binning, team: team))
        }
        shared.set(shards.map(\.withoutMatrix), binned)
        if let validation {
            heldOut.set(
                [validation.withoutMatrix], try BinnedMatrix(validation.matrix, binning: binning, team: team))
        } else {
            heldOut.set([], nil)
        }
    }

    package func fit(
        shard: Int, round: Int, from start: FittedModel?, team: WorkerTeam, context: TrainingContext
    ) throws(Diagnostic) -> FittedModel? {
        let (set, matrices) = try shared.get(shard)
        var validation: BoostedTreesData?
        if let (held, matrix) = try? heldOut.get(0), let matrix { validation = data(held, matrix) }
        return .boostedTrees(
            try BoostedTrees.train(
                data(set, matrices[shard]), validation: validation, options: options, team: team, context: context))
    }

    private func data(_ set: TrainingSet, _ matrix: BinnedMatrix) -> BoostedTreesData {
        BoostedTreesData(
            matrix: matrix, labels: set.labels,
            weights: classWeights.isEmpty ? [] : set.labels.map { Float(classWeights[Int($0)]) },
            groupSizes: set.groupSizes)
    }
}

extension TrainingSet {
    /// The labels alone, so that the numbers may go once they are binned.
    var withoutMatrix: TrainingSet {
        var copy = self
        copy.matrix = FeatureMatrix.empty
        return copy
    }
}
