// Rows: bulk inserts, single commits, point reads, scans, groups, indexes.

import Foundation
import Martlet

/// The table that the scripts of other systems make: `t (id INTEGER PRIMARY KEY, k INTEGER, v REAL, s TEXT)`.
enum SQLBenchmark {
    static func run(rows: Int, in scratch: ScratchFolder) throws -> Figures {
        let file = scratch.freshFile("sql.martlet")
        let database = try Database(path: file)
        let session = database.makeSession()
        var figures = Figures(task: "sql")
        figures.add("rows", rows)
        try session.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, k INTEGER, v REAL, s TEXT)")

        var random = RepeatableRandom(seed: 7)
        let data = (0..<rows).map {
            (id: $0, k: random.below(1_000), v: random.unit(), s: "row \($0) of the table")
        }
        let keys = (0..<min(20_000, rows * 20)).map { _ in random.below(rows) }

        figures.add("bulk_rows_per_s", Double(rows) / (try insert(data, session)))
        let read = try session.prepare("SELECT v FROM t WHERE id = ?")
        let reads = try bestRate(keys.count) { for key in keys { _ = try read.query(key) } }
        figures.add("point_reads_per_s", reads)

        // After the reads, as in the script that measures LMDB: the disk has done with the load.
        let commits = min(1_000, rows)
        let insert = try session.prepare("INSERT INTO t VALUES (?, ?, ?, ?)")
        let single = try seconds {
            for index in 0..<commits { try insert.execute(rows + index, 1, 0.5, "one") }
        }
        figures.add("single_commits_per_s", Double(commits) / single)
        figures.add(
            "commits_64_writers_per_s", try concurrentCommits(database, from: rows + commits, each: commits / 50 + 1))

        let queries: [(String, SQL)] = [
            ("scan_s", "SELECT count(*), sum(v) FROM t WHERE v < 0.5"),
            ("group_s", "SELECT k, count(*), avg(v) FROM t GROUP BY k"),
            ("like_s", "SELECT count(*) FROM t WHERE s LIKE '%99 of%'"),
        ]
        for (name, query) in queries {
            figures.add(name, try seconds { _ = try session.query(query) })
        }
        figures.add("create_index_s", try seconds { try session.execute("CREATE INDEX tk ON t (k)") })
        let indexed = try session.prepare("SELECT count(*), sum(v) FROM t WHERE k = ?")
        let indexedSeconds = try seconds { for key in 0..<1_000 { _ = try indexed.query(key) } }
        figures.add("indexed_queries_per_s", 1_000 / indexedSeconds)
        let texts = min(20_000, rows * 4)
        let literalSeconds = try seconds {
            for key in 0..<texts { _ = try session.query(SQL(text: "SELECT v FROM t WHERE id = \(key)")) }
        }
        figures.add("parsed_point_reads_per_s", Double(texts) / literalSeconds)
        figures.add("parse_and_plan_us", (literalSeconds / Double(texts) - 1 / reads) * 1e6)
        // Those differ in their keys alone, which has them planned once; these in their names too.
        let newSeconds = try seconds {
            for key in 0..<texts { _ = try session.query(SQL(text: "SELECT v AS v\(key) FROM t WHERE id = \(key)")) }
        }
        figures.add("parse_and_plan_other_us", (newSeconds / Double(texts) - 1 / reads) * 1e6)
        figures.add("file_mb", Double(ScratchFolder.byteCount(file)) / 1e6)
        return figures
    }

    /// All rows in one transaction, by a prepared statement that is handed some thousands at a time.
    private static func insert(_ data: [(id: Int, k: Int, v: Double, s: String)], _ session: Session) throws -> Double {
        let insert = try session.prepare("INSERT INTO t VALUES (?, ?, ?, ?)")
        return try seconds {
            try session.execute("BEGIN")
            for start in stride(from: 0, to: data.count, by: 8_192) {
                let part = data[start..<min(start + 8_192, data.count)]
                try insert.executeMany(part.lazy.map { [$0.id, $0.k, $0.v, $0.s] })
            }
            try session.execute("COMMIT")
        }
    }

    /// Durable commits of one row each, by 64 threads at once.
    private static func concurrentCommits(_ database: Database, from first: Int, each: Int) throws -> Double {
        let writers = 64
        let failures = Failures()
        let elapsed = seconds {
            let group = DispatchGroup()
            for writer in 0..<writers {
                group.enter()
                Thread.detachNewThread {
                    defer { group.leave() }
                    do {
                        let insert = try database.makeSession().prepare("INSERT INTO t VALUES (?, ?, ?, ?)")
                        for index in 0..<each { try insert.execute(first + writer * each + index, 1, 0.5, "one") }
                    } catch {
                        failures.add(error)
                    }
                }
            }
            group.wait()
        }
        if let error = failures.first { throw error }
        return Double(writers * each) / elapsed
    }
}

/// What went wrong in threads. `@unchecked Sendable`: the lock guards the array.
private final class Failures: @unchecked Sendable {
    private let lock = NSLock()
    private var errors: [any Error] = []

    func add(_ error: any Error) { lock.withLock { errors.append(error) } }

    var first: (any Error)? { lock.withLock { errors.first } }
}
