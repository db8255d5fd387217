// Vectors: exact and graph search through prepared statements, with and without filters.

import Foundation
import Martlet

/// One table `v (id INTEGER PRIMARY KEY, share INTEGER, e VECTOR(d))`, measured by l2.
enum VectorBenchmark {
    static func run(_ set: VectorSet, isTiny: Bool, in scratch: ScratchFolder, _ report: (Figures) -> Void) throws {
        let file = scratch.freshFile("vectors.martlet")
        var database = try Database(path: file)
        var session = database.makeSession()
        try session.execute(
            SQL(text: "CREATE TABLE v (id INTEGER PRIMARY KEY, share INTEGER, e VECTOR(\(set.dimension)))"))
        let load = try seconds {
            let insert = try session.prepare("INSERT INTO v VALUES (?, ?, ?)")
            // A transaction of many statements has a limit of pages that it changes.
            for start in stride(from: 0, to: set.base.count, by: 250_000) {
                try session.execute("BEGIN")
                for index in start..<min(set.base.count, start + 250_000) {
                    try insert.execute(index, index * 7_919 % 100, set.base[index])
                }
                try session.execute("COMMIT")
            }
        }
        var build = 0.0
        func figures(_ index: String) -> Figures {
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

        // The rows themselves are the judge of exact search, which is that of the others.
        let judged = set.queries.prefix(isTiny ? 5 : 50)
        let scan = try session.prepare("SEARCH v FOR e NEAR ? RETURN id LIMIT 10 WITH (metric = 'l2')")
        let rows = try judged.map { try ids(scan, $0) }

        let memory = try peakMemoryBytes {
            build = try seconds {
                try session.execute("CREATE INDEX graph ON v USING hnsw (e) WITH (metric = 'l2')")
            }
        }
        let size = fileToRaw(file, set)
        let reopen = try seconds {
            database.close()
            database = try Database(path: file)
            session = database.makeSession()
            _ = try session.prepare("SEARCH v FOR e NEAR ? RETURN id LIMIT 10").query(set.queries[0])
        }
        let exact = try session.prepare("SEARCH v FOR e NEAR ? RETURN id LIMIT 10 WITH (exact = true)")
        let truth = try set.queries.map { try ids(exact, $0) }
        for breadth in isTiny ? [16] : [16, 20, 24, 28, 32, 40, 64, 128, 256] {
            let search = try session.prepare(
                "SEARCH v FOR e NEAR ? RETURN id LIMIT 10 WITH (ef = \(breadth))")
            var line = figures("hnsw")
            line.add("ef", breadth)
            line.add("file_to_raw", size)
            line.add("build_memory_mb", Double(memory) / 1e6)
            line.add("open_and_search_ms", 1_000 * reopen)
            line.add("recall_at_10", recall(try set.queries.map { try ids(search, $0) }, truth))
            line.add(
                "qps", try bestRate(set.queries.count) { for query in set.queries { _ = try search.query(query) } })
            if breadth == 16 || breadth == 32 {
                line.add("overhead_us", try overhead(breadth, session, Array(set.queries.prefix(isTiny ? 3 : 100))))
            }
            report(line)
        }
        try filters(set, session, figures("hnsw"), report)
        if set.isMade {
            try VectorChurnBenchmark.run(set, file: file, figures, report)
        }

        try session.execute("DROP INDEX graph")
        build = try seconds { try session.execute("CREATE INDEX lists ON v USING ivf (e) WITH (metric = 'l2')") }
        let probe = try session.prepare("SEARCH v FOR e NEAR ? RETURN id LIMIT 10")
        var listed = figures("ivf")
        // Rows may have come and gone since the others were measured.
        let all = try session.prepare("SEARCH v FOR e NEAR ? RETURN id LIMIT 10 WITH (exact = true)")
        let few = Array(set.queries.prefix(100))
        listed.add("recall_at_10", recall(try few.map { try ids(probe, $0) }, try few.map { try ids(all, $0) }))
        listed.add("qps", try bestRate(set.queries.count) { for query in set.queries { _ = try probe.query(query) } })
        report(listed)

        try session.execute("DROP INDEX lists")
        build = try seconds { try session.execute("CREATE INDEX flat ON v USING flat (e) WITH (metric = 'l2')") }
        let flat = try session.prepare("SEARCH v FOR e NEAR ? RETURN id LIMIT 10 WITH (exact = true)")
        let timed = set.queries.prefix(set.base.count > 200_000 ? 100 : 1_000)
        var line = figures("flat")
        line.add("recall_at_10", recall(Array(truth.prefix(judged.count)), rows))
        line.add("qps", try bestRate(timed.count) { for query in timed { _ = try flat.query(query) } })
        line.add("batch_qps", try batch(set, session))
        report(line)
    }

    /// What a prepared SEARCH takes beyond its search of the index, in microseconds: the median over some queries.
    private static func overhead(_ breadth: Int, _ session: Session, _ queries: [[Float]]) throws -> Double {
        let search = try session.prepare("SEARCH v FOR e NEAR ? RETURN id LIMIT 10 WITH (ef = \(breadth))")
        let inner = try session.prepare(
            "EXPLAIN (RECALL) SEARCH v FOR e NEAR ? RETURN id LIMIT 10 WITH (ef = \(breadth))")
        var differences: [Double] = []
        for query in queries {
            guard let own = try inner.query(query).first else { continue }
            let whole = try (0..<4).map { _ in try seconds { _ = try search.query(query) } }.min() ?? 0
            differences.append(1e6 * whole - 1_000 * (try own.get("milliseconds", as: Double.self)))
        }
        return differences.isEmpty ? 0 : differences.sorted()[differences.count / 2]
    }

    /// The first 500 queries as one join with their nearest rows.
    private static func batch(_ set: VectorSet, _ session: Session) throws -> Double {
        try session.execute(SQL(text: "CREATE TABLE q (id INTEGER PRIMARY KEY, e VECTOR(\(set.dimension)))"))
        let queries = set.queries.prefix(500)
        let insert = try session.prepare("INSERT INTO q VALUES (?, ?)")
        try session.execute("BEGIN")
        for (index, query) in queries.enumerated() { try insert.execute(index, query) }
        try session.execute("COMMIT")
        let join = try session.prepare("SELECT row, id FROM neighbours(q, e, v, e, 10)")
        return try bestRate(queries.count) { _ = try join.query() }
    }

    /// Filtered search by the graph and by the matches alone, in turn.
    private static func filters(
        _ set: VectorSet, _ session: Session, _ line: Figures, _ report: (Figures) -> Void
    ) throws {
        let few = Array(set.queries.prefix(set.base.count > 200_000 ? 10 : 100))
        for share in [1, 10, 50] {
            let filtered = try session.prepare("SEARCH v FOR e NEAR ? WHERE share < \(share) RETURN id LIMIT 10")
            let matches = try session.prepare(
                "SEARCH v FOR e NEAR ? WHERE share < \(share) RETURN id LIMIT 10 WITH (exact = true)")
            let expected = try few.map { try ids(matches, $0) }
            var line = line
            line.add("filter_percent", share)
            line.add("recall_at_10", recall(try few.map { try ids(filtered, $0) }, expected))
            var rate = 0.0
            var exactRate = 0.0
            for _ in 0..<3 {
                rate = max(
                    rate, try bestRate(few.count, atLeast: 0) { for query in few { _ = try filtered.query(query) } })
                exactRate = max(
                    exactRate, try bestRate(few.count, atLeast: 0) { for query in few { _ = try matches.query(query) } }
                )
            }
            line.add("qps", rate)
            line.add("exact_qps", exactRate)
            report(line)
        }
    }

    static func fileToRaw(_ file: String, _ set: VectorSet) -> Double {
        Double(ScratchFolder.byteCount(file)) / Double(set.base.count * set.dimension * 4)
    }

    static func ids(_ statement: PreparedStatement, _ query: [Float]) throws -> [Int] {
        try statement.query(query).map { try $0.get("id", as: Int.self) }
    }

    static func recall(_ found: [[Int]], _ truth: [[Int]]) -> Double {
        var hits = 0
        var wanted = 0
        for (found, truth) in zip(found, truth) {
            hits += Set(found).intersection(truth).count
            wanted += truth.count
        }
        return wanted == 0 ? 1 : Double(hits) / Double(wanted)
    }
}
