// Neural networks on made tables and images.

import MartletCore
import MartletKernels
import MartletLearning
import Testing

@Suite struct NeuralNetworkTests {
    let team = WorkerTeam(threads: 2)

    private func options(_ objective: NeuralOptions.Objective, epochs: Int = 30) -> NeuralOptions {
        var options = NeuralOptions(objective)
        options.hidden = [16, 8]
        options.epochs = epochs
        options.batchSize = 32
        options.learningRate = 1e-2
        return options
    }

    private func train(
        _ table: MadeTable, _ options: NeuralOptions, team: WorkerTeam? = nil,
        context: TrainingContext = TrainingContext()
    ) throws -> NeuralNetworkModel {
        try NeuralNetwork.train(
            table.matrix, labels: table.labels, encoding: TableEncoding(table.matrix), options: options,
            team: team ?? self.team, context: context)
    }

    /// No line tells the classes apart.
    private static func exclusive(_ x: Float, _ y: Float, _: Int) -> Float { (x > 0) == (y > 0) ? 1 : 0 }

    /// Images of 8 × 8 with a bar somewhere: upright, or lying.
    private func bars(_ count: Int, seed: UInt64) throws -> MadeTable {
        var random = SeededRandom(seed: seed)
        var table = try MadeTable(rows: 0) { _, _, _ in 0 }
        var values: [Float] = []
        for _ in 0..<count {
            var image = (0..<64).map { _ in Float.random(in: 0...0.3, using: &random) }
            let label = Int.random(in: 0...1, using: &random)
            let (line, start) = (Int.random(in: 0..<8, using: &random), Int.random(in: 0...3, using: &random))
            for place in start..<start + 5 { image[label == 0 ? place * 8 + line : line * 8 + place] = 1 }
            values += image
            table.labels.append(Float(label))
        }
        table.matrix = try FeatureMatrix(kinds: [FeatureKind](repeating: .numeric, count: 64), values: values)
        return table
    }

    private func barOptions() -> NeuralOptions {
        var options = NeuralOptions(.classification(2), image: .init(height: 8, width: 8))
        options.filters = [4, 6]
        options.hidden = [8]
        options.epochs = 8
        options.batchSize = 20
        options.learningRate = 1e-2
        return options
    }

    @Test func classification() throws {
        let model = try train(MadeTable(rows: 1_000, label: Self.exclusive), options(.classification(2)))
        let fresh = try MadeTable(rows: 300, seed: 2, label: Self.exclusive)
        #expect(accuracy(try model.probabilities(fresh.matrix, team: team), fresh.labels, classes: 2) > 0.94)
    }

    @Test func regression() throws {
        let label = { (x: Float, y: Float, category: Int) in 500 + 100 * x * y + Float(category) }
        let model = try train(MadeTable(rows: 1_000, label: label), options(.regression))
        let fresh = try MadeTable(rows: 300, seed: 2, label: label)
        let errors = zip(try model.scores(fresh.matrix, team: team), fresh.labels).map { abs($0 - $1) }
        #expect(errors.reduce(0, +) / 300 < 5)
    }

    @Test func images() throws {
        let table = try bars(400, seed: 1)
        let model = try train(table, barOptions())
        let fresh = try bars(200, seed: 2)
        #expect(accuracy(try model.probabilities(fresh.matrix, team: team), fresh.labels, classes: 2) > 0.95)
        #expect(try NeuralNetworkModel(bytes: model.serialized()) == model)
    }

    /// The gradients of every layer against differences of the loss.
    @Test func gradientsAreThoseOfTheLoss() throws {
        var options = NeuralOptions(.classification(3), image: .init(height: 5, width: 4, channels: 2))
        options.filters = [3]
        options.hidden = [4]
        try options.validate(inputs: 40)
        let rows = 9
        let network = Network(options, inputs: 40, rows: rows, isTraining: true, team: team)
        #expect(network.weightCount == options.weightCount(inputs: 40))
        var weights = [Float](repeating: 0, count: network.weightCount)
        network.initialize(&weights, seed: 3)
        var random = SeededRandom(seed: 4)
        for index in weights.indices { weights[index] += Float.random(in: -0.05...0.05, using: &random) }
        let inputs = (0..<rows * 40).map { _ in Float.random(in: -1...1, using: &random) }
        for (index, value) in inputs.enumerated() { network.input[index] = value }
        // The loss: a fixed mixture of the outputs.
        let mixture = (0..<rows * 3).map { _ in Float.random(in: -1...1, using: &random) }
        func loss(_ weights: [Float]) -> Double {
            network.forward(weights, rows: rows)
            return mixture.indices.reduce(0.0) { $0 + Double(mixture[$1] * network.output[$1]) }
        }
        _ = loss(weights)
        for (index, value) in mixture.enumerated() { network.outputGradient[index] = value }
        var gradient = [Float](repeating: 0, count: weights.count)
        network.backward(weights, rows: rows, gradient: &gradient)
        var wrong = 0
        for index in weights.indices {
            var near = weights
            near[index] += 2e-3
            let above = loss(near)
            near[index] -= 4e-3
            let difference = Float((above - loss(near)) / 4e-3)
            if abs(difference - gradient[index]) > 0.02 + 0.02 * abs(difference) { wrong += 1 }
        }
        // A difference may step over a corner of the rectified outputs; few do.
        #expect(wrong <= weights.count / 50, "\(wrong) of \(weights.count)")
    }

    @Test func threadsChangeNothing() throws {
        let table = try MadeTable(rows: 500, missing: 0.1) { x, y, c in y > 0 ? Float(c % 2) : 2 }
        let models = try [1, 2, 4].map {
            try train(table, options(.classification(3), epochs: 3), team: WorkerTeam(threads: $0)).serialized()
        }
        #expect(models[0] == models[1] && models[0] == models[2])
        let images = try bars(50, seed: 1)
        let convolved = try [1, 3].map { try train(images, barOptions(), team: WorkerTeam(threads: $0)).serialized() }
        #expect(convolved[0] == convolved[1])
        var other = options(.classification(3), epochs: 3)
        other.seed = 1
        #expect(try train(table, other).serialized() != models[0])
    }

    @Test func bytesComeBack() throws {
        let table = try MadeTable(rows: 100, missing: 0.1) { _, y, c in Float(c) + y }
        let model = try train(table, options(.regression, epochs: 2))
        let bytes = model.serialized()
        let read = try NeuralNetworkModel(bytes: bytes)
        #expect(read == model)
        #expect(try read.scores(table.matrix, team: team) == model.scores(table.matrix, team: team))
        let damage = expectDamageIsFound(bytes) { (bytes) throws(Diagnostic) in try NeuralNetworkModel(bytes: bytes) }
        #expect(damage == [])
    }

    @Test func earlyStoppingKeepsTheBestEpoch() throws {
        var random = SeededRandom(seed: 1)
        let noise = { (_: Float, _: Float, _: Int) in Float(Int.random(in: 0...1, using: &random)) }
        let table = try MadeTable(rows: 60, label: noise)
        let held = try MadeTable(rows: 60, seed: 2, label: noise)
        var options = options(.classification(2), epochs: 200)
        options.patience = 4
        nonisolated(unsafe) var losses: [Double] = []
        let model = try NeuralNetwork.train(
            table.matrix, labels: table.labels, encoding: TableEncoding(table.matrix), options: options,
            validation: (held.matrix, held.labels), team: team,
            context: TrainingContext(report: { losses.append($0.validationLoss ?? 0) }))
        #expect(losses.count < 200)
        #expect(try model.loss(held.matrix, held.labels, team: team).loss == losses.min())
    }

    @Test func roundsGoOnFromSharedWeights() throws {
        let halves = try [1, 2].map { try MadeTable(rows: 500, seed: $0, label: Self.exclusive) }
        let encoding = try TableEncoding(halves[0].matrix)
        var shared: NeuralNetworkModel?
        for _ in 0..<4 {
            shared = try NeuralNetworkModel.mean(
                halves.map {
                    let model = try NeuralNetwork.train(
                        $0.matrix, labels: $0.labels, encoding: encoding,
                        options: options(.classification(2), epochs: 8),
                        start: shared, team: team)
                    return (model, 500)
                }, team: team)
        }
        let fresh = try MadeTable(rows: 300, seed: 3, label: Self.exclusive)
        let probabilities = try #require(shared).probabilities(fresh.matrix, team: team)
        #expect(accuracy(probabilities, fresh.labels, classes: 2) > 0.9)
    }

    @Test func aDivergingLossIsAnError() throws {
        var options = options(.regression, epochs: 50)
        options.learningRate = 10
        options.hidden = [64, 64, 64, 64, 64, 64, 64, 64]
        options.schedule = .constant
        let table = try MadeTable(rows: 200) { x, _, _ in x }
        do {
            // It may find its way back; weights that are not numbers may not come out.
            let model = try train(table, options)
            let isFinite = model.weights.allSatisfy(\.isFinite)
            #expect(isFinite)
        } catch let error as Diagnostic {
            #expect(error.code == .trainingFailed)
        }
    }

    @Test func badInput() throws {
        func code(_ values: [Float], _ labels: [Float], _ objective: NeuralOptions.Objective) -> ErrorCode? {
            do throws(Diagnostic) {
                let matrix = try FeatureMatrix(kinds: [.numeric], values: values)
                let model = try NeuralNetwork.train(
                    matrix, labels: labels, encoding: TableEncoding(matrix),
                    options: self.options(objective, epochs: 2),
                    team: team)
                return model.weights.allSatisfy(\.isFinite) ? nil : .corrupt
            } catch { return error.code }
        }
        #expect(code([], [], .regression) == .nothingToTrain)
        #expect(code([1, 2], [1, 1], .classification(2)) == .trainingFailed)
        #expect(code([1, 2], [0, 2], .classification(2)) == .trainingFailed)
        #expect(code([1, 2], [0, .nan], .regression) == .trainingFailed)
        #expect(code([1, .infinity], [0, 1], .regression) == .trainingFailed)
        #expect(code([7, 7], [0, 1], .classification(2)) == nil)
        #expect(code([.nan, .nan], [0, 1], .classification(2)) == nil)
        var small = barOptions()
        small.image = .init(height: 2, width: 2)
        #expect(throws: Diagnostic.self) { try small.validate(inputs: 4) }
        #expect(throws: Diagnostic.self) { try small.validate(inputs: 5) }
    }
}
