// The main job on real collections: load, TRAIN, DEPLOY, EVALUATE, SEARCH.

import Foundation
import Martlet
import Testing

@Suite(.enabled(if: dataFolder != nil, "no collections: set MARTLET_DATA"), .serialized)
struct RetrieverOnCollectionsTests {
    struct Hit: Hashable {
        var document: String
        var score: Double
    }

    /// What a model finds for every judged query, and its figures.
    struct Outcome: Equatable {
        var figures: [String: Double] = [:]
        var rankings: [String: [Hit]] = [:]
    }

    static let metrics = ["ndcg@10", "p@1", "recall@100", "map", "mrr"]

    private func outcome(_ collection: String, shards: Int) throws -> (Outcome, [String: [String: Int]]) {
        let file = CollectionFile(collection)
        let session = try Database(path: file.path).makeSession()
        #expect(try file.loadDocuments(session) > 1_000)
        try file.loadJudgements(session)
        try session.execute(SQL(text: "TRAIN finder USING retriever ON docs (title, text) SHARDS \(shards)"))
        try session.execute("DEPLOY finder AS help")
        var outcome = Outcome()
        let evaluated = try session.query(
            SQL(
                text: """
                    EVALUATE finder FROM (SELECT q.text AS query, j.document AS document, j.grade AS grade
                        FROM judgements AS j JOIN queries AS q ON q.id = j.query)
                    WITH (metrics = '\(Self.metrics.joined(separator: ", "))')
                    """))
        let row = try #require(evaluated.first)
        for metric in Self.metrics { outcome.figures[metric] = try row.get(metric, as: Double.self) }
        var judgements: [String: [String: Int]] = [:]
        for (query, document, grade) in try session.query(
            "SELECT query, document, grade FROM judgements", as: (String, String, Int).self)
        {
            judgements[query, default: [:]][document] = grade
        }
        let search = try session.prepare("SEARCH help FOR ? RETURN id, score LIMIT 100")
        for (id, text) in try session.query("SELECT id, text FROM queries", as: (String, String).self)
        where judgements[id] != nil {
            outcome.rankings[id] = try search.query(text).map {
                Hit(document: try $0.get("id", as: String.self), score: try $0.get("score", as: Double.self))
            }
        }
        #expect(try session.query("PRAGMA integrity_check").map { $0[0] } == [.text("ok")])
        return (outcome, judgements)
    }

    /// Learning unoptimised takes minutes where there are more documents than Cranfield's.
    static let collections: [(String, Double)] =
        isOptimized ? [("cranfield", 0.428), ("npl", 0.436)] : [("cranfield", 0.428)]

    @Test(arguments: collections)
    func qualityAndShards(collection: String, least: Double) throws {
        let (one, judgements) = try outcome(collection, shards: 1)
        print(collection, one.figures.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" })
        #expect(one.figures["ndcg@10"] ?? 0 >= least)
        for shards in [2, 4] {
            let several = try outcome(collection, shards: shards).0
            #expect(several.figures == one.figures, "\(shards) shards")
            for (query, ranking) in one.rankings {
                #expect(several.rankings[query] == ranking, "\(shards) shards, query \(query)")
            }
        }
        // EVALUATE's figures from the rankings alone, as trec_eval computes them.
        let own = Self.figures(one.rankings, judgements)
        for metric in Self.metrics {
            #expect(abs((own[metric] ?? -1) - (one.figures[metric] ?? -2)) < 1e-6, "\(metric)")
        }
        // For checking with trec_eval itself: MARTLET_RUN names a folder for the rankings.
        if let folder = ProcessInfo.processInfo.environment["MARTLET_RUN"] {
            let lines = one.rankings.sorted { $0.key < $1.key }.flatMap { query, hits in
                hits.enumerated().map { "\(query) Q0 \($1.document) \($0 + 1) \($1.score) martlet\n" }
            }
            try lines.joined().write(toFile: "\(folder)/\(collection).run", atomically: true, encoding: .utf8)
        }
    }

    /// The means over the judged queries, after trec_eval: results by score, equal scores by name, the greater first.
    private static func figures(
        _ rankings: [String: [Hit]], _ judgements: [String: [String: Int]]
    ) -> [String: Double] {
        var sums: [String: Double] = [:]
        for (query, grades) in judgements {
            let ranked = (rankings[query] ?? [])
                .sorted { $0.score != $1.score ? $0.score > $1.score : $0.document > $1.document }
                .map { max(0, grades[$0.document] ?? 0) }
            let relevant = grades.values.count { $0 > 0 }
            func gain(_ grades: some Sequence<Int>) -> Double {
                zip(2..., grades).prefix(10).reduce(0) { $0 + Double($1.1) / log2(Double($1.0)) }
            }
            let ideal = gain(grades.values.filter { $0 > 0 }.sorted(by: >))
            var found = 0
            var precisions = 0.0
            for (rank, grade) in ranked.enumerated() where grade > 0 {
                found += 1
                precisions += Double(found) / Double(rank + 1)
            }
            sums["ndcg@10", default: 0] += ideal > 0 ? gain(ranked) / ideal : 0
            sums["p@1", default: 0] += (ranked.first ?? 0) > 0 ? 1 : 0
            sums["recall@100", default: 0] += relevant > 0 ? Double(found) / Double(relevant) : 0
            sums["map", default: 0] += relevant > 0 ? precisions / Double(relevant) : 0
            sums["mrr", default: 0] += ranked.firstIndex { $0 > 0 }.map { 1 / Double($0 + 1) } ?? 0
        }
        return sums.mapValues { $0 / Double(judgements.count) }
    }

    @Test(.enabled(if: isOptimized, "its limits are of an optimised build")) func sciFactIsQuick() throws {
        // Other tests run beside it: the best of some attempts counts.
        var file = CollectionFile("scifact")
        var loading = Double.infinity
        for attempt in 0..<5 where loading >= 2 {
            if attempt > 0 { file = CollectionFile("scifact") }
            let database = try Database(path: file.path)
            defer { database.close() }
            let session = database.makeSession()
            loading = try seconds {
                #expect(try file.loadDocuments(session) == 5_183)
                try session.execute("TRAIN finder USING retriever ON docs (title, text)")
                try session.execute("DEPLOY finder AS help")
            }
        }
        var hits = 0
        let first = try seconds {
            let database = try Database(path: file.path)
            hits = try database.makeSession().query("SEARCH help FOR 'newborn brain development' RETURN id, score")
                .count
        }
        print("scifact: load, TRAIN and DEPLOY \(loading) s; reopening and the first SEARCH \(first * 1_000) ms")
        #expect(hits == 10)
        #expect(loading < 2)
        #expect(first < 0.02)
    }
}
