// Statements that are run again are not planned again.

import Martlet
import MartletRuntime
import Testing

@Suite struct PlanReuseTests {
    @Test func aPreparedStatementIsPlannedOnce() async throws {
        let database = try Database.temporary()
        try await database.execute("CREATE TABLE t (x INTEGER PRIMARY KEY, y TEXT)")
        let session = database.makeSession()
        var planned: Int { session.engineSession.plannedStatementCount }

        let insert = try session.prepare("INSERT INTO t VALUES (?, ?)")
        let select = try session.prepare("SELECT y FROM t WHERE x = :x")
        try insert.execute(0, "y")
        _ = try select.query(["x": 0])
        let before = planned
        // Outside of a transaction, inside of one, in a snapshot, and through another session's own text.
        for x in 1...10 {
            try insert.execute(x, "y")
            #expect(try select.query(["x": x], as: String.self) == ["y"])
        }
        try session.transaction {
            for x in 11...20 {
                try insert.execute(x, "y")
                #expect(try select.query(["x": x], as: String.self) == ["y"])
            }
        }
        try await database.execute("INSERT INTO t VALUES (\(21), \("y"))" as SQL)
        try await database.read { session in
            _ = try session.query(SQL(text: "SELECT y FROM t WHERE x = :x", named: ["x": 21]))
        }
        // Interpolation makes the same text as the prepared one but for its spaces: `VALUES (?, ?)`.
        #expect(planned == before)

        // Other types are another plan, and so is another definition of the table.
        try insert.execute(22, String?.none)
        #expect(planned == before + 1)
        try session.execute("CREATE INDEX t_y ON t (y)")
        let defined = planned
        #expect(try select.query(["x": 1], as: String.self) == ["y"])
        #expect(planned == defined + 1)
    }

    @Test func aLookupIsPlannedOnceForAllLiterals() async throws {
        let database = try Database.temporary()
        try await database.execute("CREATE TABLE t (x INTEGER PRIMARY KEY, y TEXT, z REAL)")
        try await database.execute("CREATE TABLE u (a TEXT, b INTEGER, c TEXT, PRIMARY KEY (a, b))")
        let session = database.makeSession()
        for x in 0..<20 {
            try session.execute("INSERT INTO t VALUES (\(x), \("y\(x)"), \(Double(x) / 2))")
            try session.execute("INSERT INTO u VALUES (\("a\(x)"), \(x), \("c\(x)"))")
        }
        var planned: Int { session.engineSession.plannedStatementCount }
        func texts(_ sql: String) throws -> [String] { try session.query(SQL(text: sql), as: String.self) }

        for x in 2...3 {
            #expect(try texts("SELECT y FROM t WHERE x = \(x)") == ["y\(x)"])
            #expect(try texts("SELECT c FROM u WHERE a = 'a\(x)' AND b = \(x)") == ["c\(x)"])
        }
        let before = planned
        for x in 4..<20 {
            #expect(try texts("SELECT y FROM t WHERE x = \(x)") == ["y\(x)"])
            #expect(try texts("SELECT c FROM u WHERE a = 'a\(x)' AND b = \(x)") == ["c\(x)"])
        }
        #expect(try texts("SELECT y FROM t WHERE x = 999999999999999999").isEmpty)
        try session.execute("BEGIN")
        #expect(try texts("SELECT y FROM t WHERE x = 7") == ["y7"])
        try session.execute("COMMIT")
        #expect(planned == before)

        // What is no such lookup is planned for itself.
        #expect(try texts("SELECT y FROM t WHERE x = -5").isEmpty)
        #expect(try texts("SELECT y FROM t WHERE x = 5 AND 1 = 1") == ["y5"])
        #expect(try texts("SELECT y FROM t WHERE x = 5.0") == ["y5"])
        #expect(try texts("SELECT 'x' FROM t WHERE x = 5") == ["x"])
        #expect(try texts("SELECT 'a''b' FROM t WHERE x = 5") == ["a'b"])
        #expect(try texts("SELECT y FROM t WHERE x = 5 LIMIT 0").isEmpty)
        #expect(try texts("SELECT y FROM t WHERE x = 6 LIMIT 1") == ["y6"])
        #expect(try texts("SELECT c FROM u WHERE b = 5 AND a = 'a5'") == ["c5"])
        #expect(try texts("SELECT c FROM u WHERE a = 'it''s' AND b = 5").isEmpty)
        #expect(throws: MartletError.self) { try texts("SELECT y FROM t WHERE x = 'a'") }
        #expect(throws: MartletError.self) { try texts("SELECT y FROM t WHERE x = 99999999999999999999") }

        // Another definition is another plan.
        try session.execute("ALTER TABLE t DROP COLUMN y")
        try session.execute("ALTER TABLE t ADD COLUMN y TEXT DEFAULT 'new'")
        #expect(try texts("SELECT y FROM t WHERE x = 8") == ["new"])
    }
}
