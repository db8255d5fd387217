// A made collection: entities, each with a document on every one of a few aspects.

import MartletCore
import MartletRetrieval
import MartletText

/// Documents say "alpha" where questions say "remedy", and so on: no word tells which aspect is asked for.
struct World {
    private static let aspects = [("remedy", "alpha dose"), ("sign", "beta fever"), ("origin", "gamma gene")]
    private let entityCount: Int

    var documents: [RetrievalDocument] = []
    var examples = RetrievalExamples()
    private var held: [(query: String, rowID: Int64)] = []

    init(entities entityCount: Int = 40) {
        self.entityCount = entityCount
        var row: Int64 = 0
        for entity in 0..<entityCount {
            for (word, says) in Self.aspects {
                let filler = (0..<12).map { "filler\((entity * 7 + $0 * 3 + Int(row)) % 60)" }.joined(separator: " ")
                documents.append(
                    RetrievalDocument(
                        rowID: row, texts: ["entity\(entity)", "\(says) of entity\(entity) \(filler)"]))
                let query = "what is the \(word) for entity\(entity)"
                if entity % 4 == 3 {
                    held.append((query, row))
                } else {
                    examples.add(query: query, rowID: row, grade: 1)
                }
                row += 1
            }
        }
    }

    /// The same documents and questions held out, with examples about some of the aspects.
    func only(_ aspects: ClosedRange<Int>) -> World {
        var some = self
        some.examples = RetrievalExamples()
        for query in examples.queries {
            guard let answer = query.answers.first, aspects.contains(Int(answer.rowID) % Self.aspects.count) else {
                continue
            }
            some.examples.add(query: query.text, rowID: answer.rowID, grade: answer.grade)
        }
        return some
    }

    /// The same documents and questions held out, with examples about every second entity.
    func half(_ rest: Int) -> World {
        var some = self
        some.examples = RetrievalExamples()
        for query in examples.queries {
            guard let answer = query.answers.first, Int(answer.rowID) / Self.aspects.count % 2 == rest else { continue }
            some.examples.add(query: query.text, rowID: answer.rowID, grade: answer.grade)
        }
        return some
    }

    /// The same documents and questions held out, with examples that their documents' own words answer.
    var easy: World {
        var some = self
        some.examples = RetrievalExamples()
        for entity in 0..<entityCount {
            for (place, (_, says)) in Self.aspects.enumerated() {
                some.examples.add(
                    query: "\(says) of entity\(entity)", rowID: Int64(entity * Self.aspects.count + place), grade: 1)
            }
        }
        return some
    }

    mutating func replace(_ row: Int64, with texts: [String?]) {
        for place in documents.indices where documents[place].rowID == row { documents[place].texts = texts }
    }

    func train(
        threads: Int, examples: Bool, from base: RetrievalModel? = nil
    ) throws -> (model: RetrievalModel, report: RetrievalReport) {
        var options = RetrievalTrainingOptions()
        options.threads = threads
        options.leadWeight = 3
        return try train(options, examples: examples, from: base)
    }

    func train(
        _ options: RetrievalTrainingOptions, examples: Bool, from base: RetrievalModel? = nil
    ) throws -> (model: RetrievalModel, report: RetrievalReport) {
        let index = try WordIndex(documents)
        return try RetrievalTraining(options, check: {}).train(
            documents, analyzer: WordIndex.analyzer, examples: examples ? self.examples : RetrievalExamples(),
            from: base,
            search: { (texts, count) throws(Diagnostic) in
                var found: [[LexicalHit]] = []
                for text in texts { found.append(try index.hits(text, count: count)) }
                return found
            })
    }

    func search(_ model: RetrievalModel, _ query: String) throws -> [RetrievedRow] {
        try RetrievalSearcher(model).search(query, count: 10, try WordIndex(documents), areUnchanged: false)
    }

    /// The share of the questions held out whose first row is right.
    func precision(_ model: RetrievalModel) throws -> Double {
        var right = 0
        for (query, row) in held where try search(model, query).first?.rowID == row { right += 1 }
        return Double(right) / Double(held.count)
    }
}

/// A text index in memory.
final class WordIndex: LiveDocuments {
    static let analyzer = AnalyzerDefinition()

    private let bytes: UnsafeMutableRawBufferPointer
    private let searcher: TextSearcher?
    private let reader: Analyzer
    private let documents: [Int64: RetrievalDocument]

    init(_ documents: [RetrievalDocument]) throws {
        let builder = try SegmentBuilder(definition: Self.analyzer, fieldCount: 2, hasKeys: false)
        for document in documents {
            try builder.add(rowid: document.rowID, key: nil as [UInt8]?, texts: document.texts)
        }
        let made = try builder.finish()
        bytes = .allocate(byteCount: max(1, made.count), alignment: 64)
        bytes.copyBytes(from: made)
        self.documents = Dictionary(uniqueKeysWithValues: documents.map { ($0.rowID, $0) })
        reader = try Analyzer(Self.analyzer)
        searcher =
            made.isEmpty
            ? nil
            : try TextSearcher(
                segments: [try SearchSegment(try SegmentReader(UnsafeRawBufferPointer(bytes)))], fieldCount: 2,
                parameters: TextParameters(weights: [3, 1]))
    }

    deinit { bytes.deallocate() }

    func hits(_ query: String, count: Int) throws(Diagnostic) -> [LexicalHit] {
        guard let searcher else { return [] }
        return try searcher.search(TextQuery(query, analyzer: reader), k: count).map {
            LexicalHit(rowID: $0.rowid, score: $0.score)
        }
    }

    func isServed(_ row: Int64) throws(Diagnostic) -> Bool { documents[row] != nil }

    func document(_ row: Int64, unless checksum: UInt32?) throws(Diagnostic) -> RetrievalDocument? {
        guard let document = documents[row], document.checksum != checksum else { return nil }
        return document
    }
}
