// ORDER BY with little memory gives the rows of ORDER BY with much, and says why when it cannot.

import Foundation
import MartletCore
import MartletRuntime
import Testing

extension EngineTests {
    @Suite struct ExternalSortTests {
        private static let filling = [
            "CREATE TABLE t (id INTEGER PRIMARY KEY, k INTEGER, v REAL, s TEXT, b BLOB, f BOOLEAN)",
            """
            INSERT INTO t WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
            SELECT i, CASE WHEN i % 11 = 0 THEN NULL ELSE i * 7919 % 97 END, CASE i % 7 WHEN 0 THEN NULL ELSE 1.0 / i END,
                CASE WHEN i % 5 = 0 THEN NULL ELSE 'text ' || (i * 31 % 1009) END, NULL, i % 3 = 0 FROM n
            """,
        ]

        private static let queries = [
            "SELECT * FROM t ORDER BY k", "SELECT * FROM t ORDER BY s DESC, v",
            "SELECT id FROM t ORDER BY v NULLS LAST",
            "SELECT id, s FROM t ORDER BY f, k DESC NULLS FIRST LIMIT 20 OFFSET 2500",
            "SELECT id FROM t WHERE k > 90 ORDER BY s LIMIT 7", "SELECT id FROM t ORDER BY b, k % 2 OFFSET 2990",
            "SELECT s, id FROM t ORDER BY s LIMIT 2800", "SELECT id FROM t WHERE id < 0 ORDER BY k",
        ]

        private static func rows(memoryBytes: Int) throws -> [[String]] {
            let database = try TestDatabase(statementMemoryBytes: memoryBytes)
            for statement in filling { try database.run(statement) }
            return try queries.map { try database.run($0) }
        }

        @Test func givesTheSameRowsInLittleMemory() throws {
            let inMemory = try Self.rows(memoryBytes: 1 << 30)
            #expect(inMemory[0].count == 3_000)
            #expect(inMemory[3].count == 20)
            // Some runs, and so many that they are merged more than once.
            for memoryBytes in [1 << 20, 1 << 15] { #expect(try Self.rows(memoryBytes: memoryBytes) == inMemory) }
        }

        @Test func reportsAFolderThatCannotBeWritten() throws {
            let missing = "/nowhere/\(UUID().uuidString)"
            let database = try TestDatabase(statementMemoryBytes: 1 << 15, temporaryDirectory: missing)
            for statement in Self.filling { try database.run(statement) }
            let failure = code { () throws(Diagnostic) in try database.run("SELECT * FROM t ORDER BY s") }
            #expect(failure == .cannotWriteFile)
            #expect(try database.run("SELECT id FROM t ORDER BY id DESC LIMIT 1") == ["3000"])
        }

        @Test func reportsTheLimitElsewhere() throws {
            let database = try TestDatabase(statementMemoryBytes: 1 << 15)
            for statement in Self.filling { try database.run(statement) }
            for query in [
                "SELECT count(DISTINCT id), count(DISTINCT s) FROM t",
                "SELECT count(b.s) FROM t AS a JOIN t AS b ON a.id + b.id > 5",
                "SELECT id, sum(id) OVER (ORDER BY k) FROM t",
            ] {
                #expect(code { () throws(Diagnostic) in try database.run(query) } == .limitExceeded, "\(query)")
            }
        }
    }
}
