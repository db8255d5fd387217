// Training neural networks of tables and images.

package import MartletCore
package import MartletKernels

package enum NeuralNetwork {
    /// Adam over shuffled batches. O(epochs · rows · weights).
    ///
    /// - Parameters:
    ///   - encoding: how features become inputs; shards share one.
    ///   - validation: rows for early stopping and its figures.
    ///   - start: a model of the same encoding and layers to go on from.
    /// - Throws: `nothingToTrain`, `trainingFailed` for labels that do not fit or a loss that is not finite,
    ///   `invalidOption`.
    package static func train(
        _ matrix: FeatureMatrix, labels: [Float], encoding: TableEncoding, options: NeuralOptions,
        validation: (matrix: FeatureMatrix, labels: [Float])? = nil, start: NeuralNetworkModel? = nil,
        team: WorkerTeam, context: TrainingContext = TrainingContext()
    ) throws(Diagnostic) -> NeuralNetworkModel {
        try NeuralTraining.validate(matrix, labels, encoding, options)
        if let start {
            guard start.encoding == encoding, start.hasLayers(of: options) else {
                throw Diagnostic(.trainingFailed, "the starting weights are of other features or layers")
            }
        }
        let training = NeuralTraining(matrix, labels, encoding, options, start, team)
        var best: (loss: Double, epoch: Int, model: NeuralNetworkModel)?
        var first = 1
        if let saved = context.checkpoint?.saved {
            var reader = try ModelReader(saved, .checkpoint)
            first = Int(try reader.read(UInt32.self)) + 1
            try training.restore(from: &reader)
            if try reader.read(UInt8.self) == 1 {
                let loss = try reader.readDouble()
                let epoch = Int(try reader.read(UInt32.self))
                best = (loss, epoch, try NeuralNetworkModel(bytes: try reader.readBlob()))
            }
            try reader.finish()
        }
        for epoch in first..<max(first, options.epochs + 1) {
            if options.patience > 0, let best, epoch - 1 - best.epoch >= options.patience { break }
            var loss = 0.0
            try training.run(upTo: Double(epoch), context) { loss = $1 }
            defer {
                context.checkpoint?.save {
                    var writer = ModelWriter(.checkpoint)
                    writer.write(UInt32(epoch))
                    training.write(to: &writer)
                    writer.write(UInt8(best == nil ? 0 : 1))
                    if let best {
                        writer.write(best.loss)
                        writer.write(UInt32(best.epoch))
                        writer.write(blob: best.model.serialized())
                    }
                    return writer.finished()
                }
            }
            guard let validation else {
                context.report(EpochReport(epoch: epoch, loss: loss))
                continue
            }
            let model = training.model()
            let held = try model.loss(validation.matrix, validation.labels, team: team)
            context.report(
                EpochReport(
                    epoch: epoch, loss: loss, validationLoss: held.loss, validationAccuracy: held.accuracy))
            if held.loss < best?.loss ?? .infinity { best = (held.loss, epoch, model) }
        }
        if options.patience > 0, let best { return best.model }
        return training.model()
    }
}

/// The weights and their moments between epochs.
final class NeuralTraining: ShardSession {
    private let matrix: FeatureMatrix
    private let labels: [Float]
    private let encoding: TableEncoding
    private let options: NeuralOptions
    private let team: WorkerTeam
    private let network: Network
    private let scale: LabelScale
    private let weights: UnsafeMutablePointer<Float>
    private let first: UnsafeMutablePointer<Float>
    private let second: UnsafeMutablePointer<Float>
    private let gradient: UnsafeMutablePointer<Float>
    private var order: [Int]
    private var random: SeededRandom
    private var steps = 0
    private let stepsInEpoch: Int
    /// Of the epoch's batches so far.
    private var lossSum = 0.0

    init(
        _ matrix: FeatureMatrix, _ labels: [Float], _ encoding: TableEncoding, _ options: NeuralOptions,
        _ start: NeuralNetworkModel?, _ team: WorkerTeam
    ) {
        self.matrix = matrix
        self.encoding = encoding
        self.options = options
        self.team = team
        scale =
            start.map { LabelScale(mean: Double($0.labelMean), deviation: Double($0.labelDeviation)) }
            ?? LabelScale(labels, isRegression: options.objective == .regression)
        self.labels = scale.scaled(labels)
        let batch = min(options.batchSize, matrix.rowCount)
        network = Network(
            options, inputs: encoding.inputCount, rows: batch, isTraining: true, team: team)
        let count = network.weightCount
        weights = .allocate(capacity: count)
        first = .allocate(capacity: count)
        second = .allocate(capacity: count)
        gradient = .allocate(capacity: count)
        first.update(repeating: 0, count: count)
        second.update(repeating: 0, count: count)
        if let start {
            for (index, weight) in start.weights.enumerated() { weights[index] = weight }
        } else {
            network.initialize(weights, seed: options.seed)
        }
        order = Array(0..<matrix.rowCount)
        random = SeededRandom(seed: SeededRandom.mix(options.seed &+ 0x6F72_6465))
        stepsInEpoch = (matrix.rowCount + batch - 1) / batch
    }

    static func validate(
        _ matrix: FeatureMatrix, _ labels: [Float], _ encoding: TableEncoding, _ options: NeuralOptions
    ) throws(Diagnostic) {
        try encoding.check(matrix)
        try options.validate(inputs: encoding.inputCount)
        try TableLabels.validate(
            labels, rows: matrix.rowCount,
            classes: { if case .classification(let classes) = options.objective { classes } else { nil } }())
    }

    /// A training whose epochs the caller runs.
    static func begin(
        _ matrix: FeatureMatrix, labels: [Float], encoding: TableEncoding, options: NeuralOptions, team: WorkerTeam
    ) throws(Diagnostic) -> NeuralTraining {
        try validate(matrix, labels, encoding, options)
        return NeuralTraining(matrix, labels, encoding, options, nil, team)
    }

    /// Goes on from other weights, and keeps the moments.
    ///
    /// - Precondition: the model has the same layers.
    func restart(from model: NeuralNetworkModel) {
        for (index, weight) in model.weights.enumerated() { weights[index] = weight }
    }

    /// All that later epochs depend on.
    func write(to writer: inout ModelWriter) {
        func array(_ numbers: UnsafeMutablePointer<Float>) -> [Float] {
            Array(UnsafeBufferPointer(start: numbers, count: network.weightCount))
        }
        writer.write(UInt64(steps))
        writer.write(lossSum)
        writer.write(firstPower)
        writer.write(secondPower)
        writer.write(random.rest)
        writer.write(order.map { UInt32(truncatingIfNeeded: $0) })
        for numbers in [weights, first, second] { writer.write(array(numbers)) }
    }

    /// - Throws: `corrupt` for the state of another training.
    func restore(from reader: inout ModelReader) throws(Diagnostic) {
        steps = Int(truncatingIfNeeded: try reader.read(UInt64.self))
        lossSum = try reader.readDouble()
        firstPower = try reader.readDouble()
        secondPower = try reader.readDouble()
        random = SeededRandom(seed: try reader.read(UInt64.self))
        let numbers = try reader.readNumbers(UInt32.self)
        try reader.require(
            numbers.count == order.count && numbers.allSatisfy { Int($0) < order.count }, "the order of the rows")
        order = numbers.map { Int($0) }
        for target in [weights, first, second] {
            let values = try reader.readFloats()
            try reader.require(values.count == network.weightCount, "the weights")
            for (index, value) in values.enumerated() { target[index] = value }
        }
    }

    deinit {
        weights.deallocate()
        first.deallocate()
        second.deallocate()
        gradient.deallocate()
    }

    /// Runs the steps of the epochs before `end`, which may be a part of one.
    ///
    /// - Parameter ended: called with each epoch that is done, from 1, and the mean loss of its batches, each before its step.
    func run(upTo end: Double, _ context: TrainingContext, ended: (Int, Double) -> Void) throws(Diagnostic) {
        let batch = min(options.batchSize, matrix.rowCount)
        let lastStep = Int(Double(stepsInEpoch) * end)
        while steps < lastStep {
            let place = steps % stepsInEpoch
            if place == 0 {
                order.shuffle(using: &random)
                lossSum = 0
            }
            try context.check()
            let rows = place * batch..<min(order.count, (place + 1) * batch)
            load(rows)
            network.forward(weights, rows: rows.count)
            let loss = derive(rows)
            guard loss.isFinite else { throw notFinite("loss is", steps) }
            lossSum += loss
            network.backward(weights, rows: rows.count, gradient: gradient)
            step()
            if place == stepsInEpoch - 1 {
                ended(steps / stepsInEpoch, lossSum / Double(order.count) * (scale.deviation * scale.deviation))
            }
        }
        var isFinite = true
        for index in 0..<network.weightCount where !weights[index].isFinite { isFinite = false }
        guard isFinite else { throw notFinite("weights are", steps - 1) }
    }

    private func notFinite(_ what: String, _ step: Int) -> Diagnostic {
        Diagnostic(
            .trainingFailed, "the \(what) not finite in epoch \(step / stepsInEpoch + 1)",
            hint: "try a smaller learning_rate")
    }

    private func load(_ rows: Range<Int>) {
        let inputs = network.input
        let width = encoding.inputCount
        matrix.values.withUnsafeBufferPointer { values in
            guard let base = values.baseAddress else { return }
            team.forEachRange(rows.count, step: 32) { range in
                for index in range {
                    let row = order[rows.lowerBound + index]
                    encoding.encode(base + row * matrix.columnCount, into: inputs + index * width)
                }
            }
        }
    }

    /// Turns outputs into derivatives of the batch's mean loss, and returns the sum of losses.
    private func derive(_ rows: Range<Int>) -> Double {
        let scores = network.output
        let derivatives = network.outputGradient
        let share = 1 / Float(rows.count)
        let step = 32
        var sums = [Double](repeating: 0, count: (rows.count + step - 1) / step)
        sums.withUnsafeMutableBufferPointer { sums in
            nonisolated(unsafe) let sums = sums
            team.forEachRange(rows.count, step: step) { range in
                sums[range.lowerBound / step] = derive(range, rows.lowerBound, scores, derivatives, share)
            }
        }
        return sums.reduce(0, +)
    }

    private func derive(
        _ range: Range<Int>, _ firstRow: Int, _ scores: UnsafeMutablePointer<Float>,
        _ derivatives: UnsafeMutablePointer<Float>, _ share: Float
    ) -> Double {
        let outputs = options.objective.outputCount
        var sum = 0.0
        for index in range {
            let label = labels[order[firstRow + index]]
            let row = scores + index * outputs
            let target = derivatives + index * outputs
            guard case .classification = options.objective else {
                let error = row[0] - label
                target[0] = error * share
                sum += Double(error * error / 2)
                continue
            }
            Probabilities.softmax(row, outputs)
            let place = Int(label)
            let weight = options.classWeights.isEmpty ? 1 : Float(options.classWeights[place])
            for output in 0..<outputs { target[output] = row[output] * share * weight }
            target[place] -= share * weight
            var probability = row[place]
            guard probability.isFinite else { return .nan }
            probability = max(probability, 1e-30)
            Elementwise.log(&probability, 1)
            sum -= Double(probability * weight)
        }
        return sum
    }

    private func step() {
        steps += 1
        let progress = Double(steps - 1) / Double(options.epochs * stepsInEpoch)
        let rate = options.learningRate * (options.schedule == .linear ? 1 - 0.99 * progress : 1)
        // The moments' corrections, by repeated multiplication: the same everywhere.
        firstPower *= 0.9
        secondPower *= 0.999
        let correction = (1 - secondPower).squareRoot()
        let corrected = Float(rate * correction / (1 - firstPower))
        let epsilon = Float(1e-8 * correction)
        let decay = Float(rate * options.weightDecay)
        team.forEachRange(network.weightCount, step: 16_384) { range in
            let at = range.lowerBound
            NetworkKernels.adamStep(
                weights: weights + at, first: first + at, second: second + at, gradient: gradient + at,
                count: range.count, rate: corrected, epsilon: epsilon, decay: decay)
        }
    }

    private var firstPower = 1.0
    private var secondPower = 1.0

    func model() -> NeuralNetworkModel {
        NeuralNetworkModel(
            options: options, encoding: encoding,
            weights: Array(UnsafeBufferPointer(start: weights, count: network.weightCount)),
            labelMean: Float(scale.mean), labelDeviation: Float(scale.deviation))
    }
}
