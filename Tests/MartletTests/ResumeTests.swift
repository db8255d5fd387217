// RESUME RUN: the bytes of an interrupted run are those of one that was not.

import Foundation
import MartletCore
import MartletRuntime
import Synchronization
import Testing

extension EngineTests {
    @Suite struct ResumeTests {
        private static let schema = [
            "CREATE TABLE rows (a REAL, b REAL, word TEXT, note TEXT, side TEXT)",
            """
            INSERT INTO rows SELECT value % 17, value % 23, 'w' || (value % 5), 'word' || (value % 11) || ' and word' || (value % 7)
                || ' of ' || CASE WHEN value % 17 > value % 23 THEN 'over' ELSE 'under' END,
                CASE WHEN value % 17 > value % 23 THEN 'over' ELSE 'under' END
            FROM generate_series(1, 600)
            """,
        ]

        /// What is trained, and after which epoch (of which shard) it is cancelled.
        private static let trainings: [(kind: String, rest: String, epoch: Int)] = [
            ("mlp", "FROM (SELECT a, b, word, side FROM rows) LABEL side WITH (epochs = 6, hidden = (8)", 3),
            ("mlp", "FROM (SELECT a, b, side FROM rows) LABEL side WITH (epochs = 8, patience = 2, split = 0.3", 4),
            ("mlp", "FROM (SELECT a, b, side FROM rows) LABEL side SHARDS 3 WITH (epochs = 6, hidden = (8)", 4),
            ("mlp", "FROM (SELECT a, b, side FROM rows) LABEL side SHARDS 2 AGGREGATE ensemble WITH (epochs = 6", 4),
            ("boosted_trees", "FROM (SELECT a, b, word, side FROM rows) LABEL side WITH (rounds = 12, min_rows = 3", 7),
            ("boosted_trees", "FROM (SELECT a, b FROM rows) LABEL a WITH (rounds = 30, patience = 3, bagging = 0.7", 2),
            ("text_classifier", "FROM (SELECT note, side FROM rows) LABEL side WITH (epochs = 10, tolerance = 0", 4),
            ("text_classifier", "FROM (SELECT note, word FROM rows) LABEL word WITH (epochs = 10, tolerance = 0", 9),
            (
                "text_classifier",
                "FROM (SELECT note, word FROM rows) LABEL word SHARDS 2 WITH (epochs = 10, tolerance = 0",
                4
            ),
            ("linear", "FROM (SELECT a, b, word, side FROM rows) LABEL side WITH (tolerance = 0, iterations = 20", 6),
            ("embedding", "FROM (SELECT note FROM rows) WITH (dimension = 8, epochs = 5", 3),
            ("embedding", "FROM (SELECT note FROM rows) SHARDS 2 WITH (dimension = 8, epochs = 5", 3),
            ("kmeans", "FROM (SELECT a, b FROM rows) WITH (clusters = 7, tolerance = 0", 3),
            (
                "boosted_trees",
                "FROM (SELECT a, b, side FROM rows) LABEL side WITH (grid = (leaves = (2, 4, 8)), rounds = 5", 4
            ),
        ]

        @Test(arguments: trainings.indices) func sameBytes(number: Int) throws {
            let (kind, rest, epoch) = Self.trainings[number]
            let database = try TestDatabase(threads: 2)
            for statement in Self.schema { try database.run(statement) }
            let statement = "TRAIN m USING \(kind) \(rest), checkpoint = '1ms', seed = 5)"
            try database.run(statement)
            let session = database.session()
            let count = Mutex(0)
            session.progress = { [weak session] progress in
                guard progress.stage == "fit" else { return }
                // A moment, so that a state is due after each epoch.
                Thread.sleep(forTimeInterval: 0.003)
                guard progress.epoch == epoch else { return }
                let times = count.withLock { count in
                    count += 1
                    return count
                }
                // Of several shards or settings, while the second is there.
                if times == 2 || !(rest.contains("SHARDS") || rest.contains("grid")) { session?.cancel() }
            }
            #expect(code { () throws(Diagnostic) in try session.texts(statement) } == .cancelled)
            let before = try database.run("SELECT count(*) FROM sys.observations WHERE run = 2")
            #expect(before != ["0"])
            let again = Mutex(0)
            session.progress = { progress in
                if progress.stage == "fit" { again.withLock { $0 += 1 } }
            }
            try session.texts("RESUME RUN 2")
            #expect(
                try database.run("SELECT count(*), count(DISTINCT digest) FROM sys.models WHERE model = 'm'") == [
                    "2|1"
                ],
                "\(kind) \(rest)")
            #expect(try database.run("SELECT state, version FROM sys.runs WHERE run = 2") == ["finished|2"])
            // It did not begin anew, and logs nothing twice.
            let all = try database.run("SELECT count(*) FROM sys.observations WHERE run = 1 AND metric = 'loss'")
            #expect(Int(all[0]) ?? 0 > again.withLock { $0 }, "\(kind) \(rest)")
            #expect(try database.run("SELECT count(*) FROM sys.observations WHERE run = 2 AND metric = 'loss'") == all)
            #expect(try database.problems() == [])
        }

        /// What was learned beside the folds of the examples is not learned again.
        @Test func retriever() throws {
            let database = try TestDatabase(threads: 2)
            for statement in [
                "CREATE TABLE docs (id TEXT PRIMARY KEY, title TEXT, body TEXT)",
                """
                INSERT INTO docs SELECT 'a' || value, 'entity' || value, 'alpha dose of entity' || value || ' common' || (value % 7)
                FROM generate_series(1, 60)
                """,
                """
                INSERT INTO docs SELECT 'b' || value, 'entity' || value, 'beta fever of entity' || value || ' common' || (value % 5)
                FROM generate_series(1, 60)
                """,
                "CREATE TABLE clicks (query TEXT, document TEXT)",
                "INSERT INTO clicks SELECT 'what is the remedy for entity' || value, 'a' || value FROM generate_series(1, 50)",
                "INSERT INTO clicks SELECT 'what is the sign for entity' || value, 'b' || value FROM generate_series(1, 50)",
            ] { try database.run(statement) }
            let statement = "TRAIN m USING retriever ON docs (title, body) FROM clicks WITH (checkpoint = '1ms')"
            let steps = Mutex(0)
            let session = database.session()
            session.progress = { progress in
                if progress.stage == "learn", progress.epoch != nil { steps.withLock { $0 += 1 } }
            }
            try session.texts(statement)
            let all = steps.withLock { $0 }
            for (run, cancelledAt) in [(2, 4), (3, all - 3), (4, 1)] {
                steps.withLock { $0 = 0 }
                session.progress = { [weak session] progress in
                    guard progress.stage == "learn", progress.epoch != nil else { return }
                    let count = steps.withLock { count in
                        count += 1
                        return count
                    }
                    if count == cancelledAt { session?.cancel() }
                }
                #expect(code { () throws(Diagnostic) in try session.texts(statement) } == .cancelled)
                if run == 4 { break }
                let again = Mutex(0)
                session.progress = { progress in
                    if progress.stage == "learn", progress.epoch != nil { again.withLock { $0 += 1 } }
                }
                try session.texts("RESUME RUN \(run)")
                #expect(again.withLock { $0 } <= all - cancelledAt + 1, "run \(run)")
            }
            #expect(
                try database.run("SELECT count(*), count(DISTINCT digest) FROM sys.models WHERE model = 'm'") == ["3|1"]
            )
            try database.run("DELETE FROM clicks WHERE document = 'a7'")
            session.progress = nil
            #expect(code { () throws(Diagnostic) in try session.texts("RESUME RUN 4") } == .trainingFailed)
            #expect(try database.problems() == [])
        }

        /// One that goes on from a base goes on from the same one.
        @Test func retrieverFromABase() throws {
            let database = try TestDatabase(threads: 2)
            for statement in [
                "CREATE TABLE docs (id TEXT PRIMARY KEY, title TEXT, body TEXT)",
                """
                INSERT INTO docs SELECT 'a' || value, 'entity' || value, 'alpha dose of entity' || value
                FROM generate_series(1, 60)
                """,
                """
                INSERT INTO docs SELECT 'b' || value, 'entity' || value, 'beta fever of entity' || value
                FROM generate_series(1, 60)
                """,
                "CREATE TABLE clicks (query TEXT, document TEXT)",
                "INSERT INTO clicks SELECT 'what is the remedy for entity' || value, 'a' || value FROM generate_series(1, 50)",
                "INSERT INTO clicks SELECT 'what is the sign for entity' || value, 'b' || value FROM generate_series(1, 50)",
                "CREATE TABLE more (query TEXT, document TEXT)",
                "INSERT INTO more SELECT 'the remedy of entity' || value, 'a' || value FROM generate_series(41, 60)",
                "INSERT INTO more SELECT 'the sign of entity' || value, 'b' || value FROM generate_series(41, 60)",
                "TRAIN m USING retriever ON docs (title, body) FROM clicks",
            ] { try database.run(statement) }
            let statement =
                "TRAIN n USING retriever ON docs (title, body) FROM more WITH (base = m, checkpoint = '1ms')"
            let session = database.session()
            try session.texts(statement)
            for run in 3...4 {
                let steps = Mutex(0)
                session.progress = { [weak session] progress in
                    guard progress.stage == "learn", progress.epoch != nil else { return }
                    let count = steps.withLock { count in
                        count += 1
                        return count
                    }
                    if count == 4 { session?.cancel() }
                }
                #expect(code { () throws(Diagnostic) in try session.texts(statement) } == .cancelled)
                session.progress = nil
                // A later version is another base.
                if run == 4 {
                    try database.run("TRAIN m USING retriever ON docs (title, body) FROM clicks WITH (seed = 3)")
                    #expect(code { () throws(Diagnostic) in try session.texts("RESUME RUN 4") } == .trainingFailed)
                } else {
                    try session.texts("RESUME RUN \(run)")
                }
            }
            #expect(
                try database.run("SELECT count(*), count(DISTINCT digest) FROM sys.models WHERE model = 'n'") == ["2|1"]
            )
            #expect(try database.problems() == [])
        }

        @Test func whatCannotGoOn() throws {
            let database = try TestDatabase(threads: 2)
            for statement in Self.schema { try database.run(statement) }
            let statement =
                "TRAIN m USING mlp FROM (SELECT a, b, side FROM rows) LABEL side WITH (epochs = 4, checkpoint = '1ms')"
            let session = database.session()
            session.progress = { [weak session] progress in
                guard progress.epoch == 2 else { return }
                Thread.sleep(forTimeInterval: 0.005)
                session?.cancel()
            }
            #expect(code { () throws(Diagnostic) in try session.texts(statement) } == .cancelled)
            session.progress = nil
            try database.run("DELETE FROM rows WHERE a = 3")
            #expect(code { () throws(Diagnostic) in try session.texts("RESUME RUN 1") } == .trainingFailed)
            #expect(try database.run("SELECT state FROM sys.runs") == ["failed"])
            // Anew, it is a run of its own; a finished one does not go on.
            try session.texts("RETRY RUN 1")
            #expect(
                try database.run("SELECT run, state, version FROM sys.runs ORDER BY run") == [
                    "1|failed|NULL", "2|finished|1",
                ])
            #expect(code { () throws(Diagnostic) in try session.texts("RESUME RUN 2") } == .misplaced)
            #expect(code { () throws(Diagnostic) in try session.texts("RESUME RUN 9") } == .unknownObject)
        }

        /// A table of several times the memory that a statement may take.
        @Test(arguments: ["linear", "mlp", "boosted_trees", "text_classifier", "kmeans"])
        func largerThanMemory(kind: String) throws {
            var digests: [[String]] = []
            for bytes in [60_000, 1 << 30] {
                let database = try TestDatabase(statementMemoryBytes: bytes)
                for statement in Self.schema { try database.run(statement) }
                for _ in 0..<3 { try database.run("INSERT INTO rows SELECT * FROM rows") }
                let source =
                    switch kind {
                    case "text_classifier": "(SELECT note, side FROM rows) LABEL side WITH (epochs = 3)"
                    case "kmeans": "(SELECT a, b FROM rows) WITH (epochs = 5)"
                    case "mlp": "(SELECT a, b, side FROM rows) LABEL side SHARDS 2 WITH (epochs = 2)"
                    default: "(SELECT a, b, word, side FROM rows) LABEL side"
                    }
                try database.run("TRAIN m USING \(kind) FROM \(source)")
                digests.append(try database.run("SELECT rows, digest FROM sys.models"))
            }
            #expect(digests[0] == digests[1])
        }

        /// Cancelled from the report of an epoch; the earlier version serves.
        @Test(arguments: ["linear", "mlp", "boosted_trees"]) func cancellation(kind: String) throws {
            let database = try TestDatabase(threads: 2)
            for statement in Self.schema { try database.run(statement) }
            let statement = "TRAIN m USING \(kind) FROM (SELECT a, b, side FROM rows) LABEL side SHARDS 2"
            try database.run(statement)
            let session = database.session()
            session.progress = { [weak session] in if $0.stage == "fit" { session?.cancel() } }
            #expect(code { () throws(Diagnostic) in try session.texts(statement) } == .cancelled)
            #expect(
                try database.run("SELECT run, state, version FROM sys.runs ORDER BY run") == [
                    "1|finished|1", "2|cancelled|NULL",
                ])
            #expect(try database.run("SELECT predict(m, a, b) FROM (SELECT 16.0 AS a, 1.0 AS b)") == ["over"])
            #expect(try database.problems() == [])
        }
    }
}
