// Boosted trees on made tables.

import MartletCore
import MartletKernels
import MartletLearning
import Testing

@Suite struct BoostedTreesTests {
    let team = WorkerTeam(threads: 2)

    private func train(
        _ table: MadeTable, _ options: BoostedTreesOptions, team: WorkerTeam? = nil,
        context: TrainingContext = TrainingContext()
    ) throws -> BoostedTreesModel {
        let team = team ?? self.team
        let binned = try BinnedMatrix(table.matrix, binning: FeatureBinning(table.matrix, team: team), team: team)
        return try BoostedTrees.train(
            BoostedTreesData(matrix: binned, labels: table.labels), options: options, team: team, context: context)
    }

    private func options(_ objective: BoostedTreesOptions.Objective, rounds: Int = 40) -> BoostedTreesOptions {
        var options = BoostedTreesOptions(objective)
        options.rounds = rounds
        options.minimumRowsPerLeaf = 5
        return options
    }

    private static func three(_ x: Float, _ y: Float, _ category: Int) -> Float {
        category % 2 == 0 ? (x > y ? 0 : 1) : 2
    }

    // MARK: Objectives

    @Test func regressionFollowsSteps() throws {
        let label = { (x: Float, y: Float, category: Int) in (x > 0.3 ? 5 : -5) + Float(category) + (y > 0 ? 1 : 0) }
        let model = try train(MadeTable(rows: 2_000, label: label), options(.regression, rounds: 100))
        let fresh = try MadeTable(rows: 500, seed: 2, label: label)
        let errors = zip(try model.scores(fresh.matrix, team: team), fresh.labels).map { abs($0 - $1) }
        #expect(errors.reduce(0, +) / 500 < 0.15)
        #expect(model.importance[0] > model.importance[1] && model.importance[3] < 0.01)
    }

    @Test func meanOfModels() throws {
        let label = { (x: Float, y: Float, category: Int) in (x > 0.3 ? 5 : -5) + Float(category) + (y > 0 ? 1 : 0) }
        let table = try MadeTable(rows: 500, label: label)
        let models = try (0..<3).map { seed in
            var options = options(.regression, rounds: 10)
            options.bagging = 0.5
            options.seed = UInt64(seed)
            return try train(table, options)
        }
        #expect(models[0] != models[1])
        // Bytes that end with their own checksum all have the same one.
        #expect(Set(models.map { ModelDigest.of($0.serialized()) }).count == 3)
        #expect(models.allSatisfy { ModelDigest.inside($0.serialized()) == ModelDigest.of($0.serialized()) })
        #expect(ModelDigest.of([1, 2]) == ModelDigest.of([]))
        let mean = try BoostedTreesModel(bytes: BoostedTreesModel(meanOf: models).serialized())
        #expect(mean.treeCount == 30)
        let scores = try models.map { try $0.scores(table.matrix, team: team) }
        for (row, score) in try mean.scores(table.matrix, team: team).enumerated() {
            #expect(abs(score - (scores[0][row] + scores[1][row] + scores[2][row]) / 3) < 1e-4)
        }
        #expect(abs(mean.importance.reduce(0, +) - 1) < 1e-6)
        #expect(BoostedTreesModel(meanOf: [models[1]]) == models[1])
    }

    @Test func binaryWithMissingValues() throws {
        // Missing values belong to class 1: only a learned direction can know.
        let label = { (x: Float, y: Float, category: Int) -> Float in x.isNaN || x > 0.5 ? 1 : 0 }
        let model = try train(MadeTable(rows: 1_000, missing: 0.2, label: label), options(.binary))
        let fresh = try MadeTable(rows: 500, seed: 2, missing: 0.2, label: label)
        #expect(accuracy(try model.probabilities(fresh.matrix, team: team), fresh.labels, classes: 2) > 0.98)
    }

    @Test func multiclassWithCategories() throws {
        let model = try train(MadeTable(rows: 2_000, label: Self.three), options(.multiclass(3)))
        let fresh = try MadeTable(rows: 500, seed: 2, label: Self.three)
        let probabilities = try model.probabilities(fresh.matrix, team: team)
        #expect(accuracy(probabilities, fresh.labels, classes: 3) > 0.94)
        for row in 0..<500 { #expect(abs(probabilities[row * 3..<row * 3 + 3].reduce(0, +) - 1) < 1e-5) }
    }

    @Test func manyCategoriesAreSortedByGradient() throws {
        // Sixty categories, of which the odd ones are class 1: one split finds them all.
        var random = SeededRandom(seed: 3)
        var values: [Float] = []
        for _ in 0..<6_000 { values.append(Float(Int.random(in: 0..<60, using: &random))) }
        let matrix = try FeatureMatrix(kinds: [.category(count: 61)], values: values)
        let binned = try BinnedMatrix(matrix, binning: FeatureBinning(matrix, team: team), team: team)
        var options = options(.binary, rounds: 20)
        options.leaves = 4
        let labels = values.map { Float(Int($0) % 2) }
        let model = try BoostedTrees.train(
            BoostedTreesData(matrix: binned, labels: labels), options: options, team: team)
        #expect(accuracy(try model.probabilities(matrix, team: team), labels, classes: 2) == 1)
        // Unseen, out of range and missing categories are predicted too.
        let strange = try FeatureMatrix(kinds: [.category(count: 61)], values: [60, 1e9, -1, .nan, .infinity])
        #expect(try model.scores(strange, team: team).allSatisfy(\.isFinite))
    }

    @Test func lambdaRankSorts() throws {
        var random = SeededRandom(seed: 4)
        var values: [Float] = []
        var grades: [Float] = []
        let groups = [Int](repeating: 20, count: 60)
        for _ in groups {
            // A number that shifts with the query says nothing, its difference within the query all.
            let shift = Float.random(in: 0...100, using: &random)
            for _ in 0..<20 {
                let relevance = Float.random(in: 0...1, using: &random)
                values += [shift, relevance + Float.random(in: -0.1...0.1, using: &random)]
                grades.append((relevance * 3).rounded(.down))
            }
        }
        let matrix = try FeatureMatrix(kinds: [.numeric, .numeric], values: values)
        let binned = try BinnedMatrix(matrix, binning: FeatureBinning(matrix, team: team), team: team)
        let data = BoostedTreesData(matrix: binned, labels: grades, groupSizes: groups)
        var options = options(.lambdaRank)
        let objective = data.objective(options)
        let model = try BoostedTrees.train(data, options: options, team: team)
        let quality = LambdaRank.nDCG(objective, scores: try model.scores(matrix, team: team))
        #expect(quality > 0.95)
        #expect(LambdaRank.nDCG(objective, scores: grades) == 1)

        options.monotone = [0, -1]
        let against = try BoostedTrees.train(data, options: options, team: team)
        #expect(LambdaRank.nDCG(objective, scores: try against.scores(matrix, team: team)) < quality - 0.1)
    }

    @Test func monotonePredictionsRise() throws {
        var table = try MadeTable(rows: 1_500) { x, y, _ in x * x * x - x + y }
        var options = options(.regression)
        options.monotone = [1, 0, 0, -1]
        options.learningRate = 0.3
        let model = try train(table, options)
        let steps: [Float] = (-100...100).map { Float($0) / 100 }
        for y: Float in [-0.8, 0, 0.8] {
            table.matrix = try FeatureMatrix(kinds: table.matrix.kinds, values: steps.flatMap { [$0, y, 1, 0.5] })
            let scores = try model.scores(table.matrix, team: team)
            #expect(zip(scores, scores.dropFirst()).allSatisfy { $0 <= $1 })
        }
    }

    // MARK: The same bytes

    @Test(arguments: [BoostedTreesOptions.Objective.regression, .binary, .multiclass(3)])
    func threadsChangeNothing(objective: BoostedTreesOptions.Objective) throws {
        let table = try MadeTable(rows: 3_000, missing: 0.05) { x, y, category in
            switch objective {
            case .multiclass: Self.three(x.isNaN ? 0 : x, y, category)
            default: (x.isNaN ? 0 : x) + y > 0 ? 1 : 0
            }
        }
        var options = options(objective, rounds: 5)
        for share in [1.0, 0.7] {
            options.bagging = share
            options.featureFraction = share
            let models = try [1, 2, 4].map { try train(table, options, team: WorkerTeam(threads: $0)).serialized() }
            #expect(models[0] == models[1] && models[0] == models[2])
        }
        let first = try train(table, options)
        options.seed = 1
        #expect(try train(table, options) != first)
    }

    @Test func bytesComeBack() throws {
        let table = try MadeTable(rows: 500, missing: 0.1) { x, y, category in
            Self.three(x.isNaN ? 0 : x, y, category)
        }
        let model = try train(table, options(.multiclass(3), rounds: 5))
        let bytes = model.serialized()
        let read = try BoostedTreesModel(bytes: bytes)
        #expect(read == model)
        #expect(try read.scores(table.matrix, team: team) == model.scores(table.matrix, team: team))
        #expect(expectDamageIsFound(bytes) { (bytes) throws(Diagnostic) in try BoostedTreesModel(bytes: bytes) } == [])
    }

    /// Trees of up to 32 leaves and larger ones are evaluated in two ways, contributions in a third.
    @Test(arguments: [4, 32, 33, 80]) func contributionsAddUp(leaves: Int) throws {
        let table = try MadeTable(rows: 517, missing: 0.1) { x, y, category in
            (x.isNaN ? 3 : x) + y * Float(category)
        }
        var options = options(.regression)
        options.leaves = leaves
        options.minimumRowsPerLeaf = 1
        let model = try train(table, options)
        let scores = try model.scores(table.matrix, team: team)
        for row in 0..<517 {
            let parts = try model.contributions((0..<4).map { table.matrix[row, $0] })
            #expect(abs(parts.reduce(0, +) - scores[row]) < 1e-4)
        }
    }

    // MARK: Training

    @Test func earlyStoppingKeepsTheBestRound() throws {
        // Labels of noise: every tree after the first few makes the rows held out worse.
        var random = SeededRandom(seed: 11)
        let noise = { (x: Float, _: Float, _: Int) -> Float in
            (x > 0 ? 0.2 : 0) + Float.random(in: 0...1, using: &random) > 0.6 ? 1 : 0
        }
        let table = try MadeTable(rows: 600, label: noise)
        let held = try MadeTable(rows: 600, seed: 2, label: noise)
        let binning = FeatureBinning(table.matrix, team: team)
        var options = options(.binary, rounds: 200)
        options.patience = 5
        nonisolated(unsafe) var losses: [Double] = []
        let model = try BoostedTrees.train(
            BoostedTreesData(
                matrix: BinnedMatrix(table.matrix, binning: binning, team: team), labels: table.labels),
            validation: BoostedTreesData(
                matrix: BinnedMatrix(held.matrix, binning: binning, team: team), labels: held.labels),
            options: options, team: team,
            context: TrainingContext(report: { losses.append($0.validationLoss ?? 0) }))
        #expect(losses.count < 200)
        #expect(losses.firstIndex(of: losses.min() ?? 0) == model.treeCount - 1)
        #expect(losses.count == model.treeCount + 5)
    }

    @Test func cancellation() throws {
        let cancellation = Cancellation()
        let context = TrainingContext(
            check: { () throws(Diagnostic) in try cancellation.check() },
            report: { if $0.epoch == 3 { cancellation.cancel() } })
        let table = try MadeTable(rows: 200) { x, _, _ in x > 0 ? 1 : 0 }
        #expect(throws: Diagnostic(.cancelled, "the statement was cancelled")) {
            try train(table, options(.binary), context: context)
        }
    }

    @Test func columnsWithoutInformation() throws {
        let kinds: [FeatureKind] = [.numeric, .numeric, .category(count: 2)]
        let matrix = try FeatureMatrix(kinds: kinds, values: (0..<100).flatMap { _ in [7, .nan, .nan] as [Float] })
        let binned = try BinnedMatrix(matrix, binning: FeatureBinning(matrix, team: team), team: team)
        let labels = (0..<100).map { Float($0 % 4 == 0 ? 1 : 0) }
        let model = try BoostedTrees.train(
            BoostedTreesData(matrix: binned, labels: labels), options: options(.binary), team: team)
        // Nothing to split on: the share of class 1 for everyone.
        #expect(model.treeCount == 0)
        #expect(abs(try model.probabilities(matrix, team: team)[1] - 0.25) < 1e-5)
        #expect(model.importance == [0, 0, 0])
        #expect(try BoostedTreesModel(bytes: model.serialized()) == model)
    }

    @Test func badInput() throws {
        func code(_ labels: [Float], _ objective: BoostedTreesOptions.Objective, rows: Int = 4) -> ErrorCode? {
            do throws(Diagnostic) {
                let matrix = try FeatureMatrix(kinds: [.numeric], values: (0..<rows).map { Float($0) })
                let binned = try BinnedMatrix(matrix, binning: FeatureBinning(matrix, team: team), team: team)
                _ = try BoostedTrees.train(
                    BoostedTreesData(matrix: binned, labels: labels), options: self.options(objective), team: team)
                return nil
            } catch { return error.code }
        }
        #expect(code([], .binary, rows: 0) == .nothingToTrain)
        #expect(code([1, 1, 1, 1], .binary) == .trainingFailed)
        #expect(code([0, 1, 2, 0], .binary) == .trainingFailed)
        #expect(code([0, 1, .nan, 0], .multiclass(3)) == .trainingFailed)
        #expect(code([0, 1, .nan, 0], .regression) == .trainingFailed)
        #expect(code([0, 1, .infinity, 0], .regression) == .trainingFailed)
        #expect(code([0, 1], .regression) == .typeMismatch)
        #expect(code([0, 1, 0.5, 0], .lambdaRank) == .trainingFailed)
        #expect(code([0, 1, 1, 0], .lambdaRank) == .trainingFailed)
        #expect(code([5, 5, 5, 5], .regression) == nil)
        var options = options(.binary)
        options.learningRate = .nan
        #expect(throws: Diagnostic.self) { try options.validate(features: 1) }
        let model = try train(MadeTable(rows: 100) { x, _, _ in x }, self.options(.regression))
        let narrow = try FeatureMatrix(kinds: [.numeric], values: [1])
        #expect(throws: Diagnostic.self) { try model.scores(narrow, team: team) }
    }
}
