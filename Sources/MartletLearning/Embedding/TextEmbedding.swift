// Vectors of texts, from a column or from pairs of texts.

package import MartletCore
package import MartletKernels

package enum TextEmbedding {
    /// Texts that belong together, question and answer: left[i] and right[i].
    ///
    /// Both sides share a vocabulary of words and parts of words; each has a table of its own.
    package static func train(
        left: TextDocuments, right: TextDocuments, options: EmbeddingOptions, team: WorkerTeam,
        context: TrainingContext = TrainingContext()
    ) throws(Diagnostic) -> EmbeddingModel {
        try options.validate()
        guard left.count == right.count else {
            throw Diagnostic(.typeMismatch, "\(left.count) left texts for \(right.count) right texts")
        }
        guard left.count > 0 else { throw Diagnostic(.nothingToTrain, "there are no pairs to train on") }
        guard left.count < 1 << 31 else { throw Diagnostic(.limitExceeded, "more than \(1 << 31) pairs to train on") }
        try context.check()
        let sides = [left, right].map { HashedDocuments.hash($0, options: options.features, team: team) }
        var frequencies = DocumentFrequencies()
        for side in sides { frequencies.add(side, team: team) }
        let vocabulary = TextVocabulary(
            frequencies, minimumDocuments: (options.minimumWordDocuments, options.minimumCharacterDocuments),
            characterWeight: Float(options.characterWeight))
        let rows = sides.map { SparseRows($0, vocabulary: vocabulary, team: team) }
        let numbers = numbersOfDistinctTexts(right)
        let tables = try TwoTower.train(
            left: rows[0], right: rows[1], features: (vocabulary.featureCount, vocabulary.featureCount),
            pairs: TowerPairs(left: (0..<left.count).map { Int32($0) }, right: numbers), options: options, team: team,
            context: context)
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
        return try train(left: left, right: right, options: options, team: team, context: context)
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

package struct EmbeddingModel: Hashable, Sendable {
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

    // MARK: Bytes

    package func serialized() -> [UInt8] {
        var writer = ModelWriter(.embedding)
        writer.write(UInt32(features.wordGrams))
        writer.write(UInt32(features.shortestCharacterGram))
        writer.write(UInt32(features.longestCharacterGram))
        writer.write(UInt32(dimension))
        writer.write(vocabulary.characterWeight)
        writer.write(ascending: vocabulary.buckets)
        writer.write(vocabulary.inverseFrequencies)
        writer.write(left.values)
        writer.write(right.values)
        return writer.finished()
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
