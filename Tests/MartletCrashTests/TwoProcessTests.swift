// Two processes share one file: each sees the other's commits and definitions, and writers wait for each other.

import Foundation
import MartletCore
import MartletRuntime
import Testing

@Suite(.serialized) struct TwoProcessTests {
    @Test func eachSeesTheOthersCommits() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/shared.martlet"
        let session = EngineSession(try Engine(path: path))
        func run(_ text: String) throws -> [[Value]] { try session.run(text).rows() }
        _ = try run("CREATE TABLE docs (id INTEGER PRIMARY KEY, body TEXT)")
        let worker = try Worker(["serve", path])
        #expect(worker.answer()?.status == "ok")

        // Rows, both ways.
        _ = try run("INSERT INTO docs VALUES (1, 'a martlet never lands')")
        #expect(worker.ask("SELECT count(*) FROM docs")?.rows == ["integer(1)"])
        #expect(worker.ask("INSERT INTO docs VALUES (2, 'a swallow does')")?.status == "ok")
        #expect(try run("SELECT count(*) FROM docs") == [[.integer(2)]])

        // Definitions, both ways, into sessions that are open and have planned on the old ones.
        #expect(worker.ask("SELECT * FROM later")?.status.hasPrefix("error E0101") == true)
        _ = try run("CREATE TABLE later (x INTEGER)")
        _ = try run("INSERT INTO later VALUES (7)")
        #expect(worker.ask("SELECT * FROM later")?.rows == ["integer(7)"])
        #expect(worker.ask("CREATE INDEX docs_text ON docs USING text (body)")?.status == "ok")
        #expect(try run("SEARCH docs FOR 'martlet' RETURN id") == [[.integer(1)]])
        #expect(worker.ask("INSERT INTO docs VALUES (3, 'another martlet')")?.status == "ok")
        #expect(try run("SEARCH docs FOR 'another' RETURN id") == [[.integer(3)]])
        _ = try run("UPDATE docs SET body = 'gone' WHERE id = 1")
        #expect(worker.ask("SEARCH docs FOR 'martlet' RETURN id")?.rows == ["integer(3)"])

        // Models and deployments.
        #expect(worker.ask("TRAIN finder USING retriever ON docs (body)")?.status == "ok")
        _ = try run("DEPLOY finder AS help")
        #expect(worker.ask("SEARCH help FOR 'swallow' RETURN id")?.rows == ["integer(2)"])
        _ = try run("TRAIN finder USING retriever ON docs (body) SHARDS 2")
        #expect(worker.ask("DEPLOY finder@2 AS help")?.status == "ok")
        #expect(try run("SELECT version FROM sys.deployments") == [[.integer(2)]])
        #expect(worker.ask("UNDEPLOY help")?.status == "ok")
        #expect(throws: Diagnostic.self) { try run("SEARCH help FOR 'swallow'") }

        // A transaction that is open there is seen by nobody, and a snapshot that is open here does not move.
        #expect(worker.ask("BEGIN")?.status == "ok")
        #expect(worker.ask("DELETE FROM docs")?.status == "ok")
        #expect(try run("SELECT count(*) FROM docs") == [[.integer(3)]])
        _ = try run("BEGIN READ ONLY")
        #expect(try run("SELECT count(*) FROM docs") == [[.integer(3)]])
        #expect(worker.ask("COMMIT")?.status == "ok")
        #expect(try run("SELECT count(*) FROM docs") == [[.integer(3)]])
        _ = try run("COMMIT")
        #expect(try run("SELECT count(*) FROM docs") == [[.integer(0)]])
        #expect(worker.finish() == 0)
        #expect(try run("PRAGMA integrity_check") == [[.text("ok")]])
    }

    @Test func writersExcludeEachOther() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/shared.martlet"
        let session = EngineSession(try Engine(path: path))
        func run(_ text: String, _ named: [String: Value] = [:]) throws -> [[Value]] {
            try session.run(text, parameters: ParameterValues(named: named)).rows()
        }
        _ = try run("CREATE TABLE counter (id INTEGER PRIMARY KEY, n INTEGER)")
        _ = try run("INSERT INTO counter VALUES (1, 0)")
        _ = try run("CREATE TABLE docs (id INTEGER PRIMARY KEY, body TEXT)")
        _ = try run("CREATE INDEX docs_text ON docs USING text (body)")
        let worker = try Worker(["serve", path])
        let other = try Worker(["serve", path])
        #expect(worker.answer()?.status == "ok")
        #expect(other.answer()?.status == "ok")
        let rounds = 150
        worker.send("!repeat \(rounds) UPDATE counter SET n = n + 1 WHERE id = 1")
        other.send("!repeat \(rounds) INSERT INTO docs VALUES (:n, 'martlet from there')")
        for number in 0..<rounds {
            _ = try run("UPDATE counter SET n = n + 1 WHERE id = 1")
            _ = try run("INSERT INTO docs VALUES (:n, 'martlet from here')", ["n": .integer(Int64(number + 100_000))])
            // What is searched belongs to the same snapshot as the rows.
            let found = try run(
                """
                SELECT (SELECT count(*) FROM docs),
                    (SELECT count(*) FROM (SEARCH docs FOR 'martlet' RETURN id LIMIT 100000) AS s)
                """)
            #expect(found[0][0] == found[0][1])
        }
        #expect(worker.answer()?.status == "ok")
        #expect(other.answer()?.status == "ok")
        // No increment was lost.
        #expect(try run("SELECT n FROM counter") == [[.integer(Int64(rounds * 2))]])
        #expect(try run("SELECT count(*) FROM docs") == [[.integer(Int64(rounds * 2))]])
        #expect(worker.ask("PRAGMA integrity_check")?.rows == ["text(\"ok\")"])

        // A writer that waits for the other's transaction, and goes on when its process dies in it.
        #expect(worker.ask("BEGIN")?.status == "ok")
        #expect(worker.ask("UPDATE counter SET n = -1 WHERE id = 1")?.status == "ok")
        other.send("UPDATE counter SET n = n + 1 WHERE id = 1")
        #expect(other.line(milliseconds: 200) == nil)
        _ = worker.killNow()
        #expect(other.answer()?.status == "ok")
        #expect(try run("SELECT n FROM counter") == [[.integer(Int64(rounds * 2 + 1))]])
        #expect(other.finish() == 0)
        #expect(try run("PRAGMA integrity_check") == [[.text("ok")]])
    }

    @Test func interruptedTrainingOfAnotherProcessIsFailedOnceItIsDead() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/shared.martlet"
        let session = EngineSession(try Engine(path: path))
        func run(_ text: String) throws -> [[Value]] { try session.run(text).rows() }
        _ = try run("CREATE TABLE docs (id INTEGER PRIMARY KEY, body TEXT)")
        _ = try run("INSERT INTO docs VALUES (1, 'martlet'), (2, 'swift')")
        _ = try run("TRAIN finder USING retriever ON docs (body)")
        _ = try run("DEPLOY finder AS help")
        for step in 0..<11 {
            _ = try run("INSERT INTO docs SELECT id + \(2 << step), body || ' and more of it' FROM docs")
        }
        var interrupted = 0
        for round in 0..<12 {
            let worker = try Worker(["serve", path])
            #expect(worker.answer()?.status == "ok")
            worker.send("TRAIN finder USING retriever ON docs (body) SHARDS 2")
            let deadline = ContinuousClock.now + .seconds(10)
            while try run("SELECT count(*) FROM sys.runs WHERE state = 'running'") == [[.integer(0)]] {
                if ContinuousClock.now > deadline || worker.line(milliseconds: 0) != nil { break }
            }
            usleep(UInt32(round * 500))
            // Another process that opens the file leaves a living run alone.
            _ = worker.killNow()
            let running = try run("SELECT run FROM sys.runs WHERE state = 'running'")
            let opener = try Worker(["serve", path])
            #expect(opener.answer()?.status == "ok")
            #expect(opener.ask("SELECT count(*) FROM sys.runs WHERE state = 'running'")?.rows == ["integer(0)"])
            if !running.isEmpty {
                interrupted += 1
                #expect(
                    opener.ask("SELECT count(*) FROM sys.runs WHERE state = 'failed'")?.rows == [
                        "integer(\(interrupted))"
                    ])
            }
            // The deployed version serves all the while.
            #expect(try run("SEARCH help FOR 'swift' RETURN id LIMIT 1").count == 1)
            #expect(try run("SELECT version FROM sys.deployments") == [[.integer(1)]])
            #expect(opener.ask("PRAGMA integrity_check")?.rows == ["text(\"ok\")"])
            #expect(opener.finish() == 0)
        }
        #expect(interrupted > 0)
    }
}
