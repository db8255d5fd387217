// What a retriever learns beside its index.

import MartletCatalog
import MartletCore
import MartletFormats
import MartletKernels
import MartletLearning
import MartletPlanning
import MartletRetrieval
import MartletText

/// The bytes of a version's model, and the figures that the run shows.
struct LearnedRetriever: Sendable {
    var bytes: [UInt8]
    var checksum: UInt32
    var metrics: [JSONMember]
}

enum RetrieverLearning {
    /// Fewer documents have no likeness that tells anything.
    private static let leastDocumentCount = 100

    /// nil where the index is all there is: few documents and no examples, or nothing learned that helps.
    ///
    /// The shards are searched as one collection, so that their number changes nothing but time.
    static func learn(
        _ spool: RetrieverSpool, _ examples: RetrieverExamples, _ subject: DocumentSubject, from base: RetrievalModel?,
        seed: UInt64, _ index: Index, _ shards: [FittedShard], _ surroundings: TrainingSurroundings,
        _ checkpoint: TrainingCheckpoint
    ) throws(Diagnostic) -> LearnedRetriever? {
        let isTold = !examples.examples.isEmpty || base != nil
        guard spool.rowCount >= leastDocumentCount || isTold, subject.text.chunking == nil else {
            return nil
        }
        let definition = TextIndexUpkeep.definition(index, subject.table)
        let memory = shards.filter { $0.rowCount > 0 }.map { SegmentMemory($0.bytes) }
        let parameters = TextParameters(
            k1: Float(subject.text.k1), b: Float(subject.text.b), weights: subject.weights.map { Float($0) })
        var options = RetrievalTrainingOptions()
        options.seed = seed
        let (threads, cancellation, progress) = (
            surroundings.threads, surroundings.cancellation, surroundings.progress
        )
        options.threads = threads
        options.modelCount = subject.models
        let rest = subject.weights.dropFirst()
        options.leadWeight = rest.isEmpty ? 1 : Float(subject.weights[0] / (rest.reduce(0, +) / Double(rest.count)))
        progress?(Progress(stage: "learn", rowsDone: 0, rowsTotal: spool.rowCount))
        let rowCount = spool.rowCount
        let (model, report) = try RetrievalTraining(
            options, checkpoint: checkpoint,
            stepped: { step, count in
                progress?(Progress(stage: "learn", rowsDone: rowCount * step / count, rowsTotal: rowCount, epoch: step))
            }, check: { () throws(Diagnostic) in try cancellation.check() }
        )
        .train(
            spool.shards.flatMap { shard in
                shard.map { RetrievalDocument(rowID: $0.rowID, texts: $0.texts) }
            }, analyzer: definition.analyzer, examples: examples.examples, from: base,
            search: { (texts, count) throws(Diagnostic) in
                try search(texts, count, memory, definition, parameters, threads)
            })
        let bytes = model.serialized()
        return LearnedRetriever(
            bytes: bytes, checksum: ModelDigest.of(bytes), metrics: metrics(report, examples, subject, bytes.count))
    }

    private static func search(
        _ texts: [String], _ count: Int, _ memory: [SegmentMemory], _ definition: TextIndexDefinition,
        _ parameters: TextParameters, _ threads: Int
    ) throws(Diagnostic) -> [[LexicalHit]] {
        let step = 64
        return try Parallel.map(count: (texts.count + step - 1) / step, threads: threads) {
            (piece) throws(Diagnostic) -> [[LexicalHit]] in
            var segments: [SearchSegment] = []
            for memory in memory { segments.append(try SearchSegment(try SegmentReader(memory.bytes))) }
            let searcher = try TextSearcher(
                segments: segments, fieldCount: definition.fieldCount, parameters: parameters)
            let analyzer = try Analyzer(definition.analyzer)
            var found: [[LexicalHit]] = []
            for text in texts[piece * step..<min(texts.count, (piece + 1) * step)] {
                found.append(
                    try searcher.search(TextQuery(text, analyzer: analyzer), k: count).map {
                        LexicalHit(rowID: $0.rowid, score: $0.score)
                    })
            }
            return found
        }.flatMap { $0 }
    }

    private static func metrics(
        _ report: RetrievalReport, _ examples: RetrieverExamples, _ subject: DocumentSubject, _ byteCount: Int
    ) -> [JSONMember] {
        func figures(_ figures: RetrievalFigures?) -> JSONValue? {
            figures.map {
                .object([
                    JSONMember(key: "ndcg", value: .real(rounded($0.nDCG))),
                    JSONMember(key: "p1", value: .real(rounded($0.precision))),
                ])
            }
        }
        var members = [
            JSONMember(key: "method", value: .string("\(report.method)")),
            JSONMember(key: "model_bytes", value: .integer(Int64(byteCount))),
        ]
        if subject.base != nil {
            members += [
                JSONMember(key: "base_queries", value: .integer(Int64(report.carriedCount))),
                JSONMember(key: "base_ranks", value: .boolean(report.isCarried)),
            ]
        }
        guard !examples.examples.isEmpty || examples.unknownCount + examples.emptyCount > 0 else { return members }
        members += [
            JSONMember(key: "examples", value: .integer(Int64(report.pairCount))),
            JSONMember(key: "queries", value: .integer(Int64(report.queryCount))),
            JSONMember(key: "feedback", value: .integer(Int64(examples.feedbackCount))),
            JSONMember(key: "unknown_documents", value: .integer(Int64(examples.unknownCount))),
            JSONMember(key: "unknown_names", value: .array(examples.unknownNames.map { .string($0) })),
            JSONMember(key: "empty_examples", value: .integer(Int64(examples.emptyCount))),
        ]
        for (name, value) in [
            ("bm25", report.lexical), ("base", report.base), ("ranker", report.ranked), ("mixed", report.mixed),
            ("base_model", report.carried), ("new_model", report.renewed),
            ("unseen_base", report.unseenBase), ("unseen_mixed", report.unseenMixed),
        ] {
            if let value = figures(value) { members.append(JSONMember(key: name, value: value)) }
        }
        members += [
            JSONMember(key: "unseen_queries", value: .integer(Int64(report.unseenCount))),
            JSONMember(key: "candidate_recall", value: .real(rounded(report.candidateRecall))),
        ]
        if !report.importance.isEmpty {
            members.append(
                JSONMember(
                    key: "gains",
                    value: .object(
                        report.importance.map { JSONMember(key: $0.group, value: .real(rounded($0.share))) })))
        }
        return members
    }

    /// To four decimals.
    private static func rounded(_ number: Double) -> Double { (number * 10_000).rounded() / 10_000 }
}

/// A segment's bytes at one place. `@unchecked Sendable`: written once, when it is made.
private final class SegmentMemory: @unchecked Sendable {
    private let storage: UnsafeMutableRawBufferPointer

    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(storage) }

    init(_ bytes: [UInt8]) {
        storage = .allocate(byteCount: max(1, bytes.count), alignment: 64)
        storage.copyBytes(from: bytes)
    }

    deinit { storage.deallocate() }
}
