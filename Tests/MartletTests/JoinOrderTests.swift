// Joins of several tables give the same rows however the tables are listed.

import MartletCore
import MartletRuntime
import Testing

extension EngineTests {
    @Suite struct JoinOrderTests {
        /// A fact table with 600 rows and four others, linked in a chain and a star.
        private static func engine(_ random: inout SeededRandom, isAnalyzed: Bool) throws -> EngineSession {
            let session = EngineSession(try Engine.temporary(options: EngineOptions()))
            for (name, rows) in [("f", 600), ("p", 90), ("q", 40), ("r", 300), ("s", 12)] {
                try session.texts("CREATE TABLE \(name) (id INTEGER PRIMARY KEY, x INTEGER, y REAL, z TEXT)")
                let values = (1...rows).map { row in
                    let x = Int.random(in: 0...40, using: &random)
                    return
                        "(\(row), \(x == 0 ? "NULL" : "\(x)"), \(Int.random(in: 1...90, using: &random)), 'z\(row % 7)')"
                }
                try session.texts("INSERT INTO \(name) VALUES \(values.joined(separator: ", "))")
            }
            try session.texts("CREATE INDEX f_x ON f (x)")
            try session.texts("CREATE INDEX r_y ON r (y DESC, x)")
            if isAnalyzed { try session.texts("ANALYZE") }
            return session
        }

        @Test(arguments: 1...4 as ClosedRange<UInt64>, [true, false])
        func sameRows(seed: UInt64, isAnalyzed: Bool) throws {
            var random = SeededRandom(seed: seed)
            let session = try Self.engine(&random, isAnalyzed: isAnalyzed)
            let links = [
                "f.x = p.id", "q.id = p.x", "r.id = f.id", "s.id = q.x", "p.y = r.id", "f.y = s.id", "q.z = s.z",
                "r.x = f.x", "p.z > q.z",
            ]
            var plans: Set<[String]> = []
            for _ in 0..<12 {
                let filter =
                    links.shuffled(using: &random).prefix(Int.random(in: 4...6, using: &random))
                    + ["s.id < 9", "f.id < \(Int.random(in: 50...600, using: &random))"]
                // Enough links that no two tables meet freely, or the written order would take too long.
                let connected = ["f.x = p.id", "q.id = p.x", "r.id = f.id", "s.id = q.x"]
                let conditions = (connected + filter).joined(separator: " AND ")
                var expected: [String]?
                for _ in 0..<4 {
                    let tables = ["f", "p", "q", "r", "s"].shuffled(using: &random).joined(separator: ", ")
                    let sql = "SELECT f.id, p.id, q.id, r.id, s.id, f.z, r.y FROM \(tables) WHERE \(conditions)"
                    let rows = try session.texts(sql).sorted()
                    #expect(rows == expected ?? rows, "seed \(seed): \(sql)")
                    expected = rows
                    plans.insert(try session.texts("EXPLAIN \(sql)"))
                }
                let all = "SELECT * FROM f, p, q, r, s WHERE \(conditions) ORDER BY f.id, p.id, q.id, r.id, s.id"
                let ids = try session.texts(
                    "SELECT f.id, f.x, f.y, f.z, p.id, p.x, p.y, p.z, q.id, q.x, q.y, q.z, r.id, r.x, r.y, r.z, s.id, s.x, s.y, s.z FROM s, r, q, p, f WHERE \(conditions) ORDER BY f.id, p.id, q.id, r.id, s.id"
                )
                #expect(try session.texts(all) == ids, "seed \(seed): \(all)")
            }
            #expect(plans.count > 1)
        }
    }
}
