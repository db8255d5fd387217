// One row by its key: the short way gives what the long way gives.

import Martlet
import MartletCore
import MartletLanguage
import MartletRuntime
import MartletStorage
import Testing

extension EngineTests {
    @Suite struct PointLookupTests {
        private func session() throws -> Session {
            let session = try Database.temporary().makeSession()
            try session.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, k INTEGER, v REAL, s TEXT, b BLOB, f BOOLEAN)")
            try session.execute(
                "INSERT INTO t VALUES (1, 10, 1.5, 'one', x'0102', TRUE), (2, NULL, NULL, NULL, NULL, NULL)")
            try session.execute("INSERT INTO t VALUES (-9223372036854775807, 3, 0.0, '', x'', FALSE)")
            try session.execute("ALTER TABLE t ADD COLUMN w REAL DEFAULT 7")
            try session.execute("ALTER TABLE t ADD COLUMN x TEXT DEFAULT 'late'")
            try session.execute("ALTER TABLE t ADD COLUMN y INTEGER")
            try session.execute("INSERT INTO t VALUES (4, 1, 2, 'four', x'00', FALSE, 1, 'given', 5)")
            try session.execute("CREATE TABLE n (a TEXT, b INTEGER, c TEXT, PRIMARY KEY (a, b))")
            try session.execute("INSERT INTO n VALUES ('a', 1, 'a1'), ('a', 2, 'a2'), ('', 0, 'empty'), ('ä', 1, 'ä1')")
            try session.execute("CREATE TABLE u (id INTEGER PRIMARY KEY, name TEXT UNIQUE, r REAL UNIQUE)")
            try session.execute("INSERT INTO u VALUES (1, 'one', 1.0), (2, NULL, 0.0), (3, NULL, NULL)")
            return session
        }

        /// The result, or the error, of a key's lookup; and of a condition that no key serves.
        private func outcomes(
            _ session: Session, _ columns: String, _ table: String, _ conditions: [(key: String, filter: String)],
            _ values: [any DatabaseValueConvertible]
        ) -> (String, String) {
            func outcome(_ condition: String) -> String {
                let text = "SELECT \(columns) FROM \(table) WHERE \(condition)"
                do {
                    let rows = try session.query(SQL(text: text, positional: values))
                    return "\(rows.map(\.columns.names)) \(rows.map(\.values))"
                } catch { return error.code }
            }
            return (
                outcome(conditions.map(\.key).joined(separator: " AND ")),
                outcome(conditions.map(\.filter).joined(separator: " AND "))
            )
        }

        @Test(arguments: ["*", "v", "s, k, s", "rowid, id", "w, x, y", "b, f", "id AS other", "t.k"])
        func rowIDs(_ columns: String) throws {
            let session = try session()
            let keys: [any DatabaseValueConvertible] = [
                1, 2, 3, 4, Int.min + 1, Int.max, Int.min, nil as Int?, 1.0, 1.5, "1", true, [UInt8]([1]),
            ]
            for key in keys {
                let (short, long) = outcomes(session, columns, "t", [("id = ?", "id + 0 = ?")], [key])
                if key is Int || key is Double { #expect(short == long, "\(key)") }
                // A type that no integer compares with is refused alike.
                if key is String || key is Bool { #expect(short == "E0201" && long == short, "\(key)") }
            }
            let (constant, filtered) = outcomes(session, columns, "t", [("id = 4", "id + 0 = 4")], [])
            #expect(constant == filtered)
        }

        @Test func uniqueKeys() throws {
            let session = try session()
            let long = String(repeating: "long", count: 2_000)
            let pairs: [(any DatabaseValueConvertible, any DatabaseValueConvertible)] = [
                ("a", 1), ("a", 2), ("a", 3), ("", 0), ("ä", 1), ("a\u{308}", 1), (long, 1), ("a\0", 1),
                (nil as String?, 1), ("a", nil as Int?), ("a", 1.0), ("a", 1.5),
            ]
            for (a, b) in pairs {
                let (short, long) = outcomes(
                    session, "*, rowid", "n", [("a = ?", "a || '' = ?"), ("b = ?", "b + 0 = ?")], [a, b])
                #expect(short == long, "\(a) \(b)")
            }
            for name in ["one", "two", nil] as [String?] {
                let (short, long) = outcomes(session, "*", "u", [("name = ?", "name || '' = ?")], [name])
                #expect(short == long)
            }
            for number in [0, -0.0, 1, 0.5, nil] as [Double?] {
                let (short, long) = outcomes(session, "id, r", "u", [("r = ?", "r + 0 = ?")], [number])
                #expect(short == long)
            }
            let (integer, compared) = outcomes(session, "id, r", "u", [("r = 1", "r + 0 = 1")], [])
            #expect(integer == compared)
        }

        /// A prepared statement keeps its plan: it must notice what happens to the table.
        @Test func definitionsThatChange() throws {
            let session = try session()
            let read = try session.prepare("SELECT * FROM t WHERE id = ?")
            #expect(try read.query(1)[0].count == 9)
            try session.execute("ALTER TABLE t ADD COLUMN z TEXT DEFAULT 'z'")
            #expect(try read.query(1)[0]["z"] == "z")
            try session.execute("ALTER TABLE t DROP COLUMN k")
            #expect(try read.query(1)[0].columns.names == ["id", "v", "s", "b", "f", "w", "x", "y", "z"])
            #expect(try read.query(nil as Int?).isEmpty)
            // Within a transaction that is undone.
            try session.execute("BEGIN")
            try session.execute("ALTER TABLE t DROP COLUMN s")
            #expect(try read.query(1)[0].count == 8)
            try session.execute("UPDATE t SET v = 9 WHERE id = 1")
            #expect(try read.query(1)[0]["v"] == .real(9))
            try session.execute("ROLLBACK")
            #expect(try read.query(1)[0].count == 9)
            #expect(try read.query(1)[0]["v"] == .real(1.5))
            try session.execute("DROP TABLE t")
            #expect(throws: MartletError.self) { try read.query(1) }
            try session.execute("CREATE TABLE t (id TEXT PRIMARY KEY)")
            try session.execute("INSERT INTO t VALUES ('1')")
            #expect(throws: MartletError.self) { try read.query(1) }
            #expect(try read.query("1").map(\.values) == [["1"]])
        }

        /// Another session's definitions and rows are seen, and a snapshot's stay as they were.
        @Test func otherSessions() throws {
            let database = try Database.temporary()
            let (one, two) = (database.makeSession(), database.makeSession())
            try one.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, v INTEGER)")
            try one.execute("INSERT INTO t VALUES (1, 1)")
            let read = try one.prepare("SELECT v FROM t WHERE id = ?")
            #expect(try read.query(1, as: Int.self) == [1])
            try two.execute("UPDATE t SET v = 2 WHERE id = 1")
            #expect(try read.query(1, as: Int.self) == [2])
            try one.execute("BEGIN READ ONLY")
            try two.execute("UPDATE t SET v = 3 WHERE id = 1")
            try two.execute("ALTER TABLE t RENAME COLUMN v TO w")
            #expect(try read.query(1, as: Int.self) == [2])
            try one.execute("COMMIT")
            #expect(throws: MartletError.self) { try read.query(1) }
            #expect(try two.query("SELECT w FROM t WHERE id = 1", as: Int.self) == [3])
        }

        /// A result that is read later gives what was there when it was asked for.
        @Test func cursorsThatAreReadLater() throws {
            let session = try session()
            let read = try session.prepare("SELECT k, s FROM t WHERE id = ?")
            let (found, missing, closed) = (try read.cursor(1), try read.cursor(77), try read.cursor(1))
            try session.execute("DELETE FROM t")
            closed.close()
            #expect(try closed.next() == nil)
            #expect(try found.next()?.values == [10, "one"])
            #expect(try found.next() == nil)
            #expect(try found.next() == nil)
            #expect(try missing.next() == nil)
            #expect(missing.columns.names == ["k", "s"])
        }

        /// Which plans take the short way.
        @Test(arguments: [
            ("SELECT v FROM t WHERE id = 1", true), ("SELECT * FROM t WHERE rowid = 1", true),
            ("SELECT c FROM n WHERE a = 'a' AND b = 1", true), ("SELECT id FROM u WHERE name = 'one'", true),
            ("SELECT v + 1 FROM t WHERE id = 1", false), ("SELECT v FROM t WHERE id = 1 AND k = 1", false),
            ("SELECT v FROM t WHERE id IN (1, 2)", false), ("SELECT v FROM t WHERE id > 1", false),
            ("SELECT c FROM n WHERE a = 'a'", false), ("SELECT v FROM t WHERE id = (SELECT 1)", false),
            ("SELECT v FROM t", false),
        ])
        func shapes(_ text: String, _ isLookup: Bool) throws {
            let session = try session()
            let engine = session.engineSession.engine
            let prepared = try engine.environment.read { (view) throws(Diagnostic) in
                try session.engineSession.prepare(try Parser.parseStatement(text), text, .none, view)
            }
            #expect((prepared.lookup != nil) == isLookup)
        }
    }
}
