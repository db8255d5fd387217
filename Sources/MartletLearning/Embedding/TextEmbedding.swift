// Vectors of texts, from a column or from pairs of texts.

package import MartletCore
package import MartletKernels

package enum TextEmbedding {
    /// Texts that belong together, over a vocabulary.
    struct Pairs: Sendable {
        var left: SparseRows
        var right: SparseRows
        var pairs: TowerPairs
    }

    /// The pairs of each part, over the vocabulary of words and parts of words of all of them.
    ///
    /// - Throws: `nothingToTrain` for a part without pairs, `limitExceeded`.
    static func prepare(
        _ parts: [(left: TextDocuments, right: TextDocuments)], options: EmbeddingOptions, team: WorkerTeam,
        context: TrainingContext
    ) throws(Diagnostic) -> (vocabulary: TextVocabulary, parts: [Pairs]) {
        try options.validate()
        var hashed: [[[HashedDocuments]]] = []
        for (left, right) in parts {
            guard left.count == right.count else {
                throw Diagnostic(.typeMismatch, "\(left.count) left texts for \(right.count) right texts")
            }
            guard left.count > 0 else { throw Diagnostic(.nothingToTrain, "there are no pairs to train on") }
            guard left.count < 1 << 31 else {
                throw Diagnostic(.limitExceeded, "more than \(1 << 31) pairs to train on")
            }
            try context.check()
            hashed.append(HashedDocuments.hash([left, right], options: options.features, team: team))
        }
        let vocabulary = TextVocabulary(
            DocumentFrequencies(hashed.flatMap { Array($0.joined()) }, team: team),
            minimumDocuments: (options.minimumWordDocuments, options.minimumCharacterDocuments),
            characterWeight: Float(options.characterWeight), team: team)
        var result: [Pairs] = []
        for (sides, part) in zip(hashed, parts) {
            var rows: [SparseRows] = []
            for side in sides {
                rows.append(try SparseRows(side, vocabulary: vocabulary, team: team, memory: context.memory))
            }
            let numbers = numbersOfDistinctTexts(part.right)
            result.append(
                Pairs(
                    left: rows[0], right: rows[1],
                    pairs: TowerPairs(left: (0..<part.left.count).map { Int32($0) }, right: numbers)))
        }
        return (vocabulary, result)
    }

    /// Texts that belong together, question and answer: left[i] and right[i].
    ///
    /// Both sides share a vocabulary of words and parts of words; each has a table of its own.
    package static func train(
        left: TextDocuments, right: TextDocuments, options: EmbeddingOptions, team: WorkerTeam,
        context: TrainingContext = TrainingContext()
    ) throws(Diagnostic) -> EmbeddingModel {
        let (vocabulary, parts) = try prepare([(left, right)], options: options, team: team, context: context)
        return try fit(parts[0], vocabulary, options: options, team: team, context: context)
    }

    static func fit(
        _ part: Pairs, _ vocabulary: TextVocabulary, options: EmbeddingOptions, team: WorkerTeam,
        context: TrainingContext
    ) throws(Diagnostic) -> EmbeddingModel {
        let tables = try TwoTower.train(
            left: part.left, right: part.right, features: (vocabulary.featureCount, vocabulary.featureCount),
            pairs: part.pairs, options: options, team: team, context: context)
        return EmbeddingModel(
            features: options.features, vocabulary: vocabulary, left: tables.left, right: tables.right)
    }

    /// Texts alone: the halves of a text belong together.
    ///
    /// - Throws: `nothingToTrain` if fewer than two texts have two words.
    package static func train(
        _ documents: TextDocuments, options: EmbeddingOptions, team: WorkerTeam,
        context: TrainingContext = TrainingContext()
    ) throws(Diagnostic) -> EmbeddingModel {
        let (left, right) = try halves(documents)
        return try train(left: left, right: right, options: options, team: team, context: context)
    }

    static func halves(_ documents: TextDocuments) throws(Diagnostic) -> (left: TextDocuments, right: TextDocuments) {
        var left = TextDocuments()
        var right = TextDocuments()
        for document in 0..<documents.count {
            let text = documents.bytes[documents.offsets[document]..<documents.offsets[document + 1]]
            let words = text.split { $0 <= 32 }
            guard words.count > 1 else { continue }
            let middle = words.count / 2
            left.append(words[..<middle].joined(separator: [32]))
            right.append(words[middle...].joined(separator: [32]))
        }
        guard left.count > 1 else {
            throw Diagnostic(.nothingToTrain, "fewer than two texts have two words to learn from")
        }
        return (left, right)
    }

    /// Equal texts are one row, so that they do not count against each other: the number of each text's first place.
    private static func numbersOfDistinctTexts(_ documents: TextDocuments) -> [Int32] {
        var first: [[UInt8]: Int32] = [:]
        var numbers: [Int32] = []
        for document in 0..<documents.count {
            let text = Array(documents.bytes[documents.offsets[document]..<documents.offsets[document + 1]])
            let number = first[text] ?? Int32(document)
            first[text] = number
            numbers.append(number)
        }
        return numbers
    }
}

/// Which of the two tables a text's vector comes from.
package enum EmbeddingSide: Hashable, Sendable {
    case left
    case right
    /// The mean of both: for texts of one kind.
    case both
}

package struct EmbeddingModel: Hashable, StoredModel {
    package let features: TextFeatureOptions
    package let vocabulary: TextVocabulary
    package let left: EmbeddingTable
    package let right: EmbeddingTable

    init(features: TextFeatureOptions, vocabulary: TextVocabulary, left: EmbeddingTable, right: EmbeddingTable) {
        self.features = features
        self.vocabulary = vocabulary
        self.left = left
        self.right = right
    }

    package var dimension: Int { left.dimension }

    /// The vectors of texts, `dimension` numbers each, of length 1; 0 for a text without a known word or part.
    /// O(bytes + features · dimension).
    package func embed(_ documents: TextDocuments, side: EmbeddingSide = .both, team: WorkerTeam) -> [Float] {
        let hashed = HashedDocuments.hash(documents, options: features, team: team)
        let rows = SparseRows(hashed, vocabulary: vocabulary, team: team)
        let numbers = (0..<documents.count).map { Int32(truncatingIfNeeded: $0) }
        func vectors(_ table: EmbeddingTable) -> [Float] {
            var result = [Float](repeating: 0, count: documents.count * dimension)
            var lengths = [Float](repeating: 0, count: documents.count)
            table.embed(rows, numbers, into: &result, lengths: &lengths, team: team)
            return result
        }
        switch side {
        case .left: return vectors(left)
        case .right: return vectors(right)
        case .both:
            var sum = vectors(left)
            let other = vectors(right)
            for index in sum.indices { sum[index] += other[index] }
            sum.withUnsafeMutableBufferPointer { sum in
                guard let base = sum.baseAddress else { return }
                for document in 0..<documents.count {
                    _ = EmbeddingTable.normalize(base + document * dimension, dimension)
                }
            }
            return sum
        }
    }

    /// The mean of models of one vocabulary, each weighing as much as it has rows.
    package static func mean(
        _ models: [(model: EmbeddingModel, rows: Int)], team: WorkerTeam
    ) throws(Diagnostic) -> EmbeddingModel {
        guard let first = models.first?.model else { throw Diagnostic(.nothingToTrain, "there are no shards") }
        guard
            models.allSatisfy({
                $0.model.vocabulary == first.vocabulary && $0.model.dimension == first.dimension
            })
        else { throw Diagnostic(.trainingFailed, "the shards' models do not fit each other") }
        func table(_ side: (EmbeddingModel) -> EmbeddingTable) -> EmbeddingTable {
            EmbeddingTable(
                dimension: first.dimension,
                values: WeightMean.mean(models.map { (side($0.model).values, $0.rows) }, team: team))
        }
        return EmbeddingModel(
            features: first.features, vocabulary: first.vocabulary, left: table(\.left), right: table(\.right))
    }

    // MARK: Bytes

    package static var storedKind: ModelKind { .embedding }

    package func write(to writer: inout ModelWriter) {
        writer.write(UInt32(features.wordGrams))
        writer.write(UInt32(features.shortestCharacterGram))
        writer.write(UInt32(features.longestCharacterGram))
        writer.write(UInt32(dimension))
        writer.write(vocabulary.characterWeight)
        writer.write(ascending: vocabulary.buckets)
        writer.write(vocabulary.inverseFrequencies)
        writer.write(left.values)
        writer.write(right.values)
    }

    /// - Throws: `corrupt`, `newerFormat` or `wrongModelKind`.
    package init(bytes: [UInt8]) throws(Diagnostic) {
        var reader = try ModelReader(bytes, .embedding)
        var features = TextFeatureOptions()
        features.wordGrams = Int(try reader.read(UInt32.self))
        features.shortestCharacterGram = Int(try reader.read(UInt32.self))
        features.longestCharacterGram = Int(try reader.read(UInt32.self))
        do throws(Diagnostic) { try features.validate() } catch { throw reader.corrupt("the features") }
        let dimension = Int(try reader.read(UInt32.self))
        let characterWeight = try reader.readFloat()
        try reader.require(
            dimension >= 1 && characterWeight > 0 && characterWeight.isFinite, "a setting is out of range")
        let buckets = try reader.readAscending()
        let inverse = try reader.readFloats()
        let left = try reader.readFloats()
        let right = try reader.readFloats()
        try reader.finish()
        guard
            let vocabulary = TextVocabulary(
                buckets: buckets, inverseFrequencies: inverse, characterWeight: characterWeight)
        else { throw reader.corrupt("the vocabulary") }
        for table in [left, right] {
            try reader.require(
                table.count.isMultiple(of: dimension) && table.count / dimension == inverse.count, "the vectors")
        }
        self.init(
            features: features, vocabulary: vocabulary,
            left: EmbeddingTable(dimension: dimension, values: left),
            right: EmbeddingTable(dimension: dimension, values: right))
    }
}
