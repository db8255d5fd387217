// The kind `text_classifier`.

package import MartletCore
package import MartletKernels

package final class TextClassifierLearner: Learner {
    package static let hyperparameters = [
        Hyperparameter("epochs", .integer(1...100_000), nil),
        Hyperparameter("cost", .real(1e-9...1e6), .real(2)),
        Hyperparameter("tolerance", .real(0...1e6), .real(0.1)),
        Hyperparameter("char_weight", .real(1e-6...1_000), .real(0.7)),
        Hyperparameter("word_ngrams", .integer(0...8), .integer(3)),
        Hyperparameter("char_ngrams", .integers(0...16, count: 1...2), .integers([3, 5])),
    ]

    private let specification: LearningSpecification
    private let options: TextClassifierOptions
    private let shared = Prepared<Vocabulary>()
    private let sessions = ShardSessions<DualCoordinateDescent>()

    /// The vocabulary of all rows, and each shard's rows over its places.
    private struct Vocabulary: Sendable {
        var vocabulary: TextVocabulary
        var places: FeaturePlaces
        var rows: [SparseRows]
    }

    package init(_ specification: LearningSpecification) throws(Diagnostic) {
        self.specification = specification
        var options = TextClassifierOptions()
        let given = specification.hyperparameters
        given.set("epochs", &options.epochs)
        given.set("cost", &options.cost)
        given.set("tolerance", &options.tolerance)
        given.set("char_weight", &options.characterWeight)
        given.set("word_ngrams", &options.features.wordGrams)
        if let lengths = given.integers("char_ngrams"), let last = lengths.last {
            options.features.shortestCharacterGram = lengths[0]
            options.features.longestCharacterGram = last
        }
        options.classWeights = specification.classWeights
        options.seed = specification.seed
        try options.validate(classes: max(2, specification.classes ?? 2))
        self.options = options
    }

    package func prepare(
        _ shards: [TrainingSet], validation: TrainingSet?, team: WorkerTeam, context: TrainingContext
    ) throws(Diagnostic) {
        try context.check()
        let hashed = HashedDocuments.hash(shards.map(\.documents), options: options.features, team: team)
        try context.check()
        let vocabulary = TextVocabulary(
            DocumentFrequencies(Array(hashed.joined()), team: team),
            minimumDocuments: (options.minimumWordDocuments, options.minimumCharacterDocuments),
            characterWeight: Float(options.characterWeight), team: team)
        // The first feature is the constant.
        if vocabulary.featureCount < 2 {
            throw Diagnostic(.nothingToTrain, "the texts have no words or parts of words to learn from")
        }
        var rows: [SparseRows] = []
        for pieces in hashed {
            try context.check()
            rows.append(
                try SparseRows(pieces, vocabulary: vocabulary, team: team, memory: context.memory))
        }
        let labels = shards.map { shard in
            var labels = shard
            labels.documents = TextDocuments()
            return labels
        }
        let places = FeaturePlaces(rows, vocabulary: vocabulary, team: team)
        shared.set(labels, Vocabulary(vocabulary: vocabulary, places: places, rows: rows))
    }

    package func fit(
        shard: Int, round: Int, from start: FittedModel?, team: WorkerTeam, context: TrainingContext
    ) throws(Diagnostic) -> FittedModel? {
        let (set, prepared) = try shared.get(shard)
        let labels = set.labels.map { Int32($0) }
        let classes = max(2, specification.classes ?? 2)
        let rows = prepared.rows[shard]
        guard specification.rounds > 1 else {
            return .textClassifier(
                try TextClassifier.fit(
                    rows, places: prepared.places, shard: shard, vocabulary: prepared.vocabulary, labels: labels,
                    classes: classes, options: options, team: team, context: context))
        }
        let descent = try sessions.session(shard) { () throws(Diagnostic) in
            try TextClassifier.begin(
                rows, places: prepared.places, shard: shard, labels: labels, classes: classes, options: options,
                amplification: Float(specification.rowCount) / Float(rows.rowCount), team: team, memory: context.memory)
        }
        try descent.run(upTo: options.epochs * round / specification.rounds, context)
        return nil
    }

    package func share(_ rows: [Int], team: WorkerTeam) {
        DualCoordinateDescent.share(sessions.all(rows.count), rows: rows, team: team)
    }

    package func finish(_ rows: [Int], team: WorkerTeam) throws(Diagnostic) -> FittedModel? {
        let prepared = try shared.get(0).1
        return .textClassifier(
            try TextClassifier.model(
                of: sessions.all(rows.count), rows: rows, places: prepared.places, vocabulary: prepared.vocabulary,
                classes: max(2, specification.classes ?? 2), options: options, team: team))
    }

    package func digest(_ shard: Int) -> (byteCount: Int, checksum: UInt32)? { sessions.known(shard)?.digest() }

    package func session(_ shard: Int) -> [UInt8]? { sessions.bytes(shard) }

    package func restore(_ shard: Int, _ session: [UInt8]) { sessions.restore(shard, session) }

    package func takeBack(_ shard: Int, round: Int) -> Bool { sessions.takeBack(shard, round: round) }

    /// How often shards bring their weights together: with more, copying them costs what is gained.
    static func rounds(_ given: Hyperparameters, shards: Int) -> Int {
        min(given.integer("epochs") ?? standardEpochs(shards: shards), 5 * passes(shards))
    }

    /// - Parameter shards: that bring their weights together.
    static func standardEpochs(shards: Int) -> Int { TextClassifierOptions().epochs * passes(shards) }

    /// Many shards take shorter steps, and more of them.
    private static func passes(_ shards: Int) -> Int { max(1, min(shards, 6) / 2) }
}
