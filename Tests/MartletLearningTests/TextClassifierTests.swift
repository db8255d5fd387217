// The classifier of texts on made texts.

import MartletCore
import MartletKernels
import MartletLearning
import Testing

@Suite struct TextClassifierTests {
    let team = WorkerTeam(threads: 2)

    /// Sentences whose words say their class, among words that do not.
    private func texts(_ count: Int, classes: Int, seed: UInt64) -> (documents: TextDocuments, labels: [Int32]) {
        var random = SeededRandom(seed: seed)
        var documents = TextDocuments()
        var labels: [Int32] = []
        for _ in 0..<count {
            let label = Int.random(in: 0..<classes, using: &random)
            var words = (0..<6).map { _ in "filler\(Int.random(in: 0..<40, using: &random))" }
            words.append("topic\(label)word\(Int.random(in: 0..<5, using: &random))")
            documents.append(words.shuffled(using: &random).joined(separator: " ").utf8)
            labels.append(Int32(label))
        }
        return (documents, labels)
    }

    @Test(arguments: [2, 3, 7]) func learnsWhatWordsMean(classes: Int) throws {
        let training = texts(600, classes: classes, seed: 1)
        let model = try TextClassifier.train(
            training.documents, labels: training.labels, classes: classes, options: TextClassifierOptions(), team: team)
        let fresh = texts(200, classes: classes, seed: 2)
        let probabilities = model.probabilities(fresh.documents, team: team)
        #expect(accuracy(probabilities, fresh.labels.map { Float($0) }, classes: classes) > 0.97)
        for row in 0..<200 {
            #expect(abs(probabilities[row * classes..<(row + 1) * classes].reduce(0, +) - 1) < 1e-5)
        }
        // Words never seen, no words, and bytes that are no text have probabilities too.
        var strange = TextDocuments(["", "zzz qqq", "日本語 ÅNGSTRÖM"])
        strange.append([0xFF, 0xC3, 0x00, 0x80])
        #expect(model.probabilities(strange, team: team).allSatisfy { $0 >= 0 && $0 <= 1 })
        #expect(model.probabilities(TextDocuments(), team: team).isEmpty)
    }

    @Test func partsOfWordsAreFeatures() throws {
        // Every word differs; only their stems tell.
        let stems = ["water", "stone"]
        let documents = TextDocuments((0..<200).map { "x\($0) \(stems[$0 % 2])\($0)" })
        let model = try TextClassifier.train(
            documents, labels: (0..<200).map { Int32($0 % 2) }, classes: 2, options: TextClassifierOptions(),
            team: team)
        let probabilities = model.probabilities(TextDocuments(["watermelons", "STONES"]), team: team)
        #expect(probabilities[0] > 0.6 && probabilities[3] > 0.6)
    }

    @Test func threadsChangeNothing() throws {
        for classes in [2, 5] {
            let training = texts(400, classes: classes, seed: 3)
            let models = try [1, 2, 4].map {
                try TextClassifier.train(
                    training.documents, labels: training.labels, classes: classes, options: TextClassifierOptions(),
                    team: WorkerTeam(threads: $0)
                ).serialized()
            }
            #expect(models[0] == models[1] && models[0] == models[2])
        }
    }

    @Test func bytesComeBack() throws {
        let training = texts(100, classes: 3, seed: 4)
        let model = try TextClassifier.train(
            training.documents, labels: training.labels, classes: 3, options: TextClassifierOptions(), team: team)
        let bytes = model.serialized()
        let read = try TextClassifierModel(bytes: bytes)
        #expect(read == model && read.serialized() == bytes)
        #expect(model.weights.count > 1 << 11)
        #expect(model.digest() == (bytes.count, ModelDigest.of(bytes)))
        #expect(
            read.probabilities(training.documents, team: team) == model.probabilities(training.documents, team: team))
        #expect(
            expectDamageIsFound(bytes) { (bytes) throws(Diagnostic) in try TextClassifierModel(bytes: bytes) } == [])
        #expect(throws: Diagnostic.self) { try BoostedTreesModel(bytes: bytes) }
    }

    /// Also of more documents than a byte counts, and by any number of threads.
    @Test(arguments: [1, 3]) func frequenciesAreExact(threads: Int) {
        let steps = [127...129, 254...257, 380...384, 507...512, 899...900].joined()
        let texts = (0..<900).map { number in
            "all n\(number) " + steps.filter { number < $0 }.map { "upto\($0)" }.joined(separator: " ")
        }
        let team = WorkerTeam(threads: threads)
        let pieces = HashedDocuments.hash(TextDocuments(texts), options: TextFeatureOptions(), team: team)
        let frequencies = DocumentFrequencies(pieces, team: team)
        var expected: [Int: Int] = [:]
        for entry in pieces.flatMap(\.entries) {
            expected[Int(entry & TextFeatureHasher.bucketMask), default: 0] += 1
        }
        #expect(Set(expected.values).isSuperset(of: steps))
        #expect(frequencies.documentCount == 900)
        var found: [Int: Int] = [:]
        frequencies.forEach(of: 0..<Int(TextFeatureHasher.bucketMask) + 1) { found[$0] = $1 }
        #expect(found == expected)
    }

    @Test func shardsShareAVocabularyAndWeights() throws {
        let training = texts(800, classes: 4, seed: 5)
        let options = TextClassifierOptions()
        let halves = [0, 1].map { half in (0..<800).filter { $0 % 2 == half } }
        let hashed = halves.map {
            HashedDocuments.hash(training.documents.documents($0), options: options.features, team: team)
        }
        let frequencies = DocumentFrequencies(Array(hashed.joined()), team: team)
        let vocabulary = TextVocabulary(frequencies, minimumDocuments: (1, 2), characterWeight: 0.7, team: team)
        let rows = hashed.map { SparseRows($0, vocabulary: vocabulary, team: team) }
        let places = FeaturePlaces(rows, vocabulary: vocabulary, team: team)
        let sessions = try [0, 1].map { shard in
            try TextClassifier.begin(
                rows[shard], places: places, shard: shard, labels: halves[shard].map { training.labels[$0] },
                classes: 4,
                options: options, amplification: 2, team: team, memory: .heap)
        }
        for round in 1...5 {
            for session in sessions { try session.run(upTo: options.epochs * round / 5, TrainingContext()) }
            DualCoordinateDescent.share(sessions, rows: halves.map(\.count), team: team)
        }
        let model = try TextClassifier.model(
            of: sessions, rows: halves.map(\.count), places: places, vocabulary: vocabulary, classes: 4,
            options: options, team: team)
        let fresh = texts(200, classes: 4, seed: 6)
        let probabilities = model.probabilities(fresh.documents, team: team)
        #expect(accuracy(probabilities, fresh.labels.map { Float($0) }, classes: 4) > 0.95)
        #expect(try TextClassifierModel.mean([(model, 3)], team: team) == model)
    }

    @Test func badInput() {
        func code(_ texts: [String], _ labels: [Int32], _ change: (inout TextClassifierOptions) -> Void = { _ in })
            -> ErrorCode?
        {
            var options = TextClassifierOptions()
            change(&options)
            do throws(Diagnostic) {
                _ = try TextClassifier.train(
                    TextDocuments(texts), labels: labels, classes: 2, options: options, team: team)
                return nil
            } catch { return error.code }
        }
        #expect(code([], []) == .nothingToTrain)
        #expect(code(["a", "b"], [1, 1]) == .trainingFailed)
        #expect(code(["a", "b"], [0, 2]) == .trainingFailed)
        #expect(code(["a", "b"], [0, -1]) == .trainingFailed)
        #expect(code(["a"], [0, 1]) == .typeMismatch)
        #expect(code(["", ""], [0, 1]) == nil)
        #expect(code(["a", "b"], [0, 1]) { $0.cost = .nan } == .invalidOption)
        #expect(code(["a", "b"], [0, 1]) { $0.features.wordGrams = 100 } == .invalidOption)
        #expect(code(["a", "b"], [0, 1]) { $0.classWeights = [1] } == .invalidOption)
    }

    @Test func cancellation() {
        let training = texts(100, classes: 2, seed: 7)
        let cancellation = Cancellation()
        let context = TrainingContext(
            check: { () throws(Diagnostic) in try cancellation.check() }, report: { _ in cancellation.cancel() })
        #expect(throws: Diagnostic(.cancelled, "the statement was cancelled")) {
            try TextClassifier.train(
                training.documents, labels: training.labels, classes: 2, options: TextClassifierOptions(), team: team,
                context: context)
        }
    }
}
