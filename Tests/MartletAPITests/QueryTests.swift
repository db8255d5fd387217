// Single statements: what goes in, what comes out.

import Martlet
import Testing

@Suite struct QueryTests {
    @Test func tuplesAndSingleValues() async throws {
        let database = try Database.temporary()
        try await database.execute("CREATE TABLE docs (id TEXT PRIMARY KEY, year INTEGER, score REAL)")
        let count = try await database.execute("INSERT INTO docs VALUES ('a', 2001, 1.5), ('b', NULL, 2.5)")
        #expect(count == 2)
        let rows = try await database.query(
            "SELECT id, score, year FROM docs ORDER BY id", as: (String, Double, Int?).self)
        #expect(rows.map(\.0) == ["a", "b"])
        #expect(rows.map(\.1) == [1.5, 2.5])
        #expect(rows.map(\.2) == [2001, nil])
        #expect(try await database.query("SELECT count(*) FROM docs", as: Int.self) == [2])
        #expect(try await database.query("SELECT year FROM docs ORDER BY id", as: Int?.self) == [2001, nil])
    }
}
