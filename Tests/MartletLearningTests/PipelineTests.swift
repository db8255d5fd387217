// From rows to a model without a database: assignment to shards, figures, bytes.

import MartletCore
import MartletLearning
import Testing

@Suite struct PipelineTests {
    /// Rows in batches of a few.
    private struct MadeRows: RowBatches {
        var batches: [Batch]
        var rowCount: Int { batches.reduce(0) { $0 + $1.count } }
        var batchCount: Int { batches.count }
        func firstRow(ofBatch index: Int) -> Int { batches[..<index].reduce(0) { $0 + $1.count } }
        func batch(_ index: Int) throws(Diagnostic) -> Batch { batches[index] }
    }

    private static func rows(_ count: Int) -> MadeRows {
        let all = (0..<count).map { (row: Int) -> [Value] in
            let kind: Value = row % 5 == 0 ? .null : .text("kind\(row % 3)")
            return [.real(Double(row % 17)), kind, .text(row % 17 > 8 ? "high" : "low")]
        }
        var batches: [Batch] = []
        for start in stride(from: 0, to: count, by: 7) {
            let rows = Array(all[start..<min(count, start + 7)])
            batches.append(Batch(rows: rows, types: [.real, .text, .text]))
        }
        return MadeRows(batches: batches)
    }

    private static func request(_ kind: LearnerKind, shards: Int = 1) -> TrainingRequest {
        var request = TrainingRequest(kind: kind)
        request.columns = [InputColumn(name: "x", type: .real), InputColumn(name: "kind", type: .text)]
        request.positions = [0, 1]
        request.label = InputColumn(name: "y", type: .text)
        request.labelPosition = 2
        request.shards = shards
        request.isSharded = shards > 1
        request.aggregate = kind.standardAggregate
        request.candidates = [Hyperparameters(of: kind)]
        return request
    }

    private static func train(
        _ kind: LearnerKind, shards: Int = 1, threads: Int = 1
    ) throws -> TrainingOutcome {
        try TrainingPipeline(request(kind, shards: shards), threads: threads, context: TrainingContext()) { _ in }
            .run(rows(240))
    }

    @Test(arguments: [LearnerKind.linear, .boostedTrees, .mlp]) func bytesComeBack(kind: LearnerKind) throws {
        let model = try Self.train(kind).model
        let bytes = model.serialized()
        let again = try TrainedModel(bytes: bytes)
        #expect(again.serialized() == bytes)
        #expect(again.label == model.label && again.features == model.features)
        // Whatever byte is wrong, it is an error.
        for position in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 97)) {
            var damaged = bytes
            damaged[position] ^= 0x41
            #expect(throws: Diagnostic.self) { _ = try TrainedModel(bytes: damaged) }
        }
        #expect(throws: Diagnostic.self) { _ = try TrainedModel(bytes: Array(bytes.dropLast())) }
    }

    @Test(arguments: [LearnerKind.linear, .boostedTrees, .mlp]) func sameBytesForAnyThreads(kind: LearnerKind) throws {
        for shards in [1, 3] {
            let one = try Self.train(kind, shards: shards, threads: 1).model.serialized()
            let three = try Self.train(kind, shards: shards, threads: 3).model.serialized()
            #expect(one == three, "\(shards) shards")
        }
    }

    @Test func everyShardHasItsPartOfEveryClass() throws {
        let labels = (0..<1_000).map { Float($0 % 10 == 0 ? 1 : 0) }
        let assignment = try RowAssignment(
            rowCount: 1_000, labels: labels, classes: 2, split: 0.2, shards: 4, seed: 5)
        #expect((150...250).contains(assignment.heldOutRows))
        #expect(assignment.shardRows.reduce(0, +) + assignment.heldOutRows == 1_000)
        var rare = [0, 0, 0, 0]
        for (row, shard) in assignment.setOfRow.enumerated() where shard >= 0 && labels[row] == 1 {
            rare[Int(shard)] += 1
        }
        #expect((rare.max() ?? 0) - (rare.min() ?? 0) <= 1)
    }

    @Test func areaUnderTheCurveCountsTiesHalf() {
        var evaluation = ClassificationEvaluation(classes: 2)
        // Class 1 at .9 and .5, class 0 at .5, .1 and .1: of six pairs five are right and one is equal.
        evaluation.add(
            probabilities: [0.1, 0.9, 0.5, 0.5, 0.5, 0.5, 0.9, 0.1, 0.9, 0.1], labels: [1, 1, 0, 0, 0])
        #expect(abs((evaluation.auc ?? 0) - 5.5 / 6) < 1e-12)
        #expect(abs(evaluation.accuracy - 0.8) < 1e-12)
    }

    @Test func explainedVariance() {
        var evaluation = RegressionEvaluation()
        evaluation.add(predictions: [2.5, 0, 2, 8], labels: [3, -0.5, 2, 7])
        #expect(abs(evaluation.r2 - 0.948_608_137_044_967_9) < 1e-9)
        #expect(abs(evaluation.mae - 0.5) < 1e-9)
    }

    @Test func categoriesKeepTheirNumbers() {
        let names = (0..<5_000).map { "name \($0)" }
        let index = CategoryIndex(names)
        for (number, name) in names.enumerated() where number % 37 == 0 {
            var text = name
            #expect(text.withUTF8 { index.find($0) } == number)
        }
        var unknown = "nobody"
        #expect(unknown.withUTF8 { index.find($0) } == nil)
    }
}
