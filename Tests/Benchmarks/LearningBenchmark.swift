// The learners alone: seconds to train, accuracy on rows held out, predictions a second.

import MartletCore
import MartletKernels
import MartletLearning

enum LearningBenchmark {
    static let kinds = ["text_classifier", "boosted_trees", "linear", "mlp", "cnn"]

    /// One line for each learner that the data is for.
    ///
    /// - Parameter only: the kinds to run; empty: all.
    static func run(_ data: LearningData, only: [String], threads: Int = 2) throws -> [Figures] {
        let team = WorkerTeam(threads: threads)
        var lines: [Figures] = []
        for kind in kinds where only.isEmpty || only.contains(kind) {
            guard data.isText == (kind == "text_classifier"), kind != "cnn" || data.imageShape != nil else { continue }
            var figures = Figures(task: "learn")
            figures.add("data", data.name)
            figures.add("kind", kind)
            figures.add("threads", threads)
            figures.add("rows", data.train.labels.count)
            figures.add("classes", data.classes.count)
            let outcome = try outcome(of: kind, data, team)
            figures.add("train_s", outcome.trainSeconds)
            figures.add("rows_per_s", Double(data.train.labels.count) / outcome.trainSeconds)
            figures.add("predict_rows_per_s", Double(data.test.labels.count) / outcome.predictSeconds)
            figures.add("model_bytes", outcome.bytes)
            figures.add("accuracy", accuracy(outcome.probabilities, data.test.labels, data.classes.count))
            lines.append(figures)
        }
        return lines
    }

    private struct Outcome {
        var trainSeconds = 0.0
        var predictSeconds = 0.0
        var bytes = 0
        var probabilities: [Float] = []
    }

    private static func outcome(of kind: String, _ data: LearningData, _ team: WorkerTeam) throws -> Outcome {
        var outcome = Outcome()
        let classes = data.classes.count
        switch kind {
        case "text_classifier":
            var trained: TextClassifierModel?
            outcome.trainSeconds = try seconds {
                trained = try TextClassifier.train(
                    data.train.documents, labels: data.train.labels, classes: classes,
                    options: TextClassifierOptions(), team: team)
            }
            guard let trained else { break }
            outcome.predictSeconds = seconds {
                outcome.probabilities = trained.probabilities(data.test.documents, team: team)
            }
            outcome.bytes = trained.serialized().count
        case "linear":
            let (matrix, test) = try matrices(data)
            var trained: LinearModel?
            outcome.trainSeconds = try seconds {
                trained = try Linear.train(
                    matrix, labels: data.train.labels.map { Float($0) }, encoding: TableEncoding(matrix),
                    options: LinearOptions(.classification(classes)), team: team)
            }
            guard let trained else { break }
            outcome.predictSeconds = try seconds {
                outcome.probabilities = try trained.probabilities(test, team: team)
            }
            outcome.bytes = trained.serialized().count
        case "mlp", "cnn":
            let (matrix, test) = try matrices(data)
            var options = NeuralOptions(.classification(classes))
            options.epochs = 5
            if kind == "cnn", let shape = data.imageShape {
                options = NeuralOptions(.classification(classes), image: shape)
            }
            var trained: NeuralNetworkModel?
            outcome.trainSeconds = try seconds {
                let encoding = try data.imageShape == nil ? TableEncoding(matrix) : TableEncoding.uniform(matrix)
                trained = try NeuralNetwork.train(
                    matrix, labels: data.train.labels.map { Float($0) }, encoding: encoding, options: options,
                    team: team)
            }
            guard let trained else { break }
            outcome.predictSeconds = try seconds {
                outcome.probabilities = try trained.probabilities(test, team: team)
            }
            outcome.bytes = trained.serialized().count
        default:
            let (matrix, test) = try matrices(data)
            var options = BoostedTreesOptions(classes == 2 ? .binary : .multiclass(classes))
            // As the published comparisons on wide tables do.
            if data.kinds.count > 500 { options.rounds = 50 }
            var trained: BoostedTreesModel?
            outcome.trainSeconds = try seconds {
                let binning = FeatureBinning(matrix, team: team)
                let binned = try BinnedMatrix(matrix, binning: binning, team: team)
                trained = try BoostedTrees.train(
                    BoostedTreesData(matrix: binned, labels: data.train.labels.map { Float($0) }), options: options,
                    team: team)
            }
            guard let trained else { break }
            outcome.predictSeconds = try seconds {
                outcome.probabilities = try trained.probabilities(test, team: team)
            }
            outcome.bytes = trained.serialized().count
        }
        return outcome
    }

    private static func matrices(_ data: LearningData) throws -> (train: FeatureMatrix, test: FeatureMatrix) {
        (
            try FeatureMatrix(kinds: data.kinds, values: data.train.values),
            try FeatureMatrix(kinds: data.kinds, values: data.test.values)
        )
    }

    private static func accuracy(_ probabilities: [Float], _ labels: [Int32], _ classes: Int) -> Double {
        var right = 0
        for (row, label) in labels.enumerated() {
            let numbers = probabilities[row * classes..<(row + 1) * classes]
            var best = numbers.startIndex
            for index in numbers.indices where numbers[index] > numbers[best] { best = index }
            if best - numbers.startIndex == Int(label) { right += 1 }
        }
        return Double(right) / Double(max(1, labels.count))
    }
}
