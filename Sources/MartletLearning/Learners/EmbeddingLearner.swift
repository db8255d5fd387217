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

    private let specification: LearningSpecification
    private let options: EmbeddingOptions
    private let hasPairs: Bool
    private let shared = Prepared<Vocabulary>()
    private let sessions = ShardSessions<TwoTowerTraining>()

    /// The vocabulary of all rows, and each shard's pairs over it.
    private struct Vocabulary: Sendable {
        var vocabulary: TextVocabulary
        var parts: [TextEmbedding.Pairs]
    }

    static func epochs(_ given: Hyperparameters) -> Int { given.integer("epochs") ?? EmbeddingOptions().epochs }

    package init(_ specification: LearningSpecification) throws(Diagnostic) {
        var options = EmbeddingOptions()
        let given = specification.hyperparameters
        given.set("dimension", &options.dimension)
        given.set("epochs", &options.epochs)
        given.set("batch", &options.batchSize)
        given.set("learning_rate", &options.learningRate)
        given.set("temperature", &options.temperature)
        options.seed = specification.seed
        // As many steps an epoch as without shards.
        if specification.shards > 1 { options.batchSize = max(16, options.batchSize / specification.shards) }
        try options.validate()
        self.options = options
        self.specification = specification
        hasPairs = specification.features.columns.count == 2
    }

    package func prepare(
        _ shards: [TrainingSet], validation: TrainingSet?, team: WorkerTeam, context: TrainingContext
    ) throws(Diagnostic) {
        var parts: [(left: TextDocuments, right: TextDocuments)] = []
        for shard in shards {
            parts.append(hasPairs ? (shard.documents, shard.partners) : try TextEmbedding.halves(shard.documents))
        }
        let prepared = try TextEmbedding.prepare(parts, options: options, team: team, context: context)
        shared.set(
            shards.map { _ in TrainingSet(matrix: .empty) },
            Vocabulary(vocabulary: prepared.vocabulary, parts: prepared.parts))
    }

    package func fit(
        shard: Int, round: Int, from start: FittedModel?, team: WorkerTeam, context: TrainingContext
    ) throws(Diagnostic) -> FittedModel? {
        let (_, prepared) = try shared.get(shard)
        let part = prepared.parts[shard]
        let vocabulary = prepared.vocabulary
        guard specification.rounds > 1 else {
            return .embedding(
                try TextEmbedding.fit(part, vocabulary, options: options, team: team, context: context))
        }
        let training = try sessions.session(shard) { () throws(Diagnostic) in
            try TwoTowerTraining(
                left: part.left, right: part.right, features: (vocabulary.featureCount, vocabulary.featureCount),
                pairs: part.pairs, options: options, start: nil, team: team)
        }
        if case .embedding(let model) = start { training.restart(from: (model.left, model.right)) }
        let first = options.epochs * (round - 1) / specification.rounds
        let last = options.epochs * round / specification.rounds
        for epoch in first..<last {
            let loss = try training.runEpoch(epoch + 1, context)
            context.report(EpochReport(epoch: epoch + 1, loss: loss))
        }
        let tables = training.tables
        return .embedding(
            EmbeddingModel(
                features: options.features, vocabulary: vocabulary, left: tables.left, right: tables.right))
    }

    package func session(_ shard: Int) -> [UInt8]? { sessions.bytes(shard) }

    package func restore(_ shard: Int, _ session: [UInt8]) { sessions.restore(shard, session) }

    package func takeBack(_ shard: Int, round: Int) -> Bool { sessions.takeBack(shard, round: round) }
}
