// INSERT of one row: the short way does what the long way does, also where the row is refused.

import Foundation
import MartletCore
import MartletRuntime
import Testing

extension EngineTests {
    @Suite struct RowInsertionTests {
        private static let tables = [
            "CREATE TABLE t (id INTEGER PRIMARY KEY, v REAL NOT NULL, s TEXT DEFAULT 'none', f BOOLEAN)",
            "CREATE TABLE plain (a INTEGER, b BLOB, c JSON, d TIMESTAMP)",
            "CREATE TABLE checked (a INTEGER CHECK (a > 0), b INTEGER UNIQUE)",
            "CREATE TABLE parent (id INTEGER PRIMARY KEY)",
            "CREATE TABLE child (id INTEGER PRIMARY KEY, p INTEGER REFERENCES parent (id))",
        ]

        private static let statements = [
            "INSERT INTO t VALUES (5, 1, 'five', TRUE)", "INSERT INTO t VALUES (5, 2, 'again', NULL)",
            "INSERT INTO t VALUES (NULL, 2.5, NULL, FALSE)", "INSERT INTO t (v) VALUES (3)",
            "INSERT INTO t VALUES (-7, 0.0, '', NULL)", "INSERT INTO t VALUES (2, NULL, 'x', TRUE)",
            "INSERT INTO t (s) VALUES ('no v')", "INSERT INTO t VALUES (1, 'text', 'x', TRUE)",
            "INSERT INTO t VALUES (9223372036854775807, 1, 'last', TRUE)", "INSERT INTO t (v) VALUES (1)",
            "INSERT INTO t VALUES (8, 1, 'x', TRUE) RETURNING id",
            "INSERT OR REPLACE INTO t VALUES (5, 9, 'new', NULL)",
            "INSERT INTO plain VALUES (1, x'00ff', '{\"a\": 1}', '2024-01-02')",
            "INSERT INTO plain VALUES (NULL, NULL, NULL, NULL)", "INSERT INTO plain VALUES (1, NULL, '{', NULL)",
            "INSERT INTO plain (rowid, a) VALUES (3, 3)", "INSERT INTO plain (a) VALUES (1 + 1)",
            "INSERT INTO checked VALUES (0, 1)", "INSERT INTO checked VALUES (1, 1)",
            "INSERT INTO checked VALUES (2, 1)", "INSERT INTO child VALUES (1, 1)", "INSERT INTO parent VALUES (1)",
            "INSERT INTO child VALUES (1, 1)", "INSERT INTO parent VALUES (1)",
        ]

        private func outcomes(usesOptimizer: Bool) throws -> [String] {
            let database = try TestDatabase(usesOptimizer: usesOptimizer)
            let session = database.session()
            for table in Self.tables { try session.texts(table) }
            var outcomes: [String] = []
            func run(_ sql: String, _ parameters: ParameterValues = .none) {
                do throws(Diagnostic) {
                    outcomes.append("\(sql) → \(try session.texts(sql, parameters: parameters))")
                } catch {
                    outcomes.append("\(sql) → \(error)")
                }
            }
            for statement in Self.statements { run(statement) }
            let insert = "INSERT INTO t VALUES (?, ?, ?, ?)"
            for row in [
                [.integer(20), .integer(1), .text("a"), .boolean(true)], [.null, .real(1), .null, .null],
                [.integer(20), .real(1), .text("b"), .null], [.integer(21), .null, .text("b"), .null],
                [.text("x"), .real(1), .text("b"), .null], [.integer(22), .real(1), .text("c")],
            ] as [[Value]] {
                run(insert, ParameterValues(positional: row))
            }
            for text in ["BEGIN", "INSERT INTO t VALUES (30, 1, 'x', NULL)", "SAVEPOINT s"] { run(text) }
            run("INSERT INTO t VALUES (31, 1, 'y', NULL)")
            run("INSERT INTO t VALUES (31, 1, 'y', NULL)")
            for text in ["ROLLBACK TO s", "SELECT count(*) FROM t", "COMMIT"] { run(text) }
            for table in ["t", "plain", "checked", "child"] {
                run("SELECT rowid, * FROM \(table) ORDER BY rowid")
                run("SELECT count(*) FROM \(table)")
            }
            #expect(try database.problems() == [])
            return outcomes
        }

        @Test func sameOutcomes() throws {
            let short = try outcomes(usesOptimizer: true)
            let long = try outcomes(usesOptimizer: false)
            #expect(short.count == long.count)
            for (short, long) in zip(short, long) { #expect(short == long) }
        }

        /// Rows with vectors share pages, however they came.
        @Test func vectorsArePacked() throws {
            let database = try TestDatabase()
            let session = database.session()
            try session.texts("CREATE TABLE t (id INTEGER PRIMARY KEY, v VECTOR(784))")
            try session.texts("BEGIN")
            for id in 0..<500 {
                let vector = Vector((0..<784).map { Float(id + $0) })
                try session.texts(
                    "INSERT INTO t VALUES (?, ?)",
                    parameters: ParameterValues(positional: [.integer(Int64(id * 7 % 500)), .vector(vector)]))
            }
            try session.texts("COMMIT")
            let size = try FileManager.default.attributesOfItem(atPath: database.path("test.martlet"))[.size] as? Int
            #expect(try #require(size) < 500 * 784 * 4 * 11 / 10)
            #expect(try database.run("SELECT count(*), min(l2_distance(v, v)) FROM t") == ["500|0.0"])
            #expect(try database.problems() == [])
        }
    }
}
