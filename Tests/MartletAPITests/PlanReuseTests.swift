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
}
