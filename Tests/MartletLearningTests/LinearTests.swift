// Linear models on made tables.

import MartletCore
import MartletKernels
import MartletLearning
import Testing

@Suite struct LinearTests {
    let team = WorkerTeam(threads: 2)

    private func train(_ table: MadeTable, _ options: LinearOptions, team: WorkerTeam? = nil) throws -> LinearModel {
        try Linear.train(
            table.matrix, labels: table.labels, encoding: TableEncoding(table.matrix), options: options,
            team: team ?? self.team)
    }

    @Test func regressionRecoversTheAnswer() throws {
        let answer = { (x: Float, y: Float, category: Int) in 1_000 + 3 * x - 20 * y + Float(category * category) }
        let table = try MadeTable(rows: 3_000, label: answer)
        var options = LinearOptions(.regression)
        options.l2 = 1e-3
        options.tolerance = 1e-12
        let model = try train(table, options)
        let fresh = try MadeTable(rows: 300, seed: 2, label: answer)
        for (score, label) in zip(try model.scores(fresh.matrix, team: team), fresh.labels) {
            #expect(abs(score - label) < 0.02)
        }
        // The slopes themselves, by differences.
        let kinds = table.matrix.kinds
        let points = try FeatureMatrix(kinds: kinds, values: [0, 0, 0, 0.5, 1, 0, 0, 0.5, 0, 1, 0, 0.5, 0, 0, 5, 0.5])
        let scores = try model.scores(points, team: team)
        for (index, slope) in [(1, Float(3)), (2, -20), (3, 25)] {
            #expect(abs(scores[index] - scores[0] - slope) < 0.02)
        }
    }

    @Test(arguments: [2, 3]) func classification(classes: Int) throws {
        let label = { (x: Float, y: Float, category: Int) -> Float in
            if classes == 3, category == 0 { return 2 }
            return x + 2 * y > 0.2 ? 1 : 0
        }
        let model = try train(MadeTable(rows: 2_000, label: label), LinearOptions(.classification(classes)))
        let fresh = try MadeTable(rows: 500, seed: 2, label: label)
        let probabilities = try model.probabilities(fresh.matrix, team: team)
        #expect(accuracy(probabilities, fresh.labels, classes: classes) > 0.97)
    }

    @Test func absolutePenaltyDropsNoise() throws {
        var options = LinearOptions(.regression)
        options.l1 = 200
        options.l2 = 0
        let model = try train(MadeTable(rows: 2_000) { x, _, _ in 5 * x }, options)
        let zeros = model.weights.dropFirst().filter { $0 == 0 }.count
        #expect(zeros == model.weights.count - 2)
        #expect(model.weights[1] > 2)
    }

    @Test func threadsChangeNothing() throws {
        let table = try MadeTable(rows: 5_000, missing: 0.1) { x, y, c in y > (c > 2 ? 0 : 0.5) ? 1 : x > 0 ? 2 : 0 }
        let models = try [1, 2, 4].map {
            try train(table, LinearOptions(.classification(3)), team: WorkerTeam(threads: $0)).serialized()
        }
        #expect(models[0] == models[1] && models[0] == models[2])
    }

    @Test func bytesComeBackAndPartsAddUp() throws {
        let table = try MadeTable(rows: 300, missing: 0.1) { x, y, c in Float(c) + y }
        let model = try train(table, LinearOptions(.regression))
        let bytes = model.serialized()
        #expect(try LinearModel(bytes: bytes) == model)
        #expect(expectDamageIsFound(bytes) { (bytes) throws(Diagnostic) in try LinearModel(bytes: bytes) } == [])
        let scores = try model.scores(table.matrix, team: team)
        for row in 0..<50 {
            let parts = try model.contributions((0..<4).map { table.matrix[row, $0] })
            #expect(abs(parts.reduce(0, +) - scores[row]) < 1e-4)
        }
    }

    @Test func roundsGoOnFromSharedWeights() throws {
        let label = { (x: Float, y: Float, _: Int) -> Float in x > y ? 1 : 0 }
        let halves = try [1, 2].map { try MadeTable(rows: 1_000, seed: $0, label: label) }
        let encoding = try TableEncoding(halves[0].matrix)
        var options = LinearOptions(.classification(2))
        options.iterations = 10
        var shared: LinearModel?
        for _ in 0..<3 {
            shared = try LinearModel.mean(
                halves.map {
                    let model = try Linear.train(
                        $0.matrix, labels: $0.labels, encoding: encoding, options: options, start: shared, team: team)
                    return (model, 1_000)
                }, team: team)
        }
        let fresh = try MadeTable(rows: 500, seed: 3, label: label)
        let probabilities = try #require(shared).probabilities(fresh.matrix, team: team)
        #expect(accuracy(probabilities, fresh.labels, classes: 2) > 0.98)
    }

    @Test func badInput() throws {
        func code(_ values: [Float], _ labels: [Float], _ objective: LinearOptions.Objective) -> ErrorCode? {
            do throws(Diagnostic) {
                let matrix = try FeatureMatrix(kinds: [.numeric], values: values)
                let model = try Linear.train(
                    matrix, labels: labels, encoding: TableEncoding(matrix), options: LinearOptions(objective),
                    team: team)
                return model.weights.allSatisfy(\.isFinite) ? nil : .corrupt
            } catch { return error.code }
        }
        #expect(code([], [], .regression) == .nothingToTrain)
        #expect(code([1, 2], [1, 1], .classification(2)) == .trainingFailed)
        #expect(code([1, 2], [0, 2], .classification(2)) == .trainingFailed)
        #expect(code([1, 2], [0, .nan], .regression) == .trainingFailed)
        #expect(code([1, .infinity], [0, 1], .regression) == .trainingFailed)
        #expect(code([1, 2], [0], .regression) == .typeMismatch)
        // Columns without information, labels without variation and separable classes are fine.
        #expect(code([7, 7], [0, 1], .classification(2)) == nil)
        #expect(code([.nan, .nan], [0, 1], .classification(2)) == nil)
        #expect(code([1, 2], [3, 3], .regression) == nil)
        #expect(code([1e30, -1e30], [1e14, 0], .regression) == .trainingFailed)
        #expect(code([1e10, -1e10], [1e14, 0], .regression) == nil)
        #expect(code([-1, 1], [0, 1], .classification(2)) == nil)
    }
}
