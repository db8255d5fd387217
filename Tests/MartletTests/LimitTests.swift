// Statements at and beyond the limits: an error with a code, never a trap.

import Foundation
import MartletCore
import MartletRuntime
import Testing

extension EngineTests {
    @Suite struct LimitTests {
        private static func code(_ database: TestDatabase, _ sql: String) -> ErrorCode? {
            do throws(Diagnostic) {
                try database.run(sql)
                return nil
            } catch {
                let length = sql.utf8.count
                if let range = error.range { #expect(range.start <= range.end && range.end <= length) }
                return error.code
            }
        }

        private static func repeated(_ text: String, _ count: Int) -> String { String(repeating: text, count: count) }

        private static let deep: [String: String] = [
            "parentheses": repeated("(", 5_000) + "1" + repeated(")", 5_000),
            "not": repeated("NOT ", 20_000) + "TRUE",
            "minus": repeated("- ", 20_000) + "1",
            "case": repeated("CASE WHEN TRUE THEN ", 3_000) + "1" + repeated(" END", 3_000),
            "calls": repeated("abs(", 5_000) + "1" + repeated(")", 5_000),
            "scalar subqueries": repeated("(SELECT ", 2_000) + "1" + repeated(")", 2_000),
            "casts": repeated("CAST(", 3_000) + "1" + repeated(" AS INTEGER)", 3_000),
            "lists": "1 IN " + repeated("(1, (", 3_000) + "1" + repeated("))", 3_000),
            "exists": "EXISTS " + repeated("(SELECT EXISTS ", 2_000) + "(SELECT 1)" + repeated(")", 2_000),
        ]

        @Test(arguments: deep.keys.sorted())
        func deepNesting(name: String) throws {
            #expect(Self.code(try TestDatabase(), "SELECT " + (Self.deep[name] ?? "")) == .nestingTooDeep)
        }

        @Test func manyNamedWindowsAndFullJoins() throws {
            let database = try TestDatabase()
            func windows(_ count: Int) -> String {
                "SELECT count(*) OVER w\(count) WINDOW w0 AS ()"
                    + (1...count).map { ", w\($0) AS (w\($0 - 1))" }.joined()
            }
            #expect(Self.code(database, windows(150)) == nil)
            #expect(Self.code(database, windows(5_000)) == .limitExceeded)
            // Each FULL JOIN reads its sides twice.
            func joins(_ count: Int) -> String {
                "SELECT count(*) FROM (SELECT 1 AS x) AS a0"
                    + (1...count).map { " FULL JOIN (SELECT 1 AS x) AS a\($0) ON a0.x = a\($0).x" }.joined()
            }
            #expect(Self.code(database, joins(6)) == nil)
            #expect(Self.code(database, joins(60)) == .limitExceeded)
        }

        /// Just below the limit everything down to the last operator works.
        @Test(arguments: [40, 60, 90, 150, 190])
        func nestingBelowTheLimit(depth: Int) throws {
            let database = try TestDatabase()
            let accepted: Set<ErrorCode?> = [nil, .nestingTooDeep]
            for expression in [
                Self.repeated("(", depth) + "1" + Self.repeated(")", depth),
                Self.repeated("NOT ", depth) + "TRUE", Self.repeated("abs(", depth) + "1" + Self.repeated(")", depth),
                Self.repeated("CASE WHEN TRUE THEN ", depth) + "1" + Self.repeated(" END", depth),
                Self.repeated("(SELECT ", depth) + "1" + Self.repeated(")", depth),
                "(SELECT x FROM " + Self.repeated("(SELECT x FROM ", depth) + "(SELECT 1 AS x)"
                    + Self.repeated(")", depth + 1),
                "EXISTS " + Self.repeated("(SELECT 1 WHERE EXISTS ", depth) + "(SELECT 1)" + Self.repeated(")", depth),
            ] {
                #expect(accepted.contains(Self.code(database, "SELECT " + expression)))
            }
        }

        /// Long chains are no deep trees, or are refused as such.
        @Test(arguments: [" + ", " || ", " AND ", " OR ", " = ", " * "])
        func longChains(operation: String) throws {
            let database = try TestDatabase()
            let term = operation == " || " ? "'a'" : [" AND ", " OR "].contains(operation) ? "TRUE" : "1"
            let accepted: Set<ErrorCode?> = [nil, .nestingTooDeep, .typeMismatch, .limitExceeded]
            for count in [100, 190, 1_000, 50_000] {
                let chain = Array(repeating: term, count: count).joined(separator: operation)
                #expect(accepted.contains(Self.code(database, "SELECT " + chain)), "\(count) × \(operation)")
            }
        }

        @Test func longCompounds() throws {
            let database = try TestDatabase()
            let accepted: Set<ErrorCode?> = [nil, .nestingTooDeep, .limitExceeded]
            // Each table doubles the one before.
            let doubled = (1..<40).map { "t\($0) AS (SELECT a.x FROM t\($0 - 1) AS a, t\($0 - 1) AS b)" }
                .joined(separator: ", ")
            #expect(
                Self.code(database, "WITH t0 AS (SELECT 1 AS x), \(doubled) SELECT count(*) FROM t39") == .limitExceeded
            )
            for operation in ["UNION ALL", "UNION", "EXCEPT", "INTERSECT"] {
                for count in [50, 150, 500, 5_000] {
                    let sql = Array(repeating: "SELECT 1", count: count).joined(separator: " \(operation) ")
                    #expect(accepted.contains(Self.code(database, sql)), "\(count) × \(operation)")
                }
            }
            for count in [10, 64, 65, 200, 2_000] {
                let tables = (0..<count).map { "(SELECT 1 AS x) AS t\($0)" }
                #expect(accepted.contains(Self.code(database, "SELECT 1 FROM " + tables.joined(separator: ", "))))
                #expect(
                    accepted.contains(
                        Self.code(database, "SELECT 1 FROM " + tables.joined(separator: " NATURAL JOIN "))))
            }
            for count in [50, 500, 3_000] {
                let names = (0..<count).map { "t\($0) AS (SELECT \($0) AS x)" }.joined(separator: ", ")
                #expect(accepted.contains(Self.code(database, "WITH \(names) SELECT x FROM t\(count - 1)")))
                let chained = (1..<count).map { "t\($0) AS (SELECT x FROM t\($0 - 1))" }.joined(separator: ", ")
                #expect(
                    accepted.contains(
                        Self.code(database, "WITH t0 AS (SELECT 1 AS x), \(chained) SELECT x FROM t\(count - 1)")))
            }
        }

        @Test func wideStatements() throws {
            let database = try TestDatabase()
            try database.run("CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT)")
            try database.run("INSERT INTO t VALUES (7, 'x'), (8, 'y')")
            let numbers = (0..<100_000).map(String.init).joined(separator: ", ")
            #expect(try database.run("SELECT count(*) FROM t WHERE a IN (\(numbers))") == ["2"])
            #expect(try database.run("SELECT count(*) FROM t WHERE a + 0 NOT IN (\(numbers))") == ["0"])
            let rows = (100..<20_100).map { "(\($0), 'row \($0)')" }.joined(separator: ", ")
            #expect(try database.run("INSERT INTO t VALUES \(rows)") == ["20000"])
            let columns = (0..<2_000).map { "\($0)" }.joined(separator: ", ")
            #expect(Self.code(database, "SELECT \(columns)") == nil)
            #expect(Self.code(database, "SELECT \(columns), 1") == .limitExceeded)
            let cases = (0..<5_000).map { "WHEN \($0) THEN 'v\($0)'" }.joined(separator: " ")
            #expect(try database.run("SELECT CASE a \(cases) END FROM t WHERE a = 7") == ["v7"])
            #expect(try database.problems() == [])
        }

        @Test func tooLongStatement() throws {
            let database = try TestDatabase()
            let text = "SELECT '" + Self.repeated("x", Limits.statementBytes) + "'"
            #expect(Self.code(database, text) == .statementTooLong)
        }

        @Test func columnsOfATable() throws {
            let database = try TestDatabase()
            let columns = (0..<1_000).map { "c\($0) INTEGER" }.joined(separator: ", ")
            #expect(Self.code(database, "CREATE TABLE wide (\(columns))") == nil)
            #expect(Self.code(database, "CREATE TABLE wider (\(columns), one_more TEXT)") == .limitExceeded)
            try database.run("INSERT INTO wide (c0, c999) VALUES (1, 2)")
            #expect(try database.run("SELECT c0, c500, c999 FROM wide") == ["1|NULL|2"])
            #expect(Self.code(database, "SELECT * FROM wide AS a, wide AS b") == nil)
            #expect(Self.code(database, "SELECT * FROM wide AS a, wide AS b, wide AS c") == .limitExceeded)
            let long = Self.repeated("n", Limits.identifierBytes + 1)
            #expect(Self.code(database, "CREATE TABLE \(long) (a INTEGER)") == .limitExceeded)
            #expect(Self.code(database, "CREATE TABLE x (\(long) INTEGER)") == .limitExceeded)
            try database.run("CREATE TABLE docs (id INTEGER PRIMARY KEY, body TEXT)")
            try database.run("INSERT INTO docs VALUES (1, 'x')")
            #expect(Self.code(database, "CREATE INDEX \(long) ON docs (body)") == .limitExceeded)
            #expect(Self.code(database, "TRAIN \(long) USING retriever ON docs (body)") == .limitExceeded)
            try database.run("TRAIN m USING retriever ON docs (body)")
            #expect(Self.code(database, "DEPLOY m AS \(long)") == .limitExceeded)
            let names = (0..<400).map { "\"c\($0)\"" }.joined(separator: ", ")
            #expect(
                Set([nil, ErrorCode.limitExceeded]).contains(
                    Self.code(database, "CREATE INDEX many ON wide (\(names))")))
            #expect(try database.problems() == [])
        }

        @Test func longKeys() throws {
            let database = try TestDatabase()
            try database.run("CREATE TABLE t (id TEXT PRIMARY KEY, a TEXT)")
            try database.run("CREATE INDEX t_a ON t (a)")
            let long = Self.repeated("k", 2_000)
            #expect(Self.code(database, "INSERT INTO t VALUES ('\(long)', 'x')") == .keyTooLong)
            #expect(Self.code(database, "INSERT INTO t VALUES ('x', '\(long)')") == .keyTooLong)
            try database.run("INSERT INTO t VALUES ('x', 'short')")
            #expect(Self.code(database, "UPDATE t SET a = '\(long)'") == .keyTooLong)
            #expect(Self.code(database, "UPDATE t SET id = '\(long)'") == .keyTooLong)
            // Looking for such a key finds nothing, whatever the index.
            #expect(try database.run("SELECT count(*) FROM t WHERE id = '\(long)' OR a = '\(long)'") == ["0"])
            #expect(try database.run("SELECT count(*) FROM t WHERE id = '\(long)'") == ["0"])
            #expect(try database.run("SELECT count(*) FROM t WHERE a > '\(long)'") == ["1"])
            #expect(try database.run("SELECT count(*) FROM t WHERE a < '\(long)'") == ["0"])
            #expect(try database.run("SELECT count(*) FROM t WHERE a >= 'a' AND a < '\(long)'") == ["0"])
            try database.run("CREATE TABLE u (a TEXT)")
            try database.run("INSERT INTO u VALUES ('\(long)')")
            #expect(Self.code(database, "CREATE INDEX u_a ON u (a)") == .keyTooLong)
            #expect(try database.run("SELECT name FROM sys.indexes ORDER BY name") == ["t_a", "t_id_key"])
            for length in 460...500 {
                _ = Self.code(database, "INSERT INTO t VALUES ('\(Self.repeated("x", length))', NULL)")
                _ = Self.code(database, "INSERT INTO t VALUES (\(length), '\(Self.repeated("y", length))')")
                _ = Self.code(database, "INSERT INTO t VALUES ('\(Self.repeated("\u{0}", length / 2))', NULL)")
                _ = Self.code(database, "SELECT * FROM t WHERE id = '\(Self.repeated("x", length))'")
            }
            #expect(try database.problems() == [])
        }

        @Test func largeTexts() throws {
            let database = try TestDatabase()
            try database.run("CREATE TABLE t (id INTEGER PRIMARY KEY, body TEXT)")
            try database.run("CREATE INDEX t_text ON t USING text (body)")
            let words = (0..<60_000).map { "word\($0 % 977)" }.joined(separator: " ")
            try database.run("INSERT INTO t VALUES (1, '\(words)')")
            try database.run("INSERT INTO t VALUES (2, '\(Self.repeated("x", 3_000_000))')")
            #expect(try database.run("SEARCH t FOR 'word976' RETURN id") == ["1"])
            #expect(try database.run("SELECT length(body) FROM t WHERE id = 2") == ["3000000"])
            #expect(Self.code(database, "SEARCH t FOR '\(words)' RETURN id, snippet(body)") == nil)
            #expect(Self.code(database, "SEARCH t FOR 'word1' RETURN id, snippet(body), highlight(body), why()") == nil)
            try database.run("UPDATE t SET body = body || ' tail'")
            #expect(try database.run("SEARCH t FOR 'tail' RETURN id") == ["2", "1"])
            #expect(try database.problems() == [])
        }

        @Test(arguments: [
            "'[1, 2]'", "'[1, 2, 3, 4]'", "'[]'", "'[1, 2, x]'", "'1, 2, 3'", "'[1, 2, 1e99]'", "x'00'", "1",
        ])
        func wrongVectors(value: String) throws {
            let database = try TestDatabase()
            try database.run("CREATE TABLE t (v VECTOR(3))")
            #expect(Self.code(database, "INSERT INTO t VALUES (\(value))") != nil)
            #expect(try database.run("SELECT count(*) FROM t") == ["0"])
        }
    }
}
