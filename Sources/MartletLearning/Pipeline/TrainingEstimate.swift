// What a TRAIN will need, about: from the sizes alone.

/// Figures from counting operations: right within a factor of a few, on a processor with wide vectors.
package struct TrainingEstimate: Hashable, Sendable {
    /// Encoded rows, and what the learner adds to them at its largest.
    package var memoryBytes: Int
    /// Of all candidates.
    package var seconds: Double

    /// - Parameters:
    ///   - rows: those to train on.
    ///   - textBytes: of the columns of kinds that read texts.
    ///   - workers: the threads that work at once.
    init(
        _ request: TrainingRequest, features: FeatureEncoding, classes: Int?, rows: Int, heldOutRows: Int,
        textBytes: Int, workers: Int
    ) {
        let isText = request.kind.readsTexts
        let allRows = rows + heldOutRows
        var memory = isText ? Double(textBytes) : 4 * Double(allRows) * Double(features.width)
        var largest = 0.0
        // Reading and encoding.
        var seconds = (isText ? Double(textBytes) * 20e-9 : Double(allRows * features.width) * 5e-9) / Double(workers)
        for candidate in request.candidates {
            let need = Self.need(
                request, candidate, features, outputs: max(1, classes ?? 1), rows: Double(rows),
                textBytes: Double(textBytes))
            largest = max(largest, need.bytes)
            seconds += need.nanoseconds * 1e-9 / Double(workers)
        }
        memory += largest
        memoryBytes = Int(min(memory, 1e18))
        self.seconds = seconds
    }

    private static func need(
        _ request: TrainingRequest, _ candidate: Hyperparameters, _ features: FeatureEncoding, outputs: Int,
        rows: Double, textBytes: Double
    ) -> (bytes: Double, nanoseconds: Double) {
        let numbers = Double(features.width)
        let inputs = features.kinds.reduce(0.0) { sum, kind in
            if case .category(let count) = kind { sum + Double(count) } else { sum + 1 }
        }
        let columns = Double(outputs == 2 ? 1 : outputs)
        func given(_ name: String, _ standard: Int) -> Double { Double(candidate.integer(name) ?? standard) }
        switch request.kind {
        case .linear:
            let passes = min(given("iterations", 200), 60)
            return (
                8 * rows * (numbers + 1) + 700 * inputs * columns, passes * rows * (numbers + 1) * (0.4 + 0.2 * columns)
            )
        case .boostedTrees:
            let leaves = given("leaves", 31)
            let trees = given("rounds", 100) * columns
            return (
                rows * (numbers + 24 + 12 * columns) + leaves * numbers * 2_048,
                trees * rows * (10 + numbers * 0.6 * leaves.squareRoot() / 2) + trees * leaves * numbers * 150
            )
        case .mlp, .cnn:
            let epochs = Double(NetworkLearner.epochs(candidate, rows: Int(rows)))
            var options = NeuralOptions(outputs > 1 ? .classification(outputs) : .regression)
            options.hidden = candidate.integers("hidden") ?? options.hidden
            var products = Double(options.weightCount(inputs: Int(inputs)))
            var weights = products
            if request.kind == .cnn {
                let filters = (candidate.integers("filters") ?? [32, 64]).map { Double($0) }
                let shape = candidate.integers("shape")
                var channels = Double(
                    shape.map { $0.count > 2 ? $0[2] : 1 }
                        ?? NeuralOptions.ImageShape(squareOf: features.width)?.channels ?? 1)
                var pixels = inputs / channels
                products = 0
                weights = 0
                for count in filters {
                    products += pixels * 9 * channels * count
                    weights += 9 * channels * count
                    channels = count
                    pixels /= 4
                }
                var width = pixels * channels
                for next in (candidate.integers("hidden") ?? [128]) + [outputs] {
                    products += width * Double(next)
                    weights += width * Double(next)
                    width = Double(next)
                }
            }
            // Three products of each weight and row, two operations each, some 50 a nanosecond.
            return (16 * weights + 8 * given("batch", 256) * inputs, epochs * rows * products * 6 / 50)
        case .textClassifier:
            let grams = textBytes * 3
            return (
                grams * 8 + min(grams, 4e6) * 4 * columns, grams * (20 + given("epochs", 15) * (1 + 0.15 * columns))
            )
        case .embedding:
            let grams = textBytes * 2
            let dimension = given("dimension", 128)
            return (
                grams * 8 + min(grams, 2e6) * dimension * 24, given("epochs", 5) * grams * dimension * 0.5
            )
        case .kmeans:
            let clusters = given("clusters", 8)
            return (4 * rows * inputs, min(given("epochs", 100), 30) * rows * inputs * clusters * 0.15)
        }
    }
}
