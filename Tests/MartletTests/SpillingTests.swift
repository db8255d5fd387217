// Statements with little memory give what they give with much: the same rows in the same order.

import MartletCore
import MartletRuntime
import Testing

extension EngineTests {
    @Suite struct SpillingTests {
        private static let filling = [
            "CREATE TABLE t (id INTEGER PRIMARY KEY, k INTEGER, v REAL, s TEXT, b BLOB, f BOOLEAN)",
            """
            INSERT INTO t WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
            SELECT i, CASE WHEN i % 11 = 0 THEN NULL ELSE i * 7919 % 9973 END,
                CASE i % 7 WHEN 0 THEN NULL WHEN 1 THEN -0.0 WHEN 2 THEN 0.0 ELSE 0.5 * (i % 5000) END,
                CASE WHEN i % 5 = 0 THEN NULL ELSE 'some text ' || (i * 31 % 6007) END, NULL, i % 3 = 0 FROM n
            """,
        ]

        private static let queries = [
            // GROUP BY
            "SELECT k, count(*), sum(v), min(s), max(id), avg(id) FROM t GROUP BY k",
            "SELECT s, k % 7, count(v), group_concat(id) FROM t GROUP BY s, k % 7",
            "SELECT id, sum(k) FILTER (WHERE f) FROM t WHERE id > 100 GROUP BY id HAVING count(*) = 1",
            "SELECT count(*) FROM (SELECT v, f FROM t GROUP BY v, f, s)",
            "SELECT v, count(*) FROM (SELECT id, v FROM t ORDER BY k LIMIT 15000) GROUP BY v",
            "SELECT k, s FROM t GROUP BY k, s LIMIT 7 OFFSET 9000",
            "SELECT count(DISTINCT s || id) FROM t", "SELECT f, count(DISTINCT id), sum(DISTINCT id) FROM t GROUP BY f",
            "SELECT sum(DISTINCT v), avg(DISTINCT v) FROM t WHERE id < 0",
            // DISTINCT, UNION, INTERSECT, EXCEPT
            "SELECT DISTINCT s FROM t", "SELECT DISTINCT k, v, b FROM t", "SELECT DISTINCT id % 3 FROM t",
            "SELECT k FROM t UNION SELECT id FROM t", "SELECT s FROM t INTERSECT SELECT s FROM t WHERE id % 2 = 0",
            "SELECT id, s FROM t EXCEPT SELECT id, s FROM t WHERE f",
            "SELECT v FROM t EXCEPT SELECT 0.0",
            "SELECT k FROM t INTERSECT SELECT k FROM t WHERE k IS NULL OR k > 9000",
            // Joins
            "SELECT a.id, b.id, b.s FROM t AS a JOIN t AS b ON a.k = b.id + 0",
            "SELECT a.id, b.id FROM t AS a LEFT JOIN t AS b ON a.s = b.s AND b.id + a.id > 30000 WHERE a.id < 9000",
            "SELECT count(*), sum(a.id * b.id) FROM t AS a JOIN t AS b ON a.v = b.v AND a.k = b.k",
            "SELECT a.id, b.s FROM t AS a LEFT JOIN (SELECT * FROM t WHERE f) AS b ON a.k = b.k AND a.id = b.id",
            // Windows
            "SELECT id, row_number() OVER (PARTITION BY k ORDER BY id DESC) FROM t",
            "SELECT id, rank() OVER (ORDER BY k), dense_rank() OVER (ORDER BY k), row_number() OVER (ORDER BY k) FROM t",
            "SELECT id, row_number() OVER () FROM t",
            "SELECT id, sum(id) OVER (PARTITION BY s ORDER BY k), lag(id) OVER (PARTITION BY s ORDER BY k) FROM t",
            "SELECT id, count(*) OVER (PARTITION BY v, f), rank() OVER (PARTITION BY v, f ORDER BY s) FROM t WHERE v > 10",
        ]

        private static func rows(memoryBytes: Int, threads: Int = 2) throws -> [[String]] {
            let database = try TestDatabase(threads: threads, statementMemoryBytes: memoryBytes)
            for statement in filling { try database.run(statement) }
            return try queries.map { try database.run($0) }
        }

        @Test func givesTheSameRowsInLittleMemory() throws {
            let inMemory = try Self.rows(memoryBytes: 1 << 30)
            #expect(inMemory[0].count == 9_974)
            for (memoryBytes, threads) in [(1 << 20, 2), (400_000, 1), (400_000, 2)] {
                let spilled = try Self.rows(memoryBytes: memoryBytes, threads: threads)
                for (index, query) in Self.queries.enumerated() {
                    #expect(spilled[index] == inMemory[index], "\(query) in \(memoryBytes) bytes")
                }
            }
        }

        @Test func reportsAFolderThatCannotBeWritten() throws {
            let database = try TestDatabase(statementMemoryBytes: 400_000, temporaryDirectory: "/nowhere/at all")
            for statement in Self.filling { try database.run(statement) }
            for query in [Self.queries[0], Self.queries[9], Self.queries[14], Self.queries[17], Self.queries[21]] {
                #expect(code { () throws(Diagnostic) in try database.run(query) } == .cannotWriteFile, "\(query)")
            }
        }

        @Test func saysWhatDoesNotFit() throws {
            let database = try TestDatabase(statementMemoryBytes: 400_000)
            for statement in Self.filling { try database.run(statement) }
            for query in [
                // One partition, and one side of a join on any condition.
                "SELECT sum(id) OVER (ORDER BY k ROWS 3 PRECEDING) FROM t",
                "SELECT count(*) FROM t AS a JOIN t AS b ON a.id < b.id + a.k AND a.s <> b.s WHERE a.id < 4",
                // Different values beside each other, and values in an order.
                "SELECT count(DISTINCT s || id), count(DISTINCT id) FROM t",
                "SELECT group_concat(s || id ORDER BY k) FROM t",
            ] {
                #expect(code { () throws(Diagnostic) in try database.run(query) } == .limitExceeded, "\(query)")
            }
            #expect(try database.run("SELECT count(*) FROM t") == ["20000"])
        }
    }
}
