// Ranking quality and speed on test collections, where they are at hand.

import Foundation
import MartletCore
import MartletKernels
import MartletText
import Testing

/// A folder of collections: `corpus.jsonl`, `queries.jsonl` and `qrels.tsv` each. Beside the repository, or where
/// MARTLET_DATA says.
private let dataFolder: String? = {
    let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    let candidates =
        ProcessInfo.processInfo.environment["MARTLET_DATA"].map { [$0] }
        ?? [package.deletingLastPathComponent().appending(path: "shared/data").path]
    return candidates.map { $0 + "/ir" }.first { FileManager.default.fileExists(atPath: $0) }
}()

private struct Collection {
    var identifiers: [String] = []
    var titles: [String] = []
    var bodies: [String] = []
    var queries: [(id: String, text: String)] = []
    var judgements: [String: [String: Int]] = [:]

    init(_ name: String) throws {
        let folder = try #require(dataFolder) + "/" + name
        func lines(_ file: String) throws -> [Substring] {
            try String(contentsOfFile: folder + "/" + file, encoding: .utf8).split(whereSeparator: \.isNewline)
        }
        func object(_ line: Substring) throws -> [String: Any] {
            try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] ?? [:]
        }
        for line in try String(contentsOfFile: folder + "/corpus.jsonl", encoding: .utf8).split(separator: "\n") {
            let document = try object(line)
            identifiers.append("\(document["id"] ?? "")")
            titles.append(document["title"] as? String ?? "")
            bodies.append(document["text"] as? String ?? "")
        }
        for line in try lines("qrels.tsv") {
            let parts = line.split(separator: "\t")
            guard parts.count >= 3, let grade = Int(parts[2]) else { continue }
            judgements[String(parts[0]), default: [:]][String(parts[1])] = grade
        }
        for line in try String(contentsOfFile: folder + "/queries.jsonl", encoding: .utf8).split(separator: "\n") {
            let query = try object(line)
            let id = "\(query["id"] ?? "")"
            if judgements[id] != nil { queries.append((id, query["text"] as? String ?? "")) }
        }
    }

    /// trec_eval's ndcg_cut.10: gains are grades, discounts log2(rank + 1); ranked documents only.
    func normalizedGain(query: String, ranked: [String]) -> Double {
        let grades = judgements[query] ?? [:]
        func sum(_ gains: some Sequence<Int>) -> Double {
            zip(1..., gains).reduce(0) { $0 + Double(max(0, $1.1)) / log2(Double($1.0) + 1) }
        }
        let ideal = sum(grades.values.sorted(by: >).prefix(10))
        return ideal > 0 ? sum(ranked.prefix(10).map { grades[$0] ?? 0 }) / ideal : 0
    }
}

private func seconds(_ body: () throws -> Void) rethrows -> Double {
    let clock = ContinuousClock()
    let time = try clock.measure(body)
    return Double(time.components.seconds) + Double(time.components.attoseconds) * 1e-18
}

@Suite(.enabled(if: dataFolder != nil), .serialized) struct CollectionTests {
    /// With MARTLET_BENCHMARK set, repeats for stable times; the figures are printed in any case.
    static let repeats = ProcessInfo.processInfo.environment["MARTLET_BENCHMARK"] == nil ? 1 : 5
    static let names =
        repeats == 1 ? ["cranfield", "npl"] : ["cranfield", "npl", "cisi", "scifact", "medquad-qa"]

    @Test(arguments: names) func quality(name: String) throws {
        let collection = try Collection(name)
        let definition = AnalyzerDefinition()
        let byteCount = zip(collection.titles, collection.bodies).reduce(0) { $0 + $1.0.utf8.count + $1.1.utf8.count }
        let builder = try SegmentBuilder(definition: definition, fieldCount: 2, hasKeys: false)
        let analyzer = try Analyzer(definition)
        var analysisSeconds = Double.infinity
        var indexSeconds = Double.infinity
        var segment: [UInt8] = []
        for _ in 0..<Self.repeats {
            var tokens: [Token] = []
            analysisSeconds = min(
                analysisSeconds,
                seconds {
                    for index in collection.titles.indices {
                        tokens.removeAll(keepingCapacity: true)
                        var title = collection.titles[index]
                        title.withUTF8 { analyzer.analyze($0, into: &tokens) }
                        var body = collection.bodies[index]
                        body.withUTF8 { analyzer.analyze($0, into: &tokens) }
                    }
                })
            indexSeconds = min(
                indexSeconds,
                try seconds {
                    for index in collection.titles.indices {
                        try builder.add(
                            rowid: Int64(index), texts: [collection.titles[index], collection.bodies[index]])
                    }
                    segment = try builder.finish()
                })
        }
        try segment.withUnsafeBytes { bytes in
            let reader = try SegmentReader(bytes)
            let searcher = try TextSearcher(
                segments: [SearchSegment(reader)], fieldCount: 2, parameters: TextParameters(weights: [3, 1]))
            var gain = 0.0
            for query in collection.queries {
                let hits = try searcher.search(TextQuery(query.text, analyzer: analyzer), k: 100)
                gain += collection.normalizedGain(
                    query: query.id, ranked: hits.map { collection.identifiers[Int($0.rowid)] })
            }
            gain /= Double(collection.queries.count)
            var searchSeconds = Double.infinity
            for _ in 0..<Self.repeats * 4 {
                searchSeconds = min(
                    searchSeconds,
                    try seconds {
                        for query in collection.queries {
                            _ = try searcher.search(TextQuery(query.text, analyzer: analyzer), k: 10)
                        }
                    })
            }
            func figure(_ number: Double) -> String { String(format: "%.4g", number) }
            print(
                """
                \(name): nDCG@10 \(figure(gain)), analysis \(figure(Double(byteCount) / analysisSeconds / 1e6)) MB/s, \
                indexing \(figure(Double(collection.titles.count) / indexSeconds)) documents/s, \
                segment \(segment.count) of \(byteCount) bytes, \(collection.queries.count) queries, \
                \(figure(Double(collection.queries.count) / searchSeconds)) queries/s
                """)
            if let least = ["cranfield": 0.428, "npl": 0.436][name] { #expect(gain >= least) }
        }
    }
}
