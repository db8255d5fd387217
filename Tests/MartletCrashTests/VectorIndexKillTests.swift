// A process killed while it builds or merges a vector index: the index is there whole, is not there, or is not used until
// another process has completed it; never wrong.

import Foundation
import MartletCore
import MartletRuntime
import Testing

@Suite(.serialized) struct VectorIndexKillTests {
    private static let rows =
        "INSERT INTO v SELECT value, CAST('[' || (value % 97) || ', ' || (value * 31 % 89) || ', ' || (value * 7 % 83) "
        + "|| ', ' || (value * 13 % 101) || ']' AS VECTOR(4)) FROM generate_series"
    private static let nearest = "SEARCH v FOR e NEAR '[40, 41, 42, 43]' RETURN id, score LIMIT 20"

    /// What an index of each method has to be built for.
    private static let methods = ["hnsw": "m = 8, ef_construction = 40", "ivf": "lists = 60"]
    private static func create(_ method: String) -> String {
        "CREATE INDEX v_e ON v USING \(method) (e) WITH (metric = 'l2', \(methods[method] ?? ""))"
    }

    private func worker(_ path: String, _ lines: [String]) throws -> Worker {
        let worker = try Worker(["serve", path])
        #expect(worker.answer()?.status == "ok")
        for line in lines { #expect(worker.ask(line, milliseconds: 120_000)?.status == "ok") }
        return worker
    }

    private func rows(_ session: EngineSession, _ statement: String) throws -> [[Value]] {
        try session.run(statement).rows()
    }

    /// Sound, and exact search by the index finds what the rows say.
    private func check(_ session: EngineSession) throws {
        #expect(try rows(session, "PRAGMA integrity_check") == [[.text("ok")]])
        let indexed = try rows(session, Self.nearest + " WITH (exact = true)")
        // An order that no index knows.
        let plain = try rows(
            session, "SELECT id FROM v ORDER BY 1 + l2_distance(e, CAST('[40, 41, 42, 43]' AS VECTOR(4))), id LIMIT 20")
        #expect(indexed.map { $0[0] } == plain.map { $0[0] })
    }

    @Test(arguments: [20, 300], methods.keys.sorted())
    func whileItIsBuilt(milliseconds: Int, method: String) throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/build.martlet"
        let worker = try worker(
            path, ["CREATE TABLE v (id INTEGER PRIMARY KEY, e VECTOR(4))", Self.rows + "(1, 9000)"])
        worker.send(Self.create(method))
        Thread.sleep(forTimeInterval: Double(milliseconds) / 1_000)
        _ = worker.killNow()
        let session = EngineSession(try Engine(path: path))
        _ = session.engine.settleMaintenance()
        let state = try rows(session, "SELECT state FROM sys.indexes WHERE name = 'v_e'")
        #expect(state.isEmpty || state == [[.text("ready")]])
        #expect(try rows(session, "SELECT count(*) FROM v") == [[.integer(9_000)]])
        if state.isEmpty { _ = try rows(session, "CREATE INDEX v_e ON v USING flat (e) WITH (metric = 'l2')") }
        try check(session)
    }

    /// In several segments: those that were done are there, and rows go on changing before another process goes on.
    @Test(arguments: [0, 200, 600, 1_500], methods.keys.sorted())
    func whileItIsBuiltInSteps(milliseconds: Int, method: String) throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/steps.martlet"
        let worker = try Worker(["serve", path, "1500000"])
        #expect(worker.answer()?.status == "ok")
        for line in [
            "CREATE TABLE v (id INTEGER PRIMARY KEY, e VECTOR(4))", Self.rows + "(1, 20000)",
            Self.rows + "(20001, 40000)",
        ] { #expect(worker.ask(line, milliseconds: 120_000)?.status == "ok") }
        worker.send(Self.create(method))
        let state = "SELECT state FROM sys.indexes WHERE name = 'v_e'"
        let watcher = EngineSession(try Engine(path: path))
        for _ in 0..<3_000 where try rows(watcher, state).isEmpty { Thread.sleep(forTimeInterval: 0.01) }
        Thread.sleep(forTimeInterval: Double(milliseconds) / 1_000)
        _ = worker.killNow()
        var options = EngineOptions()
        options.maintainsIndexes = false
        do {
            let session = EngineSession(try Engine(path: path, options: options))
            #expect(try [[[.text("building")]], [[.text("ready")]]].contains(rows(session, state)))
            #expect(try rows(session, "PRAGMA integrity_check") == [[.text("ok")]])
            for statement in [
                "DELETE FROM v WHERE id % 9 = 4", Self.rows + "(50001, 50500)",
                "UPDATE v SET e = CAST('[40, 41, 42, 43]' AS VECTOR(4)) WHERE id % 5000 = 1",
            ] { _ = try rows(session, statement) }
            let nearest = try rows(session, Self.nearest + " WITH (metric = 'l2')").map { $0[0] }
            let expected: [Int64] = [1, 5_001, 10_001, 15_001, 20_001, 25_001, 35_001, 50_001]
            #expect(Array(nearest.prefix(8)) == expected.map { Value.integer($0) })
            session.engine.close()
        }
        let session = EngineSession(try Engine(path: path))
        _ = session.engine.settleMaintenance()
        #expect(try rows(session, state) == [[.text("ready")]])
        try check(session)
    }

    /// What was built so far goes with the index.
    @Test func dropped() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/dropped.martlet"
        let worker = try worker(
            path, ["CREATE TABLE v (id INTEGER PRIMARY KEY, e VECTOR(4))", Self.rows + "(1, 40000)"])
        worker.send(Self.create("hnsw"))
        let state = "SELECT state FROM sys.indexes WHERE name = 'v_e'"
        var options = EngineOptions()
        options.maintainsIndexes = false
        let session = EngineSession(try Engine(path: path, options: options))
        for _ in 0..<3_000 where try rows(session, state).isEmpty { Thread.sleep(forTimeInterval: 0.01) }
        _ = worker.killNow()
        _ = try rows(session, "DELETE FROM v WHERE id % 3 = 1")
        _ = try rows(session, "DROP INDEX v_e")
        #expect(try rows(session, state).isEmpty)
        #expect(try rows(session, "PRAGMA integrity_check") == [[.text("ok")]])
        _ = try rows(session, Self.create("hnsw"))
        try check(session)
    }

    @Test(arguments: [0, 100, 300], methods.keys.sorted())
    func whileItIsMerged(milliseconds: Int, method: String) throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/merge.martlet"
        let worker = try worker(
            path,
            [
                "CREATE TABLE v (id INTEGER PRIMARY KEY, e VECTOR(4))",
                Self.create(method),
                Self.rows + "(1, 6000)", Self.rows + "(6001, 9000)",
            ])
        // Enough for a graph or lists: made beside the writer from here on. These rows come and go meanwhile.
        worker.send("DELETE FROM v WHERE id % 9 = 4")
        #expect(worker.answer()?.status == "ok")
        Thread.sleep(forTimeInterval: Double(milliseconds) / 1_000)
        _ = worker.killNow()
        let session = EngineSession(try Engine(path: path))
        #expect(try rows(session, "SELECT count(*) FROM v") == [[.integer(8_000)]])
        try check(session)
        // What was due goes on.
        _ = try rows(session, "INSERT INTO v VALUES (9001, CAST('[40, 41, 42, 43]' AS VECTOR(4)))")
        #expect(try rows(session, Self.nearest)[0][0] == .integer(9_001))
        try check(session)
    }
}
