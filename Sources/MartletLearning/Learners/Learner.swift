// The interface between TRAIN and the learners: shards that share what they must, and are fitted each by itself.

package import MartletCore
package import MartletKernels

/// Encoded rows: of a shard, or held out.
package struct TrainingSet: Sendable {
    /// For kinds that read numbers.
    package var matrix: FeatureMatrix
    /// For kinds that read texts; and the other side of pairs.
    package var documents = TextDocuments()
    package var partners = TextDocuments()
    /// Classes or numbers, one a row; empty without a label.
    package var labels: [Float] = []
    /// Of a ranking: the sizes of the groups of rows that follow each other.
    package var groupSizes: [Int] = []

    package init(matrix: FeatureMatrix) { self.matrix = matrix }

    package var rowCount: Int { max(matrix.rowCount, documents.count) }
}

/// Fits one kind of model. The order of calls: `prepare` once, then `fit` for each shard in each round, from several threads,
/// each shard's by one at a time.
package protocol Learner: AnyObject, Sendable {
    /// What all shards share: scales of numbers, bins, a vocabulary.
    ///
    /// - Parameter team: may be used by this call alone.
    func prepare(
        _ shards: [TrainingSet], validation: TrainingSet?, team: WorkerTeam, context: TrainingContext
    ) throws(Diagnostic)

    /// Fits a shard, from the model of the round before if there is one.
    ///
    /// - Returns: nil of kinds whose shards keep their weights in their sessions: then `share` is called after all have been
    ///   fitted, and `finish` after the last round.
    func fit(
        shard: Int, round: Int, from start: FittedModel?, team: WorkerTeam, context: TrainingContext
    ) throws(Diagnostic) -> FittedModel?

    /// Lets all shards' sessions go on from the mean of their weights.
    ///
    /// - Parameter rows: how many each shard has.
    func share(_ rows: [Int], team: WorkerTeam)

    /// The model of the weights that the sessions keep, after the last `share`; nil: there is none.
    ///
    /// - Parameter rows: how many each shard has.
    func finish(_ rows: [Int], team: WorkerTeam) throws(Diagnostic) -> FittedModel?

    /// How many bytes the weights have that the shard's session keeps, and their checksum.
    func digest(_ shard: Int) -> (byteCount: Int, checksum: UInt32)?

    /// What a shard keeps from round to round, beside the mean; nil: nothing. Between rounds.
    func session(_ shard: Int) -> [UInt8]?

    /// Takes up what `session` gave in another process, before the first `fit`.
    func restore(_ shard: Int, _ session: [UInt8])

    /// After a `fit` that failed: whether the shard is, or can be made, what it was before this round.
    func takeBack(_ shard: Int, round: Int) -> Bool
}

extension Learner {
    package func share(_ rows: [Int], team: WorkerTeam) {}

    package func finish(_ rows: [Int], team: WorkerTeam) throws(Diagnostic) -> FittedModel? { nil }

    package func digest(_ shard: Int) -> (byteCount: Int, checksum: UInt32)? { nil }

    package func session(_ shard: Int) -> [UInt8]? { nil }

    package func restore(_ shard: Int, _ session: [UInt8]) {}

    package func takeBack(_ shard: Int, round: Int) -> Bool { true }
}

/// The parameters that a learner found.
package enum FittedModel: Sendable {
    case linear(LinearModel)
    case boostedTrees(BoostedTreesModel)
    case network(NeuralNetworkModel)
    case textClassifier(TextClassifierModel)
    case embedding(EmbeddingModel)
    case kMeans(KMeansModel)

    /// The mean of the shards' weights, each weighing as much as it has rows.
    ///
    /// - Throws: `trainingFailed` for models that do not fit each other.
    package static func mean(
        _ models: [(model: FittedModel, rows: Int)], team: WorkerTeam
    ) throws(Diagnostic) -> FittedModel {
        func all<Model>(_ extract: (FittedModel) -> Model?) throws(Diagnostic) -> [(model: Model, rows: Int)] {
            let parts = models.compactMap { part in extract(part.model).map { (model: $0, rows: part.rows) } }
            guard parts.count == models.count else {
                throw Diagnostic(.trainingFailed, "the shards' models do not fit each other")
            }
            return parts
        }
        switch models.first?.model {
        case nil: throw Diagnostic(.nothingToTrain, "there are no shards")
        case .linear:
            return .linear(try .mean(try all { if case .linear(let model) = $0 { model } else { nil } }, team: team))
        case .network:
            return .network(try .mean(try all { if case .network(let model) = $0 { model } else { nil } }, team: team))
        case .textClassifier:
            return .textClassifier(
                try .mean(try all { if case .textClassifier(let model) = $0 { model } else { nil } }, team: team))
        case .kMeans:
            return .kMeans(try .mean(try all { if case .kMeans(let model) = $0 { model } else { nil } }, team: team))
        case .embedding:
            return .embedding(
                try .mean(try all { if case .embedding(let model) = $0 { model } else { nil } }, team: team))
        case .boostedTrees:
            guard models.count == 1 else { throw Diagnostic(.trainingFailed, "models of this kind have no mean") }
            return models[0].model
        }
    }

    /// What the case holds.
    var stored: any StoredModel {
        switch self {
        case .linear(let model): model
        case .boostedTrees(let model): model
        case .network(let model): model
        case .textClassifier(let model): model
        case .embedding(let model): model
        case .kMeans(let model): model
        }
    }

    package init(_ kind: LearnerKind, bytes: [UInt8]) throws(Diagnostic) {
        switch kind {
        case .linear: self = .linear(try LinearModel(bytes: bytes))
        case .boostedTrees: self = .boostedTrees(try BoostedTreesModel(bytes: bytes))
        case .mlp, .cnn: self = .network(try NeuralNetworkModel(bytes: bytes))
        case .textClassifier: self = .textClassifier(try TextClassifierModel(bytes: bytes))
        case .embedding: self = .embedding(try EmbeddingModel(bytes: bytes))
        case .kmeans: self = .kMeans(try KMeansModel(bytes: bytes))
        }
    }
}
