// Every benchmark on its tiny input: it runs, and has its figures.

import Foundation
import MartletBenchmarks
import Testing

@Suite struct BenchmarkTests {
    static let figures: [(benchmark: String, names: [String])] = [
        (
            "text",
            [
                "docs", "index_s", "docs_per_s", "index_bytes", "qps_top10", "qps_2_threads", "qps_filtered",
                "insert_ms", "delete_ms", "ndcg@10", "p@1", "recall@100", "map", "mrr", "queries",
            ]
        ),
        (
            "retriever",
            ["shards", "load_s", "train_s", "deploy_s", "load_train_deploy_s", "open_ms", "first_search_ms", "ndcg@10"]
        ),
        (
            "feedback",
            [
                "docs", "repeated_before", "repeated_after", "reworded_before", "reworded_after", "unrelated_before",
                "unrelated_after", "qps_0", "votes", "vote_ms", "many_votes", "many_first_ms", "many_qps",
            ]
        ),
        ("learn", ["threads", "rows", "classes", "train_s", "rows_per_s", "predict_rows_per_s", "accuracy"]),
        ("regression", ["threads", "rows", "train_s", "r2", "rmse"]),
        ("products", ["threads", "gigaflops"]),
        ("vectors", ["n", "d", "build_s", "recall_at_10", "qps"]),
        (
            "sql",
            [
                "bulk_rows_per_s", "single_commits_per_s", "commits_64_writers_per_s", "point_reads_per_s", "scan_s",
                "group_s", "like_s", "create_index_s", "indexed_queries_per_s", "parsed_point_reads_per_s", "file_mb",
            ]
        ),
    ]

    @Test(arguments: figures) func tiny(benchmark: String, names: [String]) throws {
        var lines: [Figures] = []
        try MartletBenchmarks.run([benchmark], isTiny: true) { lines.append($0) }
        #expect(!lines.isEmpty)
        for line in lines {
            let object = try JSONSerialization.jsonObject(with: Data(line.json.utf8)) as? [String: Any]
            #expect(object?["task"] as? String == benchmark)
            #expect(object?["system"] as? String == "martlet")
            for name in names { #expect((line[name] ?? -1) >= 0, "\(name) in \(line.json)") }
        }
    }

    @Test func shardsRankAlike() throws {
        var lines: [Figures] = []
        try MartletBenchmarks.run(["retriever"], isTiny: true) { lines.append($0) }
        #expect(lines.map { $0["shards"] } == [1, 2, 4])
        #expect(Set(lines.map { $0["ndcg@10"] }).count == 1)
        #expect(lines.allSatisfy { ($0["hits"] ?? 0) > 0 })
    }

    @Test func allOfThem() throws {
        var tasks: Set<String> = []
        try MartletBenchmarks.run(["all"], isTiny: true) { line in
            for (benchmark, _) in Self.figures where line.json.contains("\"\(benchmark)\"") { tasks.insert(benchmark) }
        }
        #expect(tasks == Set(Self.figures.map(\.benchmark)))
    }

    @Test func unknownBenchmark() {
        #expect(throws: MartletBenchmarks.UsageError.self) {
            try MartletBenchmarks.run(["speed"], isTiny: true) { _ in }
        }
    }
}
