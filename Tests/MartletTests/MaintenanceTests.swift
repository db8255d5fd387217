// Upkeep of indexes beside the statements.

import MartletCore
import MartletRuntime
import Testing

extension EngineTests {
    @Suite struct MaintenanceTests {
        @Test func manySegmentsBecomeFewBesideTheWriters() throws {
            let database = try TestDatabase()
            try database.run("CREATE TABLE t (id INTEGER PRIMARY KEY, body TEXT)")
            try database.run("CREATE INDEX t_text ON t USING text (body)")
            let text = (0..<400).map { "word\($0)" }.joined(separator: " ")
            let errors = onThreads(3) { writer in
                let session = database.session()
                for n in 0..<24 {
                    // Segments too large to be merged by the statement itself.
                    let rows = (0..<20).map { "(\(writer * 100_000 + n * 20 + $0), '\(text) writer\(writer) \(n)')" }
                    try session.texts("INSERT INTO t VALUES \(rows.joined(separator: ", "))")
                    try session.texts("DELETE FROM t WHERE id = \(writer * 100_000 + n * 20)")
                    let found = try session.texts("SELECT count(*) FROM (SEARCH t FOR 'writer\(writer)' LIMIT 9999)")
                    #expect(found == ["\((n + 1) * 19)"])
                }
            }
            #expect(errors.isEmpty, "\(errors)")
            // On a busy machine the statements come before the upkeep; then it has these to do.
            for n in 0..<16 {
                let rows = (0..<20).map { "(\(900_000 + n * 20 + $0), '\(text)')" }
                try database.run("INSERT INTO t VALUES \(rows.joined(separator: ", "))")
            }
            #expect(database.engine.settleMaintenance() > 0)
            let count = 3 * 24 * 19 + 16 * 20
            #expect(try database.run("SELECT count(*) FROM (SEARCH t FOR 'word7' LIMIT 9999)") == ["\(count)"])
            #expect(try database.problems() == [])
        }

        @Test(arguments: ["hnsw", "ivf"]) func freshVectorsGetAGraphOrListsBesideTheWriters(method: String) throws {
            let database = try TestDatabase()
            try database.run("CREATE TABLE t (id INTEGER PRIMARY KEY, v VECTOR(4))")
            try database.run("CREATE INDEX t_v ON t USING \(method) (v) WITH (metric = 'l2')")
            @Sendable func vector(_ id: Int) -> String { "'[\(id % 97), \(id % 89), \(id % 83), \(id % 79)]'" }
            let errors = onThreads(2) { writer in
                let session = database.session()
                for n in 0..<12 {
                    let first = writer * 100_000 + n * 500
                    let rows = (first..<first + 500).map { "(\($0), \(vector($0)))" }
                    try session.texts("INSERT INTO t VALUES \(rows.joined(separator: ", "))")
                    try session.texts("DELETE FROM t WHERE id = \(first)")
                    let found = try session.texts("SEARCH t FOR v NEAR \(vector(first + 1)) RETURN score LIMIT 1")
                    #expect(found == ["0.0"])
                }
            }
            #expect(errors.isEmpty, "\(errors)")
            #expect(database.engine.settleMaintenance() > 0)
            #expect(try database.problems() == [])
            let search = "SEARCH t FOR v NEAR '[50, 40, 30, 20]' RETURN id LIMIT 10"
            let approximate = try database.run("\(search) WITH (probes = 100)")
            #expect(try database.run("\(search) WITH (exact = true)") == approximate)
            let measured = try database.run("EXPLAIN (RECALL) \(search)")
            #expect(measured[0].contains(method == "ivf" ? "|lists|" : "|walk|"), "\(measured)")
            let all = try database.run("SELECT count(*) FROM (SEARCH t FOR v NEAR '[1, 2, 3, 4]' LIMIT 20000)")
            #expect(all == ["\(2 * 12 * 499)"])
        }

        @Test func aClosedDatabaseIsLeftAlone() throws {
            let database = try TestDatabase()
            try database.run("CREATE TABLE t (id INTEGER PRIMARY KEY, body TEXT)")
            try database.run("CREATE INDEX t_text ON t USING text (body)")
            database.engine.close()
            let done = database.engine.settleMaintenance()
            #expect(code { () throws(Diagnostic) in try database.run("INSERT INTO t VALUES (1, 'x')") } == .closed)
            #expect(database.engine.settleMaintenance() == done)
        }
    }
}
