// The kinds `mlp` and `cnn`.

package import MartletCore
package import MartletKernels

package final class NetworkLearner: Learner {
    package static func hyperparameters(isConvolutional: Bool) -> [Hyperparameter] {
        var list = [
            Hyperparameter("hidden", .integers(1...65_536, count: 0...32), .integers([isConvolutional ? 128 : 256])),
            Hyperparameter("epochs", .integer(1...100_000), nil),
            Hyperparameter("batch", .integer(1...65_536), nil),
            Hyperparameter("learning_rate", alias: "rate", .real(1e-9...10), .real(1e-3)),
            Hyperparameter("schedule", .word(["linear", "constant"]), .word("linear")),
            Hyperparameter("weight_decay", .real(0...1), .real(0)),
            Hyperparameter("patience", .integer(0...100_000), .integer(0)),
        ]
        if isConvolutional {
            list.append(Hyperparameter("shape", .integers(1...2_048, count: 2...3), nil))
            list.append(Hyperparameter("filters", .integers(1...1_024, count: 1...8), .integers([32, 64])))
        }
        return list
    }

    private let specification: LearningSpecification
    private let options: NeuralOptions
    /// Whether all numbers are of one kind, as pixels are.
    private let isUniform: Bool
    private let shared = Prepared<TableEncoding>()
    private let sessions = ShardSessions<NeuralTraining>()

    package init(_ specification: LearningSpecification) throws(Diagnostic) {
        self.specification = specification
        let objective = specification.classes.map { NeuralOptions.Objective.classification($0) } ?? .regression
        let given = specification.hyperparameters
        var options = NeuralOptions(objective)
        if specification.kind == .cnn {
            options = NeuralOptions(objective, image: try Self.shape(specification))
            options.filters = given.integers("filters") ?? options.filters
        }
        options.hidden = given.integers("hidden") ?? options.hidden
        options.epochs = Self.epochs(given, rows: specification.rowCount)
        options.batchSize = Self.batch(specification)
        given.set("learning_rate", &options.learningRate)
        options.schedule = given.word("schedule") == "constant" ? .constant : .linear
        given.set("weight_decay", &options.weightDecay)
        given.set("patience", &options.patience)
        options.classWeights = specification.classWeights
        options.seed = specification.seed
        if specification.shards > 1 {
            // As many steps an epoch as without shards.
            let batch = options.batchSize
            options.batchSize = max(min(batch, Self.smallestBatch), batch / specification.shards)
            // The noise of smaller batches shortens Adam's steps by the root of their number, and the mean takes it away again
            // (Malladi et al. 2022's scaling rule).
            if specification.rounds > 1, options.batchSize < batch {
                options.learningRate *= (Double(batch) / Double(options.batchSize)).squareRoot()
            }
        }
        self.options = options
        if case .vector = specification.features.encoders.first, specification.features.columns.count == 1 {
            isUniform = true
        } else {
            isUniform = specification.kind == .cnn
        }
    }

    /// The epochs that are given; else enough steps for few rows, few passes over many.
    static func epochs(_ given: Hyperparameters, rows: Int) -> Int {
        given.integer("epochs") ?? min(200, max(5, rowsToSee / max(1, rows)))
    }

    private static let smallestBatch = 16

    /// The batch that is given; else small ones for few rows, so that there are enough steps, and for numbers, which take more
    /// steps to learn than classes.
    private static func batch(_ specification: LearningSpecification) -> Int {
        if let given = specification.hyperparameters.integer("batch") { return given }
        let largest = specification.kind == .cnn ? 128 : 256
        if specification.classes == nil { return largest / 4 }
        let eighth = max(smallestBatch, min(largest, specification.rowCount / 8))
        return 1 << (Int.bitWidth - 1 - eighth.leadingZeroBitCount)
    }

    /// How often shards bring their weights together: as often an epoch as there are shards, at most once a step. Further
    /// apart, their networks no longer have a mean.
    static func rounds(_ specification: LearningSpecification) -> Int {
        let rows = specification.rowCount
        let steps = rows / batch(specification)
        return epochs(specification.hyperparameters, rows: rows) * max(1, min(specification.shards, steps))
    }

    /// With fewer rows there are more epochs, until so many rows have been seen.
    private static let rowsToSee = 300_000

    /// The shape that is given, or a square, gray or colored.
    private static func shape(_ specification: LearningSpecification) throws(Diagnostic) -> NeuralOptions.ImageShape {
        let width = specification.features.width
        if let shape = specification.hyperparameters.integers("shape") {
            return .init(height: shape[0], width: shape[1], channels: shape.count > 2 ? shape[2] : 1)
        }
        guard let square = NeuralOptions.ImageShape(squareOf: width) else {
            throw Diagnostic(
                .invalidOption, "\(width) numbers a row are not a square image",
                hint: "give its shape: WITH (shape = (height, width, channels))")
        }
        return square
    }

    package func prepare(
        _ shards: [TrainingSet], validation: TrainingSet?, team: WorkerTeam, context: TrainingContext
    ) throws(Diagnostic) {
        let matrices = shards.map(\.matrix)
        let encoding =
            try isUniform
            ? .uniform(matrices, team: team)
            : TableEncoding(matrices, names: specification.features.numberNames, team: team)
        shared.set(shards, encoding, validation: validation)
    }

    package func fit(
        shard: Int, round: Int, from start: FittedModel?, team: WorkerTeam, context: TrainingContext
    ) throws(Diagnostic) -> FittedModel? {
        let (set, encoding) = try shared.get(shard)
        let validation = shared.validation.map { (matrix: $0.matrix, labels: $0.labels) }
        guard specification.rounds > 1 else {
            return .network(
                try NeuralNetwork.train(
                    set.matrix, labels: set.labels, encoding: encoding, options: options, validation: validation,
                    team: team, context: context))
        }
        var starting: NeuralNetworkModel?
        if case .network(let model) = start { starting = model }
        let training = try sessions.session(shard) { () throws(Diagnostic) in
            try NeuralTraining.begin(set.matrix, labels: set.labels, encoding: encoding, options: options, team: team)
        }
        if let starting { training.restart(from: starting) }
        try training.run(upTo: Double(options.epochs * round) / Double(specification.rounds), context) { epoch, loss in
            context.report(EpochReport(epoch: epoch, loss: loss))
        }
        return .network(training.model())
    }

    package func session(_ shard: Int) -> [UInt8]? { sessions.bytes(shard) }

    package func restore(_ shard: Int, _ session: [UInt8]) { sessions.restore(shard, session) }

    package func takeBack(_ shard: Int, round: Int) -> Bool { sessions.takeBack(shard, round: round) }
}
