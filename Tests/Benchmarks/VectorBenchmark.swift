// Vectors: exact and graph search through prepared statements, with and without filters.

import Foundation
import Martlet

/// One table `v (id INTEGER PRIMARY KEY, share INTEGER, e VECTOR(d))`, measured by l2.
enum VectorBenchmark {
    static func run(_ set: VectorSet, isTiny: Bool, in scratch: ScratchFolder, _ report: (Figures) -> Void) throws {
        let file = scratch.freshFile("vectors.martlet")
        let database = try Database(path: file)
        let session = database.makeSession()
        try session.execute(
            SQL(text: "CREATE TABLE v (id INTEGER PRIMARY KEY, share INTEGER, e VECTOR(\(set.dimension)))"))
        let load = try seconds {
            let insert = try session.prepare("INSERT INTO v VALUES (?, ?, ?)")
            try session.execute("BEGIN")
            for (index, vector) in set.base.enumerated() { try insert.execute(index, index * 7_919 % 100, vector) }
            try session.execute("COMMIT")
        }
        func figures(_ index: String, build: Double) -> Figures {
            var figures = Figures(task: "vectors")
            figures.add("data", set.name)
            figures.add("n", set.base.count)
            figures.add("d", set.dimension)
            figures.add("metric", "l2")
            figures.add("index", index)
            figures.add("threads", 1)
            figures.add("load_s", load)
            figures.add("build_s", build)
            return figures
        }
        let rawBytes = Double(set.base.count * set.dimension * 4)

        // The rows themselves are the judge.
        let judged = set.queries.prefix(isTiny ? 5 : 50)
        let scan = try session.prepare("SEARCH v FOR e NEAR ? RETURN id LIMIT 10 WITH (metric = 'l2')")
        let rows = try judged.map { try ids(scan, $0) }

        let flatBuild = try seconds {
            try session.execute("CREATE INDEX flat ON v USING flat (e) WITH (metric = 'l2')")
        }
        let exact = try session.prepare("SEARCH v FOR e NEAR ? RETURN id LIMIT 10 WITH (exact = true)")
        let truth = try set.queries.map { try ids(exact, $0) }
        var line = figures("flat", build: flatBuild)
        line.add("recall_at_10", recall(Array(truth.prefix(judged.count)), rows))
        line.add("qps", try bestRate(set.queries.count) { for query in set.queries { _ = try exact.query(query) } })
        report(line)
        try session.execute("DROP INDEX flat")

        let build = try seconds {
            try session.execute("CREATE INDEX graph ON v USING hnsw (e) WITH (metric = 'l2')")
        }
        let size = Double(ScratchFolder.byteCount(file)) / rawBytes
        for breadth in isTiny ? [16] : [16, 20, 24, 28, 32, 40, 64, 128, 256] {
            let search = try session.prepare(
                "SEARCH v FOR e NEAR ? RETURN id LIMIT 10 WITH (ef = \(breadth))")
            var line = figures("hnsw", build: build)
            line.add("ef", breadth)
            line.add("file_to_raw", size)
            line.add("recall_at_10", recall(try set.queries.map { try ids(search, $0) }, truth))
            line.add(
                "qps", try bestRate(set.queries.count) { for query in set.queries { _ = try search.query(query) } })
            report(line)
        }
        let few = Array(set.queries.prefix(100))
        for share in [1, 10, 50] {
            let filtered = try session.prepare(
                "SEARCH v FOR e NEAR ? WHERE share < \(share) RETURN id LIMIT 10")
            let matches = try session.prepare(
                "SEARCH v FOR e NEAR ? WHERE share < \(share) RETURN id LIMIT 10 WITH (exact = true)")
            let expected = try few.map { try ids(matches, $0) }
            var line = figures("hnsw", build: build)
            line.add("filter_percent", share)
            line.add("recall_at_10", recall(try few.map { try ids(filtered, $0) }, expected))
            line.add("qps", try bestRate(few.count) { for query in few { _ = try filtered.query(query) } })
            line.add("exact_qps", try bestRate(few.count) { for query in few { _ = try matches.query(query) } })
            report(line)
        }
    }

    private static func ids(_ statement: PreparedStatement, _ query: [Float]) throws -> [Int] {
        try statement.query(query).map { try $0.get("id", as: Int.self) }
    }

    private static func recall(_ found: [[Int]], _ truth: [[Int]]) -> Double {
        var hits = 0
        var wanted = 0
        for (found, truth) in zip(found, truth) {
            hits += Set(found).intersection(truth).count
            wanted += truth.count
        }
        return wanted == 0 ? 1 : Double(hits) / Double(wanted)
    }
}
