// A TRAIN whose process is killed goes on in another one, and comes to the same bytes.

import Foundation
import MartletCore
import MartletRuntime
import Testing

@Suite(.serialized) struct ResumeTests {
    @Test(arguments: ["mlp", "boosted_trees"]) func killedWhileItLearns(kind: String) throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/resume.martlet"
        let epochs = kind == "mlp" ? "epochs = 1000" : "rounds = 400"
        let statement =
            "TRAIN m USING \(kind) FROM rows LABEL side WITH (\(epochs), checkpoint = '50ms', threads = 2, seed = 3)"
        let worker = try Worker(["serve", path])
        #expect(worker.answer()?.status == "ok")
        for line in [
            "CREATE TABLE rows (a REAL, b REAL, side TEXT)",
            "INSERT INTO rows SELECT value % 17, value % 23, CASE WHEN value % 17 > value % 23 THEN 'over' ELSE 'under' END "
                + "FROM generate_series(1, 500)",
            statement,
        ] { #expect(worker.ask(line, milliseconds: 120_000)?.status == "ok") }
        worker.send(statement)
        let watcher = EngineSession(try Engine(path: path))
        for _ in 0..<3_000 {
            if try watcher.run("SELECT run FROM sys.runs WHERE run = 2").rows().count == 1 { break }
            Thread.sleep(forTimeInterval: 0.01)
        }
        // Long enough for some states to be kept.
        Thread.sleep(forTimeInterval: 0.3)
        _ = worker.killNow()
        let session = EngineSession(try Engine(path: path))
        let states = try session.run("SELECT state FROM sys.runs WHERE run = 2").rows()
        // On a fast machine it may have been done by then.
        if states == [[.text("finished")]] { return }
        #expect(states == [[.text("failed")]])
        _ = try session.run("RESUME RUN 2").rows()
        let digests = try session.run("SELECT count(*), count(DISTINCT digest) FROM sys.models").rows()
        #expect(digests == [[.integer(2), .integer(1)]])
        #expect(try session.run("PRAGMA integrity_check").rows() == [[.text("ok")]])
    }
}
