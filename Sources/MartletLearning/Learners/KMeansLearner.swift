// The kind `kmeans`.

package import MartletCore
package import MartletKernels

package final class KMeansLearner: Learner {
    package static let hyperparameters = [
        Hyperparameter("clusters", .integer(1...65_536), .integer(8)),
        Hyperparameter("epochs", alias: "iterations", .integer(1...100_000), .integer(100)),
        Hyperparameter("tolerance", .real(0...1), .real(1e-4)),
    ]

    private let options: KMeansOptions
    private let features: FeatureEncoding
    private let shared = Prepared<(encoding: TableEncoding, start: KMeansModel?)>()

    package init(_ specification: LearningSpecification) throws(Diagnostic) {
        let given = specification.hyperparameters
        var options = KMeansOptions(clusters: given.integer("clusters") ?? 8)
        given.set("epochs", &options.epochs)
        given.set("tolerance", &options.tolerance)
        options.seed = specification.seed
        self.options = options
        features = specification.features
    }

    package func prepare(
        _ shards: [TrainingSet], validation: TrainingSet?, team: WorkerTeam, context: TrainingContext
    ) throws(Diagnostic) {
        let encoding = try TableEncoding(shards.map(\.matrix), names: features.numberNames, team: team)
        // Centers of different shards mean the same only if they start at the same places.
        var start: KMeansModel?
        if shards.count > 1, let first = shards.first {
            var options = options
            options.epochs = 1
            start = try KMeans.train(first.matrix, encoding: encoding, options: options, team: team, context: context)
        }
        shared.set(shards, (encoding, start))
    }

    package func fit(
        shard: Int, round: Int, from start: FittedModel?, team: WorkerTeam, context: TrainingContext
    ) throws(Diagnostic) -> FittedModel? {
        let (set, prepared) = try shared.get(shard)
        var starting = prepared.start
        if case .kMeans(let model) = start { starting = model }
        return .kMeans(
            try KMeans.train(
                set.matrix, encoding: prepared.encoding, options: options, start: starting, team: team,
                context: context))
    }
}
