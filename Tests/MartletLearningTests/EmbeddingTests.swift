// Vectors of made texts.

import MartletCore
import MartletKernels
import MartletLearning
import Testing

@Suite struct EmbeddingTests {
    let team = WorkerTeam(threads: 2)

    private var options: EmbeddingOptions {
        var options = EmbeddingOptions()
        options.dimension = 40
        options.epochs = 30
        options.batchSize = 32
        options.learningRate = 2e-2
        return options
    }

    /// Questions and answers of eight topics that share no word: only pairs tell which belong together.
    private func pairs(_ count: Int, seed: UInt64) -> (left: TextDocuments, right: TextDocuments, topics: [Int]) {
        var random = SeededRandom(seed: seed)
        var (left, right, topics) = (TextDocuments(), TextDocuments(), [Int]())
        for _ in 0..<count {
            let topic = Int.random(in: 0..<8, using: &random)
            func words(_ stem: String) -> String {
                (0..<3).map { _ in "\(stem)\(topic)x\(Int.random(in: 0..<4, using: &random))" }.joined(separator: " ")
            }
            left.append(words("ask").utf8)
            right.append(words("reply").utf8)
            topics.append(topic)
        }
        return (left, right, topics)
    }

    private func dot(_ left: ArraySlice<Float>, _ right: ArraySlice<Float>) -> Float {
        zip(left, right).reduce(0) { $0 + $1.0 * $1.1 }
    }

    @Test func pairsComeNearEachOther() throws {
        let training = pairs(300, seed: 1)
        nonisolated(unsafe) var losses: [Double] = []
        let model = try TextEmbedding.train(
            left: training.left, right: training.right, options: options, team: team,
            context: TrainingContext(report: { losses.append($0.loss) }))
        #expect(losses.count == 30 && losses[29] < losses[0] / 1.3)
        let fresh = pairs(60, seed: 2)
        let questions = model.embed(fresh.left, side: .left, team: team)
        let answers = model.embed(fresh.right, side: .right, team: team)
        var right = 0
        for row in 0..<60 {
            let question = questions[row * 40..<(row + 1) * 40]
            #expect(abs(dot(question, question) - 1) < 1e-4)
            let cosines = (0..<60).map { dot(question, answers[$0 * 40..<($0 + 1) * 40]) }
            let best = cosines.indices.max { cosines[$0] < cosines[$1] } ?? 0
            if fresh.topics[best] == fresh.topics[row] { right += 1 }
        }
        #expect(right >= 57)
    }

    @Test func wordsOfOneTextComeNearEachOther() throws {
        var random = SeededRandom(seed: 3)
        let groups = [["sun", "beach", "sand", "wave"], ["code", "bug", "test", "merge"]]
        let documents = TextDocuments(
            (0..<200).map { index in
                (0..<6).map { _ in groups[index % 2].randomElement(using: &random) ?? "" }.joined(separator: " ")
            })
        let model = try TextEmbedding.train(documents, options: options, team: team)
        let vectors = model.embed(TextDocuments(["sun", "sand", "bug"]), team: team)
        let (sun, sand, bug) = (vectors[0..<40], vectors[40..<80], vectors[80..<120])
        #expect(dot(sun, sand) > dot(sun, bug) + 0.3)
        #expect(model.embed(TextDocuments([""]), team: team) == [Float](repeating: 0, count: 40))
    }

    @Test func threadsChangeNothing() throws {
        let training = pairs(100, seed: 4)
        var options = options
        options.epochs = 2
        let models = try [1, 2, 3].map {
            try TextEmbedding.train(
                left: training.left, right: training.right, options: options, team: WorkerTeam(threads: $0)
            ).serialized()
        }
        #expect(models[0] == models[1] && models[0] == models[2])
    }

    @Test func bytesComeBack() throws {
        let training = pairs(30, seed: 5)
        var options = options
        options.epochs = 1
        let model = try TextEmbedding.train(
            left: training.left, right: training.right, options: options, team: team)
        let bytes = model.serialized()
        #expect(try EmbeddingModel(bytes: bytes) == model)
        #expect(expectDamageIsFound(bytes) { (bytes) throws(Diagnostic) in try EmbeddingModel(bytes: bytes) } == [])
    }

    @Test func negativesAndBadInput() throws {
        let training = pairs(20, seed: 6)
        let hashed = [training.left, training.right].map {
            HashedDocuments.hash($0, options: options.features, team: team)
        }
        let frequencies = DocumentFrequencies(Array(hashed.joined()), team: team)
        let vocabulary = TextVocabulary(frequencies, minimumDocuments: (1, 1), characterWeight: 0.5, team: team)
        let rows = hashed.map { SparseRows($0, vocabulary: vocabulary, team: team) }
        func code(_ change: (inout TowerPairs) -> Void) -> ErrorCode? {
            var pairs = TowerPairs(left: (0..<20).map { $0 }, right: (0..<20).map { $0 })
            change(&pairs)
            do throws(Diagnostic) {
                let tables = try TwoTower.train(
                    left: rows[0], right: rows[1], features: (vocabulary.featureCount, vocabulary.featureCount),
                    pairs: pairs, options: options, team: team)
                return tables.left.values.allSatisfy { $0.isFinite } ? nil : .corrupt
            } catch { return error.code }
        }
        #expect(code { _ in } == nil)
        #expect(
            code {
                $0.negativesPerPair = 2
                $0.negatives = (0..<40).map { $0 % 20 }
            } == nil)
        #expect(code { $0.negativesPerPair = 2 } == .typeMismatch)
        #expect(code { $0.right[3] = 20 } == .trainingFailed)
        #expect(code { $0.right = [Int32](repeating: 1, count: 20) } == .trainingFailed)
        #expect(code { $0 = TowerPairs(left: [], right: []) } == .nothingToTrain)
        #expect(throws: Diagnostic.self) {
            try TextEmbedding.train(TextDocuments(["a", ""]), options: options, team: team)
        }
    }
}
