// The kinds of models that learn from rows.

package import MartletCore

package enum LearnerKind: String, Hashable, Sendable, CaseIterable {
    case linear, boostedTrees = "boosted_trees", mlp, cnn, textClassifier = "text_classifier", embedding, kmeans

    /// Whether it reads TEXT columns only.
    package var readsTexts: Bool { self == .textClassifier || self == .embedding }

    /// Whether it learns from a LABEL.
    package var hasLabel: Bool { self != .kmeans && self != .embedding }

    /// What it can learn.
    package var tasks: [LearningTask] {
        switch self {
        case .linear, .mlp, .cnn: [.classification, .regression]
        case .boostedTrees: [.classification, .regression, .ranking]
        case .textClassifier: [.classification]
        case .embedding, .kmeans: []
        }
    }

    /// How the models of shards become one: their weights' mean, or the mean of what they predict.
    package enum Aggregate: String, Hashable, Sendable { case mean, ensemble }

    /// Whether the mean of weights means something.
    package var hasMean: Bool { self != .boostedTrees }

    package var standardAggregate: Aggregate { hasMean ? .mean : .ensemble }

    package var hyperparameters: [Hyperparameter] {
        switch self {
        case .linear: LinearLearner.hyperparameters
        case .boostedTrees: BoostedTreesLearner.hyperparameters
        case .mlp: NetworkLearner.hyperparameters(isConvolutional: false)
        case .cnn: NetworkLearner.hyperparameters(isConvolutional: true)
        case .textClassifier: TextClassifierLearner.hyperparameters
        case .embedding: EmbeddingLearner.hyperparameters
        case .kmeans: KMeansLearner.hyperparameters
        }
    }

    /// A learner for these settings.
    package func makeLearner(_ specification: LearningSpecification) throws(Diagnostic) -> any Learner {
        switch self {
        case .linear: try LinearLearner(specification)
        case .boostedTrees: try BoostedTreesLearner(specification)
        case .mlp, .cnn: try NetworkLearner(specification)
        case .textClassifier: try TextClassifierLearner(specification)
        case .embedding: try EmbeddingLearner(specification)
        case .kmeans: try KMeansLearner(specification)
        }
    }
}

/// What is to be learned, apart from the rows.
package struct LearningSpecification: Sendable {
    package var kind: LearnerKind
    package var hyperparameters: Hyperparameters
    package var features: FeatureEncoding
    /// nil where there is no label.
    package var label: LabelEncoding?
    package var task: LearningTask?
    /// What a row of each class counts; empty: all 1.
    package var classWeights: [Double] = []
    /// For each number of a row 1, -1 or 0, as `TrainingRequest.monotone`; empty: no constraint.
    package var monotone: [Int8] = []
    package var seed: UInt64
    /// All training rows, over all shards.
    package var rowCount = 0
    package var shards = 1
    /// How often the shards' models are brought together.
    package var rounds = 1

    package init(
        kind: LearnerKind, hyperparameters: Hyperparameters, features: FeatureEncoding, label: LabelEncoding?,
        task: LearningTask?, seed: UInt64
    ) {
        self.kind = kind
        self.hyperparameters = hyperparameters
        self.features = features
        self.label = label
        self.task = task
        self.seed = seed
    }

    var classes: Int? { label?.classes?.count }
}
