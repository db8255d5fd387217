// Vector indexes that are built beside the writer: what changes meanwhile, and builds that come to nothing.

import Foundation
import MartletCore
import MartletRuntime
import MartletStorage
import Synchronization
import Testing

extension EngineTests {
    @Suite struct IndexBuildingTests {
        private static let rows =
            "INSERT INTO t SELECT value, CAST('[' || (value % 97) || ', ' || (value * 31 % 89) || ', ' || (value * 7 % 83) "
            + "|| ', ' || (value * 13 % 101 + 1) || ']' AS VECTOR(4)) FROM generate_series"
        private static let near = "'[40, 41, 42, 43]'"

        private func database(rows: Int = 12_000, statementMemoryBytes: Int = 1 << 30) throws -> TestDatabase {
            let database = try TestDatabase(statementMemoryBytes: statementMemoryBytes)
            try database.run("CREATE TABLE t (id INTEGER PRIMARY KEY, v VECTOR(4))")
            try database.run(Self.rows + "(1, \(rows))")
            return database
        }

        private static func create(_ method: String) -> String {
            "CREATE INDEX t_v ON t USING \(method) (v) WITH (metric = 'l2'\(method == "hnsw" ? ", ef_construction = 40" : ""))"
        }

        /// The index finds all rows as they are, and only those.
        private func check(_ database: TestDatabase) throws {
            #expect(try database.run("SELECT state FROM sys.indexes WHERE name = 't_v'") == ["ready"])
            #expect(try database.problems() == [])
            let found = try database.run(
                "SEARCH t FOR v NEAR \(Self.near) RETURN id LIMIT 50 WITH (exact = true)")
            let rows = try database.run(
                "SELECT id FROM t WHERE v IS NOT NULL "
                    + "ORDER BY 1 + l2_distance(v, CAST(\(Self.near) AS VECTOR(4))), id LIMIT 50")
            #expect(found == rows)
        }

        /// Runs CREATE INDEX, and `body` once for each number of times that a structure has begun to be built.
        private func build(
            _ database: TestDatabase, _ method: String,
            meanwhile body: @escaping @Sendable (Int, EngineSession) throws -> Void
        ) throws -> [any Error] {
            struct State {
                var isBuilding = false
                var count = 0
                var errors: [any Error] = []
            }
            let state = Mutex(State())
            let session = database.session()
            session.progress = { progress in
                let number: Int? = state.withLock { state in
                    let begins = progress.stage != "index" && !state.isBuilding
                    state.isBuilding = progress.stage != "index"
                    if begins { state.count += 1 }
                    return begins ? state.count : nil
                }
                guard let number else { return }
                do {
                    try body(number, session)
                } catch {
                    state.withLock { $0.errors.append(error) }
                }
            }
            do {
                try session.texts(Self.create(method))
            } catch {
                state.withLock { $0.errors.append(error) }
            }
            #expect(state.withLock { $0.count } > 0)
            return state.withLock { $0.errors }
        }

        @Test(arguments: ["hnsw", "ivf"]) func rowsThatChangeMeanwhile(method: String) throws {
            let database = try database()
            let errors = try build(database, method) { _, _ in
                #expect(try database.run("SELECT state FROM sys.indexes WHERE name = 't_v'") == ["building"])
                try database.run("DELETE FROM t WHERE id % 9 = 4")
                try database.run("UPDATE t SET v = CAST(\(Self.near) AS VECTOR(4)) WHERE id % 500 = 1")
                try database.run("UPDATE t SET v = NULL WHERE id % 500 = 2")
                try database.run(Self.rows + "(20001, 20100)")
                try database.run("DELETE FROM t WHERE id = 20007")
                // Nobody uses what is not complete.
                let found = try database.run("SEARCH t FOR v NEAR \(Self.near) RETURN id LIMIT 1 WITH (metric = 'l2')")
                #expect(found == ["1"])
                #expect(try database.problems() == [])
            }
            #expect(errors.isEmpty, "\(errors)")
            try check(database)
            _ = database.engine.settleMaintenance()
            try check(database)
        }

        /// With little memory an index is built in several segments, each entered when it is done.
        @Test(arguments: ["hnsw", "ivf"]) func inSteps(method: String) throws {
            let database = try database(rows: 24_000, statementMemoryBytes: 1_200_000)
            let steps = Mutex(0)
            let errors = try build(database, method) { number, _ in
                steps.withLock { $0 = max($0, number) }
                // Rows before, within and behind what is entered by now.
                for id in [number, 4_000 * number, 11_990 - number] {
                    try database.run("UPDATE t SET v = CAST(\(Self.near) AS VECTOR(4)) WHERE id = \(id)")
                }
                try database.run("DELETE FROM t WHERE id IN (\(number + 100), \(11_900 - number))")
            }
            #expect(errors.isEmpty, "\(errors)")
            #expect(steps.withLock { $0 } > 1)
            try check(database)
        }

        @Test func aBuildThatIsCancelledLeavesNothing() throws {
            let database = try database()
            let errors = try build(database, "hnsw") { _, session in session.cancel() }
            #expect((errors.first as? Diagnostic)?.code == .cancelled)
            #expect(try database.run("SELECT count(*) FROM sys.indexes WHERE name = 't_v'") == ["0"])
            try database.run(Self.create("hnsw"))
            try check(database)
        }

        @Test func anIndexThatIsDroppedWhileItIsBuilt() throws {
            let database = try database()
            let errors = try build(database, "hnsw") { _, _ in
                try database.run("INSERT INTO t VALUES (20001, CAST(\(Self.near) AS VECTOR(4)))")
                try database.run("DROP INDEX t_v")
            }
            #expect((errors.first as? Diagnostic)?.code == .cancelled)
            #expect(try database.run("SELECT count(*) FROM sys.indexes WHERE name = 't_v'") == ["0"])
            #expect(try database.problems() == [])
        }

        /// REINDEX makes it at once, and the build finds it done.
        @Test func anIndexThatIsMadeAnewWhileItIsBuilt() throws {
            let database = try database()
            let errors = try build(database, "hnsw") { _, _ in
                try database.run("DELETE FROM t WHERE id % 7 = 1")
                try database.run("REINDEX t_v")
            }
            #expect(errors.isEmpty, "\(errors)")
            try check(database)
        }

        /// Copies of a file in which an index is being built: who opens one goes on, unless nobody can tell how far it is.
        @Test(arguments: [false, true]) func aCopyOfAFileInWhichItIsBuilt(isDamaged: Bool) throws {
            let database = try database()
            let copy = database.path("copy.martlet")
            let errors = try build(database, "hnsw") { _, _ in
                try FileManager.default.copyItem(atPath: database.path("test.martlet"), toPath: copy)
            }
            #expect(errors.isEmpty, "\(errors)")
            if isDamaged {
                let environment = try Environment.open(copy)
                try environment.write { (transaction) throws(Diagnostic) in
                    for id in 1..<10_000 as Range<UInt32> {
                        let key = SearchIndexKeys(objectID: id).delta.bytes + [0x20]
                        if try transaction.view.get(key) != nil { try transaction.view.put(key, [1, 2, 3]) }
                    }
                }
            }
            let engine = try Engine(path: copy)
            defer { engine.close() }
            _ = engine.settleMaintenance()
            let session = EngineSession(engine)
            let state = "SELECT state FROM sys.indexes WHERE name = 't_v'"
            #expect(try session.texts(state) == [isDamaged ? "building" : "ready"])
            #expect(try session.texts("SELECT count(*) FROM t") == ["12000"])
            let problems = try session.texts("PRAGMA integrity_check")
            #expect(isDamaged ? problems.first?.contains("record of its building") == true : problems == ["ok"])
            if isDamaged {
                try session.texts("REINDEX t_v")
                #expect(try session.texts(state) == ["ready"])
                #expect(try session.texts("PRAGMA integrity_check") == ["ok"])
            }
        }

        @Test func vectorsThatTheMetricCannotCompare() throws {
            let database = try database()
            try database.run("UPDATE t SET v = CAST('[0, 0, 0, 0]' AS VECTOR(4)) WHERE id = 9000")
            #expect(throws: Diagnostic.self) { try database.run("CREATE INDEX t_v ON t USING hnsw (v)") }
            #expect(try database.run("SELECT count(*) FROM sys.indexes WHERE name = 't_v'") == ["0"])
            #expect(try database.problems() == [])
        }

        /// Within a transaction it is built at once, and undone with it.
        @Test func withinATransaction() throws {
            let database = try database()
            let session = database.session()
            try session.texts("BEGIN")
            try session.texts(Self.create("hnsw"))
            #expect(try session.texts("SELECT state FROM sys.indexes WHERE name = 't_v'") == ["ready"])
            try session.texts("ROLLBACK")
            #expect(try database.run("SELECT count(*) FROM sys.indexes WHERE name = 't_v'") == ["0"])
        }
    }
}
