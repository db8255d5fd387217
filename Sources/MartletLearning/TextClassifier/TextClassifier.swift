// Classification of texts.

package import MartletCore
package import MartletKernels

package struct TextClassifierOptions: Hashable, Sendable {
    package var features = TextFeatureOptions()
    /// How much a wrong row costs beside the length of the weights: larger fits closer.
    package var cost = 2.0
    package var epochs = 15
    package var tolerance = 0.1
    package var characterWeight = 0.7
    /// In how many documents an n-gram has to occur.
    package var minimumWordDocuments = 1
    package var minimumCharacterDocuments = 2
    /// What a row of each class counts; empty: all 1.
    package var classWeights: [Double] = []
    package var seed: UInt64 = 0

    package init() {}

    package func validate(classes: Int) throws(Diagnostic) {
        try features.validate()
        func require(_ condition: Bool, _ message: String) throws(Diagnostic) {
            guard condition else { throw Diagnostic(.invalidOption, message) }
        }
        try require(classes >= 2 && classes <= 100_000, "a classifier needs from 2 to 100000 classes")
        try require(cost > 0 && cost <= 1e6, "cost must be above 0, and at most 1000000")
        try require(epochs >= 1 && epochs <= 100_000, "epochs must be from 1 to 100000")
        try require(tolerance >= 0, "tolerance must not be negative")
        try require(characterWeight > 0 && characterWeight <= 1_000, "char_weight must be above 0, and at most 1000")
        try require(
            minimumWordDocuments >= 1 && minimumCharacterDocuments >= 1, "min_documents must be at least 1")
        try require(
            classWeights.isEmpty || classWeights.count == classes, "class_weights needs a weight for each class")
        try require(
            classWeights.allSatisfy { $0 > 0 && $0 <= 1e6 }, "class_weights must be above 0, and at most 1000000")
    }
}

/// Hashed n-grams of words and characters in a linear model. Training has stages, so that shards may hash and count their
/// own rows, share one vocabulary, and go on from shared weights: `HashedDocuments.hash`, `DocumentFrequencies.init`,
/// `TextVocabulary.init`, `SparseRows.init`, `FeaturePlaces.init`, `fit`.
package enum TextClassifier {
    /// All stages on one set of documents. O(bytes + epochs · features of documents · classes).
    ///
    /// - Parameter labels: classes 0 ..< classes, one a document.
    /// - Throws: `nothingToTrain`, `trainingFailed` for labels that are no classes or all the same, `invalidOption`.
    package static func train(
        _ documents: TextDocuments, labels: [Int32], classes: Int, options: TextClassifierOptions, team: WorkerTeam,
        context: TrainingContext = TrainingContext()
    ) throws(Diagnostic) -> TextClassifierModel {
        try options.validate(classes: classes)
        try validate(labels, classes, rows: documents.count)
        try context.check()
        let hashed = HashedDocuments.hash(documents, options: options.features, team: team)
        try context.check()
        let vocabulary = TextVocabulary(
            DocumentFrequencies(hashed, team: team),
            minimumDocuments: (options.minimumWordDocuments, options.minimumCharacterDocuments),
            characterWeight: Float(options.characterWeight), team: team)
        let rows = SparseRows(hashed, vocabulary: vocabulary, team: team)
        return try fit(
            rows, places: FeaturePlaces([rows], vocabulary: vocabulary, team: team), vocabulary: vocabulary,
            labels: labels, classes: classes, options: options, team: team, context: context)
    }

    /// The weights, given rows over a vocabulary with places for its features' numbers: those of the shard.
    package static func fit(
        _ rows: SparseRows, places: FeaturePlaces, shard: Int = 0, vocabulary: TextVocabulary, labels: [Int32],
        classes: Int, options: TextClassifierOptions, team: WorkerTeam, context: TrainingContext = TrainingContext()
    ) throws(Diagnostic) -> TextClassifierModel {
        let descent = try begin(
            rows, places: places, shard: shard, labels: labels, classes: classes, options: options, team: team,
            memory: context.memory)
        if let saved = context.checkpoint?.saved {
            var reader = try ModelReader(saved, .checkpoint)
            try descent.restore(from: &reader)
            try reader.finish()
        }
        try descent.run(upTo: options.epochs, context)
        return TextClassifierModel(
            features: options.features, vocabulary: vocabulary, classes: classes,
            weights: try DualCoordinateDescent.weights(of: [descent], only: shard, places: places, team: team),
            sharpness: descent.sharpness())
    }

    /// A training whose epochs the caller runs.
    ///
    /// - Parameter amplification: all shards' rows for each of these.
    package static func begin(
        _ rows: SparseRows, places: FeaturePlaces, shard: Int, labels: [Int32], classes: Int,
        options: TextClassifierOptions, amplification: Float = 1, team: WorkerTeam, memory: TrainingMemory
    ) throws(Diagnostic) -> DualCoordinateDescent {
        try options.validate(classes: classes)
        try validate(labels, classes, rows: rows.rowCount)
        return try DualCoordinateDescent(
            DualCoordinateDescent.Problem(
                rows: rows, places: places.shards[shard], labels: labels, classes: classes,
                costs: (0..<classes).map {
                    Float(options.cost * (options.classWeights.isEmpty ? 1 : options.classWeights[$0]))
                }, epochs: options.epochs, tolerance: Float(options.tolerance), amplification: amplification,
                seed: options.seed), team: team, memory: memory)
    }

    /// What all shards found together, after `DualCoordinateDescent.share`.
    ///
    /// - Parameter rows: how many each shard has.
    package static func model(
        of shards: [DualCoordinateDescent], rows: [Int], places: FeaturePlaces, vocabulary: TextVocabulary,
        classes: Int, options: TextClassifierOptions, team: WorkerTeam
    ) throws(Diagnostic) -> TextClassifierModel {
        var sharpness = [Float](repeating: 1, count: shards.count)
        sharpness.withUnsafeMutableBufferPointer { sharpness in
            nonisolated(unsafe) let sharpness = sharpness
            team.run(shards.count) { sharpness[$0] = shards[$0].sharpness() }
        }
        return TextClassifierModel(
            features: options.features, vocabulary: vocabulary, classes: classes,
            weights: try DualCoordinateDescent.weights(of: shards, places: places, team: team),
            sharpness: WeightMean.mean(zip(sharpness, rows).map { ($0, $1) }, team: team))
    }

    private static func validate(_ labels: [Int32], _ classes: Int, rows: Int) throws(Diagnostic) {
        guard rows > 0 else { throw Diagnostic(.nothingToTrain, "there are no rows to train on") }
        guard labels.count == rows else {
            throw Diagnostic(.typeMismatch, "\(labels.count) labels for \(rows) rows")
        }
        guard labels.allSatisfy({ $0 >= 0 && Int($0) < classes }) else {
            throw Diagnostic(.trainingFailed, "a label is not a class from 0 to \(classes - 1)")
        }
        guard labels.contains(where: { $0 != labels[0] }) else {
            throw Diagnostic(.trainingFailed, "all rows have the same class, so there is nothing to tell apart")
        }
    }
}

/// How sure scores are.
enum Calibration {
    /// The factor on scores that makes their softmax most likely for rows that the weights do not know (Guo et al. 2017's
    /// temperature), 1 without rows: by golden section on the logarithm of the factor, from 1/8 to 64.
    static func sharpness(scores: [Float], labels: [Int32], classes: Int) -> Float {
        guard !labels.isEmpty else { return 1 }
        func loss(_ factor: Float) -> Double {
            var sum = 0.0
            var row = [Float](repeating: 0, count: classes)
            for (number, label) in labels.enumerated() {
                if classes == 2 {
                    row[1] = scores[number] * factor
                    row[0] = -row[1]
                } else {
                    for column in 0..<classes { row[column] = scores[number * classes + column] * factor }
                }
                Probabilities.softmax(&row, classes)
                var probability = max(row[Int(label)], 1e-30)
                Elementwise.log(&probability, 1)
                sum -= Double(probability)
            }
            return sum
        }
        func factor(_ exponent: Float) -> Float {
            var value = exponent
            Elementwise.exp(&value, 1)
            return value
        }
        var low: Float = -2.1
        var high: Float = 4.2
        let ratio: Float = 0.618_034
        var left = high - ratio * (high - low)
        var right = low + ratio * (high - low)
        var leftLoss = loss(factor(left))
        var rightLoss = loss(factor(right))
        for _ in 0..<9 {
            if leftLoss <= rightLoss {
                high = right
                right = left
                rightLoss = leftLoss
                left = high - ratio * (high - low)
                leftLoss = loss(factor(left))
            } else {
                low = left
                left = right
                leftLoss = rightLoss
                right = low + ratio * (high - low)
                rightLoss = loss(factor(right))
            }
        }
        return factor((low + high) / 2)
    }
}
