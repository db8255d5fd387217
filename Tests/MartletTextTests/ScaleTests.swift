// A large index: opening, small changes and searches must not cost its size. Small unless MARTLET_BENCHMARK is set.

import Foundation
import MartletCore
import MartletStorage
import MartletText
import Testing

@Suite(.serialized) struct ScaleTests {
    @Test func largeIndexStaysQuick() throws {
        let isBenchmark = ProcessInfo.processInfo.environment["MARTLET_BENCHMARK"] != nil
        let documentCount = isBenchmark ? 200_000 : 2_000
        let path = NSTemporaryDirectory() + "martlet-text-\(UUID().uuidString)"
        defer { for suffix in ["", "-lock"] { try? FileManager.default.removeItem(atPath: path + suffix) } }
        let analyzer = AnalyzerDefinition(language: "none", stopwords: false)
        let definition = TextIndexDefinition(analyzer: analyzer, fieldCount: 2, hasKeys: false)
        let clock = ContinuousClock()
        var figures: [String] = []
        func timed<R>(_ name: String, _ body: () throws -> R) rethrows -> R {
            let start = clock.now
            let result = try body()
            figures.append("\(name) \((clock.now - start) / .milliseconds(1)) ms")
            return result
        }
        let shards = 4
        let segments = try timed("build") {
            try definition.buildShards(count: shards, threads: 2) { (shard, builder) throws(Diagnostic) in
                var texts = RandomTexts(seed: UInt64(shard), words: 30_000)
                for number in 0..<documentCount / shards {
                    try builder.add(
                        rowid: Int64(number * shards + shard), texts: [texts.text(upTo: 10), texts.text(upTo: 100)])
                }
            }
        }
        do {
            let environment = try Environment.open(path)
            try timed("publish") {
                try environment.write { (transaction) throws(Diagnostic) in
                    try TextIndexWriter.create(
                        objectID: 7, definition: definition, building: true, in: transaction.view)
                    try TextIndexWriter(objectID: 7, in: transaction.view).publish(baseSegments: segments)
                }
            }
        }
        let environment = try Environment.open(path)
        let parameters = TextParameters(weights: [3, 1])
        let queryAnalyzer = try Analyzer(analyzer)
        func search(_ words: String) throws -> [Int64] {
            let transaction = try environment.read()
            let searcher = try TextIndexReader(objectID: 7, in: transaction.view).searcher(parameters)
            return try searcher.search(TextQuery(words, analyzer: queryAnalyzer), k: 10).map(\.rowid)
        }
        #expect(try timed("first search after opening") { try search("w5x w100x w2000x") }.count == 10)
        let fresh = Int64(documentCount)
        try timed("insert one") {
            try environment.write { (transaction) throws(Diagnostic) in
                let writer = try TextIndexWriter(objectID: 7, in: transaction.view)
                try writer.insert(rowid: fresh, texts: ["unheard", "w5x unheard of"])
                try writer.flush()
            }
        }
        #expect(try timed("find it") { try search("unheard") } == [fresh])
        try timed("delete one") {
            try environment.write { (transaction) throws(Diagnostic) in
                let writer = try TextIndexWriter(objectID: 7, in: transaction.view)
                try writer.delete(rowid: 17)
                try writer.flush()
            }
        }
        let transaction = try environment.read()
        let reader = try TextIndexReader(objectID: 7, in: transaction.view)
        #expect(reader.documentCount == documentCount)
        let searcher = try reader.searcher(parameters)
        var texts = RandomTexts(seed: 99, words: 30_000)
        let queries = (0..<200).map { _ in
            TextQuery((0..<4).map { _ in texts.word() }.joined(separator: " "), analyzer: queryAnalyzer)
        }
        try timed("\(queries.count) queries") {
            for query in queries { _ = try searcher.search(query, k: 10) }
        }
        if isBenchmark { print("\(documentCount) documents:", figures.joined(separator: ", ")) }
    }
}
