// A trained retriever as bytes.

package import MartletCore
import MartletLearning
import MartletText

extension RetrievalModel {
    /// Equal models have equal bytes.
    package func serialized() -> [UInt8] {
        var writer = RetrievalWriter()
        writer.write(method.rawValue)
        writer.write(gate.evidence.rawValue)
        writer.write(gate.least)
        writer.write(gate.baseShare)
        writer.write(gate.towerShare)
        writer.write(base.leadWeight)
        writer.write(base.analyzer.encoded())
        write(base.corpus, to: &writer)
        writer.write(base.pairs.keys)
        writer.write(base.pairs.frequencies)
        writer.write(base.pairs.averageLength)
        writer.write(base.pairs.averageLead)
        writer.write(base.graph.neighbours)
        writer.write(base.graph.weights)
        writer.write(UInt32(base.latent.dimension))
        writer.write(base.latent.projection)
        writer.write(base.latent.documents)
        writer.write(UInt8(stages == nil ? 0 : 1))
        if let stages { write(stages, ranker, to: &writer) }
        return writer.finished()
    }

    private func write(_ corpus: RetrievalCorpus, to writer: inout RetrievalWriter) {
        let vocabulary = corpus.vocabulary
        writer.write(vocabulary.letters)
        writer.write(vocabulary.starts)
        writer.write(vocabulary.frequencies)
        writer.write(corpus.rowIDs)
        writer.write(corpus.checksums)
        writer.write(corpus.leadCounts.map { UInt32($0) })
        writer.write(corpus.terms)
        writer.write(corpus.starts.map { UInt64($0) })
        writer.write(corpus.contentCounts)
        writer.write(corpus.leadWords)
        writer.write(corpus.leadWordStarts.map { UInt64($0) })
    }

    private func write(_ stages: LearnedStages, _ ranker: BoostedTreesModel?, to writer: inout RetrievalWriter) {
        writer.write(stages.past.rows)
        writer.write(stages.past.starts.map { UInt64($0) })
        writer.write(stages.past.answers.map { UInt32($0.document) })
        writer.write(stages.past.answers.map(\.weight))
        writer.write(stages.past.texts.flatMap { Array($0.utf8) + [0xFF] })
        writer.write(stages.past.figures)
        stages.writeLearned(to: &writer)
        if stages.cross != nil {
            writer.write(stages.crossDocuments.features)
            writer.write(stages.crossDocuments.rows)
        }
        writer.write(ranker?.serialized() ?? [])
    }

    /// - Throws: `corrupt`, `newerFormat` or `olderFormat`.
    package init(bytes: [UInt8]) throws(Diagnostic) {
        self = try bytes.withRawBytes { (raw) throws(Diagnostic) in try Self(pieces: [raw], isVerified: false) }
    }

    /// - Parameters:
    ///   - pieces: the bytes in order.
    ///   - isVerified: whether each piece's own checksum was found right.
    package init(pieces: [UnsafeRawBufferPointer], isVerified: Bool) throws(Diagnostic) {
        var reader = try RetrievalReader(pieces, isVerified: isVerified)
        guard let method = Method(rawValue: try reader.read(UInt8.self)) else {
            throw Diagnostic(.corrupt, "the bytes of a retriever are damaged: its method")
        }
        guard let evidence = RankerGate.Evidence(rawValue: try reader.read(UInt8.self)) else {
            throw Diagnostic(.corrupt, "the bytes of a retriever are damaged: its gate")
        }
        let gate = RankerGate(
            evidence: evidence, least: try reader.readFloat(), baseShare: try reader.readFloat(),
            towerShare: try reader.readFloat())
        let leadWeight = try reader.readFloat()
        let analyzer = try AnalyzerDefinition(decoding: try reader.readArray(UInt8.self))
        let corpus = try Self.readCorpus(&reader)
        let count = corpus.count
        var pairs = TermPairs()
        pairs.keys = try reader.readArray(UInt64.self)
        pairs.frequencies = try reader.readArray(UInt32.self)
        pairs.averageLength = try reader.readFloat()
        pairs.averageLead = try reader.readFloat()
        try reader.require(
            pairs.keys.count == pairs.frequencies.count && pairs.averageLength > 0 && pairs.averageLead > 0,
            "its pairs of words")
        let graph = DocumentGraph(
            neighbours: try reader.readPlaces(below: max(1, count), "a neighbour"), weights: try reader.readFloats())
        try reader.require(
            graph.neighbours.count == count * DocumentGraph.degree && graph.weights.count == graph.neighbours.count,
            "its neighbours")
        let dimension = Int(try reader.read(UInt32.self))
        try reader.require(dimension >= 1 && dimension <= 4_096, "its latent space")
        let latent = LatentSpace(
            dimension: dimension, projection: try reader.readRows(count: corpus.vocabulary.count, width: dimension),
            documents: try reader.readRows(count: count, width: dimension))
        let base = RetrievalBase(
            corpus: corpus, pairs: pairs, graph: graph, latent: latent, analyzer: analyzer, leadWeight: leadWeight)
        var stages: LearnedStages?
        var ranker: BoostedTreesModel?
        if try reader.read(UInt8.self) == 1 {
            (stages, ranker) = try Self.readStages(&reader, corpus)
        }
        try reader.require(method != .ranked || ranker != nil, "its ranker is missing")
        try reader.finish()
        self.init(
            method: method, base: base, stages: stages, ranker: ranker, gate: gate)
    }

    private static func readCorpus(_ reader: inout RetrievalReader) throws(Diagnostic) -> RetrievalCorpus {
        let letters = try reader.readArray(UInt8.self)
        let termStarts = try reader.readArray(UInt32.self)
        try reader.require(
            termStarts.first == 0 && termStarts.last.map { Int($0) } == letters.count
                && zip(termStarts, termStarts.dropFirst()).allSatisfy { $0 <= $1 }, "its words")
        let termCount = termStarts.count - 1
        let frequencies = try reader.readArray(UInt32.self)
        var corpus = RetrievalCorpus()
        corpus.rowIDs = try reader.readArray(Int64.self)
        corpus.checksums = try reader.readArray(UInt32.self)
        corpus.leadCounts = try reader.readArray(UInt32.self).map { Int($0) }
        corpus.terms = try reader.readPlaces(below: 2 * termCount, "a document's words")
        corpus.starts = try reader.readStarts(count: corpus.rowIDs.count, total: corpus.terms.count)
        corpus.contentCounts = try reader.readArray(UInt32.self)
        corpus.leadWords = try reader.readArray(UInt32.self)
        corpus.leadWordStarts = try reader.readStarts(count: corpus.rowIDs.count, total: corpus.leadWords.count)
        try reader.require(
            frequencies.count == termCount && corpus.contentCounts.count == corpus.count
                && corpus.checksums.count == corpus.count
                && corpus.leadCounts.count == corpus.count && corpus.count < Int(Int32.max), "its documents")
        try reader.require(frequencies.allSatisfy { Int($0) <= corpus.count }, "its frequencies")
        try reader.require(zip(corpus.rowIDs, corpus.rowIDs.dropFirst()).allSatisfy { $0 < $1 }, "the order of rows")
        for document in 0..<corpus.count {
            try reader.require(
                corpus.leadCounts[document] <= corpus.starts[document + 1] - corpus.starts[document], "a lead")
        }
        corpus.vocabulary = RetrievalVocabulary(
            letters: letters, starts: termStarts, frequencies: frequencies, documentCount: corpus.count)
        return corpus
    }

    private static func readStages(
        _ reader: inout RetrievalReader, _ corpus: RetrievalCorpus
    ) throws(Diagnostic) -> (LearnedStages, BoostedTreesModel?) {
        let rows = try reader.readMatrix()
        let starts = try reader.readArray(UInt64.self)
        let documents = try reader.readPlaces(below: corpus.count, "an answer")
        let weights = try reader.readFloats()
        try reader.require(
            rows.columnCount <= corpus.vocabulary.count && starts.count == rows.rowCount + 1 && starts[0] == 0
                && starts.last == UInt64(documents.count)
                && zip(starts, starts.dropFirst()).allSatisfy { $0 <= $1 } && weights.count == documents.count,
            "its past queries")
        // No byte of UTF-8 is 255.
        let texts = try reader.readArray(UInt8.self).split(separator: 0xFF, omittingEmptySubsequences: false)
        let figures = try reader.readFloats()
        try reader.require(
            texts.count == rows.rowCount + 1 && texts.last?.isEmpty ?? false && figures.count == rows.rowCount,
            "the texts of its past queries")
        let past = PastQueries(
            rows: rows,
            answers: zip(documents, weights).map { PastQueries.Answer(document: Int32($0), weight: $1) },
            starts: starts.map { Int($0) }, texts: texts.dropLast().map { String(decoding: $0, as: UTF8.self) },
            figures: figures)
        var stages = LearnedStages(
            past: past,
            crossDocuments: CrossDocuments(features: [], rows: SparseMatrix(columnCount: 0)))
        try stages.readLearned(&reader, corpus)
        if let cross = stages.cross {
            stages.crossDocuments = CrossDocuments(
                features: try reader.readArray(UInt32.self), rows: try reader.readMatrix(rows: corpus.count))
            let count = stages.crossDocuments.features.count
            try reader.require(
                stages.crossDocuments.rows.columnCount == count && cross.documentFeatureCount == count, "its weights")
        }
        let trees = try reader.readArray(UInt8.self)
        // Past queries may be all there is.
        if trees.isEmpty { return (stages, nil) }
        let ranker = try BoostedTreesModel(bytes: trees)
        try reader.require(
            ranker.objective == .lambdaRank && ranker.outputCount == 1
                && ranker.kinds == [FeatureKind](repeating: .numeric, count: CandidateFeature.allCases.count),
            "its ranker")
        return (stages, ranker)
    }
}
