// The kind `linear`: least squares, logistic regression, softmax.

package import MartletCore
package import MartletKernels

package final class LinearLearner: Learner {
    package static let hyperparameters = [
        Hyperparameter("l2", .real(0...1e12), .real(1)), Hyperparameter("l1", .real(0...1e12), .real(0)),
        Hyperparameter("iterations", alias: "epochs", .integer(1...100_000), .integer(200)),
        Hyperparameter("tolerance", .real(0...1), .real(1e-6)),
    ]

    private let specification: LearningSpecification
    private let options: LinearOptions
    private let shared = Prepared<TableEncoding>()

    package init(_ specification: LearningSpecification) throws(Diagnostic) {
        self.specification = specification
        var options = LinearOptions(specification.classes.map { .classification($0) } ?? .regression)
        let given = specification.hyperparameters
        given.set("l2", &options.l2)
        given.set("l1", &options.l1)
        given.set("iterations", &options.iterations)
        given.set("tolerance", &options.tolerance)
        options.classWeights = specification.classWeights
        self.options = options
    }

    package func prepare(
        _ shards: [TrainingSet], validation: TrainingSet?, team: WorkerTeam, context: TrainingContext
    ) throws(Diagnostic) {
        let encoding = try TableEncoding(
            shards.map(\.matrix), names: specification.features.numberNames, team: team)
        shared.set(shards, encoding)
    }

    package func fit(
        shard: Int, round: Int, from start: FittedModel?, team: WorkerTeam, context: TrainingContext
    ) throws(Diagnostic) -> FittedModel? {
        let (set, encoding) = try shared.get(shard)
        var starting: LinearModel?
        if case .linear(let model) = start { starting = model }
        // The penalty is beside the sum of all rows' losses; a shard has its part of both.
        var options = options
        let share = Double(set.rowCount) / Double(max(1, specification.rowCount))
        if specification.shards > 1 {
            options.l2 *= share
            options.l1 *= share
            // What shards find differs by far more.
            options.tolerance = min(1, 10 * options.tolerance)
        }
        return .linear(
            try Linear.train(
                set.matrix, labels: set.labels, encoding: encoding, options: options, start: starting, team: team,
                context: context))
    }
}

/// What `prepare` leaves for `fit`.
///
/// `@unchecked Sendable`: written once by `prepare`, before any `fit`.
final class Prepared<Shared: Sendable>: @unchecked Sendable {
    private var sets: [TrainingSet] = []
    private var shared: Shared?
    private(set) var validation: TrainingSet?

    func set(_ sets: [TrainingSet], _ shared: Shared, validation: TrainingSet? = nil) {
        self.sets = sets
        self.shared = shared
        self.validation = validation
    }

    func get(_ shard: Int) throws(Diagnostic) -> (TrainingSet, Shared) {
        guard let shared, sets.indices.contains(shard) else {
            throw Diagnostic(.trainingFailed, "a shard was fitted before it was prepared")
        }
        return (sets[shard], shared)
    }
}
