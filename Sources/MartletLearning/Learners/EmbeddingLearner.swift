// The kind `embedding`: vectors of texts, from a column or from pairs of columns.

package import MartletCore
package import MartletKernels

package final class EmbeddingLearner: Learner {
    package static let hyperparameters = [
        Hyperparameter("dimension", .integer(1...4_096), .integer(EmbeddingOptions().dimension)),
        Hyperparameter("epochs", .integer(1...100_000), .integer(EmbeddingOptions().epochs)),
        Hyperparameter("batch", .integer(2...16_384), .integer(EmbeddingOptions().batchSize)),
        Hyperparameter("learning_rate", alias: "rate", .real(1e-9...10), .real(EmbeddingOptions().learningRate)),
        Hyperparameter("temperature", .real(1e-3...100), .real(EmbeddingOptions().temperature)),
    ]

    private let options: EmbeddingOptions
    private let hasPairs: Bool
    private let shared = Prepared<Bool>()

    package init(_ specification: LearningSpecification) throws(Diagnostic) {
        var options = EmbeddingOptions()
        let given = specification.hyperparameters
        given.set("dimension", &options.dimension)
        given.set("epochs", &options.epochs)
        given.set("batch", &options.batchSize)
        given.set("learning_rate", &options.learningRate)
        given.set("temperature", &options.temperature)
        options.seed = specification.seed
        try options.validate()
        self.options = options
        hasPairs = specification.features.columns.count == 2
    }

    package func prepare(
        _ shards: [TrainingSet], validation: TrainingSet?, team: WorkerTeam, context: TrainingContext
    ) throws(Diagnostic) {
        shared.set(shards, true)
    }

    package func fit(
        shard: Int, round: Int, from start: FittedModel?, team: WorkerTeam, context: TrainingContext
    ) throws(Diagnostic) -> FittedModel {
        let (set, _) = try shared.get(shard)
        return .embedding(
            try hasPairs
                ? TextEmbedding.train(
                    left: set.documents, right: set.partners, options: options, team: team, context: context)
                : TextEmbedding.train(set.documents, options: options, team: team, context: context))
    }
}
