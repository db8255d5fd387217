// A trained retriever as bytes.

package import MartletCore
import MartletLearning
import MartletText

extension RetrievalModel {
    /// Equal models have equal bytes.
    package func serialized() -> [UInt8] {
        var writer = RetrievalWriter()
        writer.write(method.rawValue)
        writer.write(leastSimilarity)
        writer.write(base.leadWeight)
        writer.write(base.analyzer.encoded())
        write(base.corpus, to: &writer)
        writer.write(base.pairs.keys)
        writer.write(base.pairs.frequencies)
        writer.write(base.pairs.averageLength)
        writer.write(base.graph.neighbours)
        writer.write(base.graph.weights)
        writer.write(UInt32(base.latent.dimension))
        writer.write(base.latent.projection)
        writer.write(base.latent.documents)
        writer.write(UInt8(stages == nil || ranker == nil ? 0 : 1))
        if let stages, let ranker { write(stages, ranker, to: &writer) }
        return writer.finished()
    }

    private func write(_ corpus: RetrievalCorpus, to writer: inout RetrievalWriter) {
        let vocabulary = corpus.vocabulary
        writer.write(vocabulary.terms.map { UInt8(truncatingIfNeeded: min($0.count, 255)) })
        writer.write(vocabulary.terms.flatMap { $0.prefix(255) })
        writer.write(vocabulary.frequencies)
        writer.write(corpus.rowIDs)
        writer.write(corpus.checksums)
        writer.write(corpus.leadCounts.map { UInt32($0) })
        writer.write(corpus.terms)
        writer.write(corpus.starts.map { UInt64($0) })
    }

    private func write(_ stages: LearnedStages, _ ranker: BoostedTreesModel, to writer: inout RetrievalWriter) {
        writer.write(stages.past.rows)
        writer.write(stages.past.answers.map { UInt32($0.count) })
        writer.write(stages.past.answers.flatMap { $0.map(\.document) })
        writer.write(stages.past.answers.flatMap { $0.map(\.weight) })
        writer.write(UInt8(stages.towers == nil ? 0 : 1))
        if let towers = stages.towers {
            writer.write(towers.features)
            writer.write(towers.queryTable)
            writer.write(towers.documentTable)
            writer.write(stages.vectors)
        }
        writer.write(UInt8(stages.cross == nil ? 0 : 1))
        if let cross = stages.cross {
            writer.write(cross.queryFeatures)
            // Most weights are 0.
            let used = cross.weights.indices.filter { cross.weights[$0] != 0 }
            writer.write(used.map { UInt32($0) })
            writer.write(used.map { cross.weights[$0] })
            writer.write(crossRows)
        }
        writer.write(ranker.serialized())
    }

    /// - Throws: `corrupt` or `newerFormat`.
    package init(bytes: [UInt8]) throws(Diagnostic) {
        var reader = try RetrievalReader(bytes)
        guard let method = Method(rawValue: try reader.read(UInt8.self)) else {
            throw Diagnostic(.corrupt, "the bytes of a retriever are damaged: its method")
        }
        let leastSimilarity = try reader.readFloat()
        let leadWeight = try reader.readFloat()
        let analyzer = try AnalyzerDefinition(decoding: try reader.readArray(UInt8.self))
        let corpus = try Self.readCorpus(&reader)
        let count = corpus.count
        var pairs = TermPairs()
        pairs.keys = try reader.readArray(UInt64.self)
        pairs.frequencies = try reader.readArray(UInt32.self)
        pairs.averageLength = try reader.readFloat()
        try reader.require(pairs.keys.count == pairs.frequencies.count && pairs.averageLength > 0, "its pairs of words")
        let graph = DocumentGraph(
            neighbours: try reader.readArray(UInt32.self), weights: try reader.readFloats())
        try reader.require(
            graph.neighbours.count == count * DocumentGraph.degree && graph.weights.count == graph.neighbours.count
                && graph.neighbours.allSatisfy { Int($0) < max(1, count) }, "its neighbours")
        let dimension = Int(try reader.read(UInt32.self))
        let latent = LatentSpace(
            dimension: dimension, projection: try reader.readFloats(), documents: try reader.readFloats())
        try reader.require(
            dimension >= 1 && dimension <= 4_096 && latent.projection.count == corpus.vocabulary.count * dimension
                && latent.documents.count == count * dimension, "its latent space")
        let base = RetrievalBase(
            corpus: corpus, pairs: pairs, graph: graph, latent: latent, analyzer: analyzer, leadWeight: leadWeight)
        var stages: LearnedStages?
        var ranker: BoostedTreesModel?
        var crossRows = SparseMatrix(columnCount: 0)
        if try reader.read(UInt8.self) == 1 {
            (stages, crossRows, ranker) = try Self.readStages(&reader, corpus)
        }
        try reader.require(method != .ranked || ranker != nil, "its ranker is missing")
        try reader.finish()
        self.init(
            method: method, base: base, stages: stages, crossRows: crossRows, ranker: ranker,
            leastSimilarity: leastSimilarity)
    }

    private static func readCorpus(_ reader: inout RetrievalReader) throws(Diagnostic) -> RetrievalCorpus {
        let lengths = try reader.readArray(UInt8.self)
        let letters = try reader.readArray(UInt8.self)
        try reader.require(lengths.reduce(0) { $0 + Int($1) } == letters.count, "its words")
        var terms: [[UInt8]] = []
        terms.reserveCapacity(lengths.count)
        var at = 0
        for length in lengths {
            terms.append(Array(letters[at..<at + Int(length)]))
            at += Int(length)
        }
        let frequencies = try reader.readArray(UInt32.self)
        var corpus = RetrievalCorpus()
        corpus.rowIDs = try reader.readArray(Int64.self)
        corpus.checksums = try reader.readArray(UInt32.self)
        corpus.leadCounts = try reader.readArray(UInt32.self).map { Int($0) }
        corpus.terms = try reader.readArray(UInt32.self)
        corpus.starts = try reader.readStarts(count: corpus.rowIDs.count, total: corpus.terms.count)
        try reader.require(
            frequencies.count == terms.count && corpus.checksums.count == corpus.count
                && corpus.leadCounts.count == corpus.count && corpus.count < Int(Int32.max), "its documents")
        try reader.require(frequencies.allSatisfy { Int($0) <= corpus.count }, "its frequencies")
        try reader.require(zip(corpus.rowIDs, corpus.rowIDs.dropFirst()).allSatisfy { $0 < $1 }, "the order of rows")
        try reader.require(corpus.terms.allSatisfy { Int($0 >> 1) < terms.count }, "a document's words")
        for document in 0..<corpus.count {
            try reader.require(
                corpus.leadCounts[document] <= corpus.starts[document + 1] - corpus.starts[document], "a lead")
        }
        corpus.vocabulary = RetrievalVocabulary(
            terms: terms, frequencies: frequencies, documentCount: corpus.count)
        return corpus
    }

    private static func readStages(
        _ reader: inout RetrievalReader, _ corpus: RetrievalCorpus
    ) throws(Diagnostic) -> (LearnedStages, SparseMatrix, BoostedTreesModel) {
        let rows = try reader.readMatrix()
        let counts = try reader.readArray(UInt32.self)
        let documents = try reader.readArray(Int32.self)
        let weights = try reader.readFloats()
        try reader.require(
            counts.count == rows.rowCount && counts.reduce(0) { $0 + Int($1) } == documents.count
                && weights.count == documents.count && documents.allSatisfy { $0 >= 0 && Int($0) < corpus.count },
            "its past queries")
        var answers: [[(document: Int32, weight: Float)]] = []
        var at = 0
        for count in counts {
            answers.append((at..<at + Int(count)).map { (documents[$0], weights[$0]) })
            at += Int(count)
        }
        var stages = LearnedStages(past: PastQueries(rows: rows, answers: answers))
        if try reader.read(UInt8.self) == 1 {
            let towers = Towers(
                features: try reader.readArray(UInt32.self), queryTable: try reader.readFloats(),
                documentTable: try reader.readFloats())
            stages.vectors = try reader.readFloats()
            let width = Towers.dimension
            try reader.require(
                towers.features.count == corpus.vocabulary.count && towers.queryTable.count % width == 0
                    && towers.documentTable.count == towers.queryTable.count
                    && stages.vectors.count == corpus.count * width
                    && towers.features.allSatisfy { $0 == Towers.none || Int($0) < towers.queryTable.count / width },
                "its vectors")
            stages.towers = towers
        }
        var crossRows = SparseMatrix(columnCount: 0)
        if try reader.read(UInt8.self) == 1 {
            let features = try reader.readArray(UInt32.self)
            let used = try reader.readArray(UInt32.self)
            let values = try reader.readFloats()
            try reader.require(
                used.count == values.count && used.allSatisfy { Int($0) < CrossTerms.weightCount }, "its weights")
            var cross = CrossTerms(queryFeatures: features, weights: [])
            cross.weights = [Float](repeating: 0, count: CrossTerms.weightCount)
            for (place, value) in zip(used, values) { cross.weights[Int(place)] = value }
            stages.cross = cross
            crossRows = try reader.readMatrix(rows: corpus.count, isBounded: false)
        }
        let ranker = try BoostedTreesModel(bytes: try reader.readArray(UInt8.self))
        try reader.require(
            ranker.featureCount == CandidateFeature.allCases.count && ranker.outputCount == 1, "its ranker")
        return (stages, crossRows, ranker)
    }
}
