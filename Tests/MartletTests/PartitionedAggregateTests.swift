// Aggregates over tables that threads share out: the same bytes on any number of threads, and the rows of one thread.

import MartletCore
import MartletRuntime
import Testing

extension EngineTests {
    @Suite struct PartitionedAggregateTests {
        /// Row ids from −40,000 to 39,980, every twentieth; NULLs, and reals whose sums depend on the order.
        private static let filling = [
            "CREATE TABLE t (id INTEGER PRIMARY KEY, k INTEGER, v REAL, s TEXT)",
            """
            INSERT INTO t WITH RECURSIVE n (i) AS (SELECT -2000 UNION ALL SELECT i + 1 FROM n WHERE i < 1999)
            SELECT i * 20, CASE WHEN i % 17 = 0 THEN NULL ELSE abs(i * 7919 % 101) END,
                CASE WHEN i % 13 = 0 THEN NULL ELSE 1.0 / (3 + abs(i)) * (i % 5 - 2) * power(10.0, abs(i) % 20) END,
                'row ' || (i % 500) FROM n
            """,
        ]

        private static let queries = [
            "SELECT count(*), sum(v), avg(v), total(v) FROM t",
            "SELECT count(*), sum(v), min(id), max(id) FROM t WHERE v < 0.5",
            "SELECT sum(v), count(k) FROM t WHERE id > -30000 AND id <= 35000 AND s LIKE '%9'",
            "SELECT k, count(*), avg(v), sum(k), min(s), max(v) FROM t GROUP BY k",
            "SELECT s, k % 3, sum(v) FILTER (WHERE k > 10), count(DISTINCT k) FROM t GROUP BY s, k % 3",
            "SELECT id, v FROM t WHERE id % 1000 = 0 GROUP BY id, v",
            "SELECT stddev(v), variance(k), count(DISTINCT s) FROM t",
            "SELECT group_concat(id), max(s) FROM t WHERE id % 7000 = 0",
            "SELECT count(*), sum(x) FROM (SELECT v * 2 AS x FROM t WHERE k < 50) AS q WHERE x > 0",
            "SELECT count(*), sum(v) FROM t WHERE id > 60000",
            "SELECT k FROM t WHERE id > 9223372036854775806 GROUP BY k",
            "SELECT count(*) FROM t WHERE id < NULL",
        ]

        private static func rows(threads: Int, inTransaction: Bool = false, usesOptimizer: Bool = true) throws
            -> [[String]]
        {
            let database = try TestDatabase(threads: threads, usesOptimizer: usesOptimizer)
            let session = database.session()
            for statement in filling { try session.texts(statement) }
            if inTransaction { try session.texts("BEGIN") }
            return try queries.map { try session.texts($0) }
        }

        @Test func givesTheSameBytesOnAnyNumberOfThreads() throws {
            let one = try Self.rows(threads: 1)
            #expect(try Self.rows(threads: 2) == one)
            #expect(try Self.rows(threads: 7) == one)
            #expect(try Self.rows(threads: 3, inTransaction: true) == one)
            #expect(try Self.rows(threads: 2, usesOptimizer: false) == one)
        }

        /// Sorted rows go through a single state. Nothing here depends on how sums are rounded.
        @Test func givesTheRowsOfOneState() throws {
            let database = try TestDatabase(threads: 2)
            for statement in Self.filling { try database.run(statement) }
            for query in [
                "SELECT k, count(*), count(v), min(v), max(s), sum(k), group_concat(id) FROM t GROUP BY k",
                "SELECT s, count(*), max(id) FROM t WHERE v > 0 GROUP BY s",
                "SELECT count(*), sum(id), count(DISTINCT k) FROM t WHERE id >= -777",
            ] {
                let sorted = query.replacing("FROM t", with: "FROM (SELECT * FROM t ORDER BY id) AS t")
                #expect(try database.run(query) == database.run(sorted))
            }
        }

        /// Rows that an index finds are fetched by several threads, in the order of the index.
        @Test func fetchesTheRowsOfAnIndex() throws {
            let database = try TestDatabase(threads: 3)
            for statement in Self.filling { try database.run(statement) }
            let query = "SELECT id, v, s FROM t WHERE k >= 3 AND k < 60"
            let scanned = try database.run(query)
            try database.run("CREATE INDEX t_k ON t (k)")
            #expect(try database.run("EXPLAIN " + query).contains { $0.contains("by t_k") })
            #expect(try database.run(query).sorted() == scanned.sorted())
            #expect(try database.problems() == [])
        }

        @Test func reportsTheFirstRowThatFails() throws {
            let database = try TestDatabase(threads: 2)
            for statement in Self.filling { try database.run(statement) }
            #expect(
                code { () throws(Diagnostic) in try database.run("SELECT sum(1 / (id - 38000)) FROM t") }
                    == .divisionByZero)
            #expect(
                code { () throws(Diagnostic) in try database.run("SELECT sum(id + 9223372036854736800) FROM t") }
                    == .integerOverflow)
            let lines = try database.run("EXPLAIN ANALYZE SELECT count(*) FROM t WHERE id >= 0 AND k = 5")
            let matching = try database.run("SELECT k FROM t WHERE id >= 0 AND k = 5").count
            #expect(lines.contains { $0.contains("Scan range of t") && $0.contains("rows=\(matching) ") })
        }
    }
}
