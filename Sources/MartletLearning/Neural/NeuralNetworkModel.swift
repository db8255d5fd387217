// A trained neural network.

package import MartletCore
package import MartletKernels

package struct NeuralNetworkModel: Hashable, StoredModel {
    package let objective: NeuralOptions.Objective
    package let image: NeuralOptions.ImageShape?
    package let filters: [Int]
    package let hidden: [Int]
    package let encoding: TableEncoding
    /// Layer after layer.
    package let weights: [Float]
    /// What the outputs of a regression are in the label's units.
    let labelMean: Float
    let labelDeviation: Float

    init(
        options: NeuralOptions, encoding: TableEncoding, weights: [Float], labelMean: Float, labelDeviation: Float
    ) {
        objective = options.objective
        image = options.image
        filters = options.filters
        hidden = options.hidden
        self.encoding = encoding
        self.weights = weights
        self.labelMean = labelMean
        self.labelDeviation = labelDeviation
    }

    func hasLayers(of options: NeuralOptions) -> Bool {
        objective == options.objective && image == options.image && hidden == options.hidden
            && (image == nil || filters == options.filters)
    }

    private var options: NeuralOptions {
        var options = NeuralOptions(objective)
        options.image = image
        options.filters = filters
        options.hidden = hidden
        return options
    }

    /// The outputs of each row: a prediction, or a score a class. O(rows · weights).
    ///
    /// - Throws: `wrongColumnCount` if the features are not those of the training.
    package func scores(_ matrix: FeatureMatrix, team: WorkerTeam) throws(Diagnostic) -> [Float] {
        try encoding.check(matrix)
        let outputs = objective.outputCount
        let batch = min(512, max(1, matrix.rowCount))
        let network = Network(options, inputs: encoding.inputCount, rows: batch, isTraining: false, team: team)
        var scores: [Float] = []
        scores.reserveCapacity(matrix.rowCount * outputs)
        matrix.values.withUnsafeBufferPointer { values in
            weights.withUnsafeBufferPointer { weights in
                guard let source = values.baseAddress, let weights = weights.baseAddress else { return }
                for start in stride(from: 0, to: matrix.rowCount, by: batch) {
                    let rows = min(batch, matrix.rowCount - start)
                    let input = network.input
                    team.forEachRange(rows, step: 32) { range in
                        for row in range {
                            encoding.encode(
                                source + (start + row) * matrix.columnCount, into: input + row * encoding.inputCount)
                        }
                    }
                    network.forward(weights, rows: rows)
                    scores.append(contentsOf: UnsafeBufferPointer(start: network.output, count: rows * outputs))
                }
            }
        }
        if objective == .regression {
            for index in scores.indices { scores[index] = scores[index] * labelDeviation + labelMean }
        }
        return scores
    }

    /// The probabilities of the classes, `classes` numbers a row.
    ///
    /// - Throws: `wrongModelKind` for a regression.
    package func probabilities(_ matrix: FeatureMatrix, team: WorkerTeam) throws(Diagnostic) -> [Float] {
        guard case .classification(let classes) = objective else {
            throw Diagnostic(.wrongModelKind, "a model that does not classify has no probabilities")
        }
        var scores = try scores(matrix, team: team)
        Probabilities.softmax(&scores, classes: classes)
        return scores
    }

    /// The mean loss, and of a classifier the share of right classes.
    package func loss(_ matrix: FeatureMatrix, _ labels: [Float], team: WorkerTeam) throws(Diagnostic)
        -> (loss: Double, accuracy: Double?)
    {
        guard labels.count == matrix.rowCount, !labels.isEmpty else {
            throw Diagnostic(.trainingFailed, "\(labels.count) labels for \(matrix.rowCount) rows held out")
        }
        guard case .classification(let classes) = objective else {
            let errors = zip(try scores(matrix, team: team), labels).map { Double($0 - $1) }
            return (errors.reduce(0) { $0 + $1 * $1 } / 2 / Double(labels.count), nil)
        }
        guard labels.allSatisfy({ $0 >= 0 && $0 < Float(classes) }) else {
            throw Diagnostic(.trainingFailed, "a label held out is not a class from 0 to \(classes - 1)")
        }
        let probabilities = try probabilities(matrix, team: team)
        var ofLabels = labels.indices.map { max(probabilities[$0 * classes + Int(labels[$0])], 1e-30) }
        Elementwise.log(&ofLabels, ofLabels.count)
        var right = 0
        for (row, label) in labels.enumerated() {
            var best = 0
            for index in 1..<classes
            where probabilities[row * classes + index] > probabilities[row * classes + best] { best = index }
            if best == Int(label) { right += 1 }
        }
        let count = Double(labels.count)
        return (-ofLabels.reduce(0.0) { $0 + Double($1) } / count, Double(right) / count)
    }

    /// The mean of models of the same layers and encoding, each weighing as much as it has rows.
    package static func mean(
        _ models: [(model: NeuralNetworkModel, rows: Int)], team: WorkerTeam
    ) throws(Diagnostic) -> NeuralNetworkModel {
        guard let first = models.first?.model else { throw Diagnostic(.nothingToTrain, "there are no shards") }
        guard models.allSatisfy({ $0.model.encoding == first.encoding && $0.model.hasLayers(of: first.options) })
        else { throw Diagnostic(.trainingFailed, "the shards' models do not fit each other") }
        return NeuralNetworkModel(
            options: first.options, encoding: first.encoding,
            weights: WeightMean.mean(models.map { ($0.model.weights, $0.rows) }, team: team),
            labelMean: WeightMean.mean(models.map { ($0.model.labelMean, $0.rows) }, team: team),
            labelDeviation: WeightMean.mean(models.map { ($0.model.labelDeviation, $0.rows) }, team: team))
    }

    // MARK: Bytes

    package static var storedKind: ModelKind { .neuralNetwork }

    package func write(to writer: inout ModelWriter) {
        if case .classification(let classes) = objective {
            writer.write(UInt32(classes))
        } else {
            writer.write(UInt32(0))
        }
        writer.write(image.map { [$0.height, $0.width, $0.channels].map { UInt32($0) } } ?? [])
        writer.write(filters.map { UInt32($0) })
        writer.write(hidden.map { UInt32($0) })
        writer.write(labelMean)
        writer.write(labelDeviation)
        encoding.write(to: &writer)
        writer.write(weights)
    }

    /// - Throws: `corrupt`, `newerFormat` or `wrongModelKind`.
    package init(bytes: [UInt8]) throws(Diagnostic) {
        var reader = try ModelReader(bytes, .neuralNetwork)
        let classes = Int(try reader.read(UInt32.self))
        var options = NeuralOptions(classes == 0 ? .regression : .classification(classes))
        let shape = try reader.readNumbers(UInt32.self).map { Int($0) }
        try reader.require(shape.isEmpty || shape.count == 3, "the shape")
        if shape.count == 3 { options.image = .init(height: shape[0], width: shape[1], channels: shape[2]) }
        options.filters = try reader.readNumbers(UInt32.self).map { Int($0) }
        options.hidden = try reader.readNumbers(UInt32.self).map { Int($0) }
        let mean = try reader.readFloat()
        let deviation = try reader.readFloat()
        let encoding = try TableEncoding(from: &reader)
        let weights = try reader.readFloats()
        try reader.finish()
        do throws(Diagnostic) {
            try options.validate(inputs: encoding.inputCount)
        } catch { throw reader.corrupt("the layers") }
        let count = options.weightCount(inputs: encoding.inputCount)
        try reader.require(
            mean.isFinite && deviation.isFinite && weights.count == count, "the weights")
        self.init(
            options: options, encoding: encoding, weights: weights, labelMean: mean, labelDeviation: deviation)
    }
}
