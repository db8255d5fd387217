// TRAIN beside other work: changes, cancellation, progress, and the same bytes for any number of threads.

import Foundation
import MartletCore
import MartletRuntime
import Synchronization
import Testing

extension EngineTests {
    @Suite struct TrainingTests {
        private static let words = [
            "swift", "martlet", "swallow", "kite", "barn", "nest", "river", "bank", "wing", "feather", "storm", "cliff",
            "harbour", "meadow", "winter", "summer", "migrate", "roost", "insect", "flight",
        ]

        private static func text(_ random: inout SeededRandom) -> String {
            (0..<Int.random(in: 3...20, using: &random)).map { _ in words.randomElement(using: &random) ?? "" }
                .joined(separator: " ")
        }

        private static func filled(_ count: Int, seed: UInt64 = 1, threads: Int = 2) throws -> TestDatabase {
            let database = try TestDatabase(threads: threads)
            var random = SeededRandom(seed: seed)
            try database.run("CREATE TABLE docs (id TEXT PRIMARY KEY, title TEXT, body TEXT, kind INTEGER)")
            let session = database.session()
            try session.texts("BEGIN")
            for number in 0..<count {
                try session.texts(
                    "INSERT INTO docs VALUES (:id, :title, :body, :kind)",
                    parameters: ParameterValues(named: [
                        "id": .text("d\(number)"), "title": .text(words.randomElement(using: &random) ?? ""),
                        "body": .text(text(&random)), "kind": .integer(Int64(number % 5)),
                    ]))
            }
            try session.texts("COMMIT")
            return database
        }

        /// EXPLAIN shows the epochs that would be run, whoever chose them.
        @Test func explainsWhatFollowsFromTheShards() throws {
            let database = try Self.filled(40)
            let shards: [(String, Int)] = [
                ("", 15), ("SHARDS 2", 15), ("SHARDS AUTO", 15), ("SHARDS 4", 30), ("SHARDS 8", 45),
            ]
            let start = "EXPLAIN TRAIN m USING text_classifier FROM (SELECT body, title FROM docs) LABEL title"
            for (clause, epochs) in shards {
                let plan = try database.run("\(start) \(clause)").joined(separator: "\n")
                #expect(plan.contains(" epochs=\(epochs) "), "\(plan)")
            }
            let given = try database.run("\(start) SHARDS 8 WITH (epochs = 4)").joined(separator: "\n")
            #expect(given.contains(" epochs=4 "), "\(given)")
        }

        /// Rows that change while TRAIN reads and fits are in the published index, just as if it were made afterwards.
        @Test(arguments: [11, 12, 13] as [UInt64])
        func changesDuringTraining(seed: UInt64) throws {
            let database = try Self.filled(600, seed: seed)
            let isTraining = Atomic<Bool>(true)
            let changes = Atomic<Int>(0)
            let errors = onThreads(3) { number in
                let session = database.session()
                if number == 0 {
                    defer { isTraining.store(false, ordering: .releasing) }
                    for _ in 0..<3 {
                        try session.texts("TRAIN finder USING retriever ON docs (title, body) SHARDS 4")
                    }
                    return
                }
                var random = SeededRandom(seed: seed * 100 + UInt64(number))
                var own = 0
                while isTraining.load(ordering: .acquiring) {
                    let id = "d\(Int.random(in: 0..<700, using: &random))"
                    switch Int.random(in: 0..<4, using: &random) {
                    case 0: try session.texts("DELETE FROM docs WHERE id = '\(id)'")
                    case 1: try session.texts("UPDATE docs SET body = '\(Self.text(&random))' WHERE id = '\(id)'")
                    case 2:
                        own += 1
                        try session.texts(
                            "INSERT INTO docs VALUES ('n\(number)-\(own)', 'kite', '\(Self.text(&random))', 9)")
                    default: try session.texts("UPDATE docs SET id = id || 'x' WHERE id = '\(id)'")
                    }
                    changes.wrappingAdd(1, ordering: .relaxed)
                }
            }
            #expect(errors.isEmpty, "\(errors)")
            #expect(changes.load(ordering: .relaxed) > 0)
            #expect(try database.problems() == [])
            try database.run("DEPLOY finder AS help")
            try database.run("CREATE INDEX fresh ON docs USING text (title WEIGHT 3, body)")
            for word in Self.words {
                let query = "FOR title, body MATCH '\(word) storm' RETURN id, score LIMIT 50"
                let fresh = try database.run("SEARCH docs \(query)")
                let deployed = try database.run("SEARCH help \(query)")
                #expect(fresh == deployed, "seed \(seed), word \(word)")
            }
            #expect(try database.problems() == [])
        }

        @Test func sameBytesForAnyThreads() throws {
            var digests: Set<String> = []
            var shardDigests: Set<String> = []
            for threads in [1, 2, 4] {
                let database = try Self.filled(300, seed: 7, threads: threads)
                try database.run(
                    "TRAIN finder USING retriever ON docs (title, body) SHARDS 4 WITH (threads = \(threads))")
                digests.formUnion(try database.run("SELECT digest FROM sys.models"))
                shardDigests.formUnion(try database.run("SELECT group_concat(digest, '') FROM sys.shards"))
            }
            #expect(digests.count == 1, "\(digests)")
            #expect(shardDigests.count == 1, "\(shardDigests)")
        }

        @Test func sameRankingForAnyShards() throws {
            let database = try Self.filled(500, seed: 5)
            for shards in [1, 2, 4, 7, 31] {
                try database.run("TRAIN s\(shards) USING retriever ON docs (title, body) SHARDS \(shards)")
            }
            for word in Self.words {
                let expected = try database.run(
                    "SEARCH s1 FOR '\(word) river nest' WHERE kind < 3 RETURN id, score LIMIT 20")
                #expect(expected.count == 20)
                for shards in [2, 4, 7, 31] {
                    let given = try database.run(
                        "SEARCH s\(shards) FOR '\(word) river nest' WHERE kind < 3 RETURN id, score LIMIT 20")
                    #expect(given == expected, "\(shards) shards, \(word)")
                }
            }
        }

        @Test func progressArrives() throws {
            let database = try Self.filled(600)
            let session = database.session()
            let seen = Mutex<[MartletCore.Progress]>([])
            session.progress = { progress in seen.withLock { $0.append(progress) } }
            try session.texts("TRAIN finder USING retriever ON docs (title, body) SHARDS 2")
            let progress = seen.withLock { $0 }
            #expect(Set(progress.map(\.stage)).isSuperset(of: ["spool", "fit", "publish"]))
            #expect(Set(progress.compactMap(\.shard)) == [1, 2])
            for shard in 1...2 {
                let rows = progress.filter { $0.shard == shard }.map(\.rowsDone)
                #expect(rows == rows.sorted())
            }
            #expect(progress.last?.stage == "publish")
            #expect(progress.last?.rowsDone == 600)
        }

        /// Cancelled at each stage, from the stage's own report.
        @Test(arguments: ["spool", "fit", "publish"])
        func cancellation(stage: String) throws {
            let database = try Self.filled(600)
            try database.run("TRAIN finder USING retriever ON docs (title, body)")
            let session = database.session()
            session.progress = { [weak session] progress in
                if progress.stage == stage { session?.cancel() }
            }
            #expect(
                code { () throws(Diagnostic) in
                    try session.texts("TRAIN finder USING retriever ON docs (title, body) SHARDS 3")
                } == .cancelled)
            #expect(
                try database.run("SELECT run, state, version FROM sys.runs ORDER BY run") == [
                    "1|finished|1", "2|cancelled|NULL",
                ])
            #expect(try database.run("SELECT version FROM sys.models") == ["1"])
            #expect(try database.run("SELECT count(*) FROM sys.indexes WHERE method = 'text'") == ["1"])
            #expect(try !database.run("SEARCH finder FOR 'kite'").isEmpty)
            #expect(try database.problems() == [])
            // The session goes on, and the next version gets the next number.
            session.progress = nil
            try session.texts("TRAIN finder USING retriever ON docs (title, body)")
            #expect(try database.run("SELECT max(version) FROM sys.models") == ["2"])
        }

        @Test func droppedWhileTrained() throws {
            let database = try Self.filled(600)
            let session = database.session()
            let other = database.session()
            session.progress = { progress in
                if progress.stage == "publish" { _ = try? other.texts("DROP TABLE docs") }
            }
            #expect(
                code { () throws(Diagnostic) in
                    try session.texts("TRAIN finder USING retriever ON docs (title, body)")
                } == .trainingFailed)
            #expect(try database.run("SELECT state FROM sys.runs") == ["failed"])
            #expect(try database.run("SELECT count(*) FROM sys.indexes") == ["0"])
            #expect(try database.problems() == [])
        }

        @Test func memoryLimit() throws {
            let database = try TestDatabase(statementMemoryBytes: 20_000)
            try database.run("CREATE TABLE docs (id INTEGER PRIMARY KEY, body TEXT)")
            for _ in 0..<40 {
                try database.run("INSERT INTO docs (body) VALUES ('\(String(repeating: "long text ", count: 100))')")
            }
            #expect(
                code { () throws(Diagnostic) in
                    try database.run("TRAIN finder USING retriever ON docs (body)")
                } == .limitExceeded)
            #expect(try database.run("SELECT state FROM sys.runs") == ["failed"])
            #expect(
                code { () throws(Diagnostic) in try database.run("SELECT DISTINCT id || body FROM docs") }
                    == .limitExceeded)
            #expect(try database.run("SELECT count(*) FROM docs") == ["40"])
            #expect(try database.problems() == [])
        }

        @Test func cancelledSelect() throws {
            let database = try Self.filled(400)
            let session = database.session()
            let isRunning = Atomic<Bool>(true)
            let errors = onThreads(2) { number in
                if number == 0 {
                    defer { isRunning.store(false, ordering: .releasing) }
                    let failure = code { () throws(Diagnostic) in
                        try session.texts(
                            "SELECT count(*) FROM docs AS a, docs AS b, docs AS c, docs AS d WHERE a.body < b.body")
                    }
                    if failure != .cancelled {
                        throw ScriptRunner.Failure(description: "it ended with \(failure as Any)")
                    }
                } else {
                    while isRunning.load(ordering: .acquiring) {
                        Thread.sleep(forTimeInterval: 0.02)
                        session.cancel()
                    }
                }
            }
            #expect(errors.isEmpty, "\(errors)")
            #expect(try session.texts("SELECT count(*) FROM docs") == ["400"])
        }

        /// A correlated subquery, an aggregate, a sort and a write are cancelled too.
        @Test(arguments: [
            "SELECT count(*) FROM docs AS a WHERE a.kind >= (SELECT count(*) FROM docs AS b, docs AS c WHERE b.body < a.body)",
            "SELECT a.body, b.body FROM docs AS a, docs AS b, docs AS c ORDER BY a.body || b.body",
            "INSERT INTO big SELECT a.body FROM docs AS a, docs AS b, docs AS c",
            "SELECT count(DISTINCT a.body || b.body) FROM docs AS a, docs AS b, docs AS c",
        ])
        func cancelledStatements(sql: String) throws {
            let database = try Self.filled(300)
            try database.run("CREATE TABLE big (x TEXT)")
            let session = database.session()
            let isRunning = Atomic<Bool>(true)
            let errors = onThreads(2) { number in
                if number == 0 {
                    defer { isRunning.store(false, ordering: .releasing) }
                    let failure = code { () throws(Diagnostic) in try session.texts(sql) }
                    if failure != .cancelled {
                        throw ScriptRunner.Failure(description: "it ended with \(failure as Any)")
                    }
                } else {
                    while isRunning.load(ordering: .acquiring) {
                        Thread.sleep(forTimeInterval: 0.05)
                        session.cancel()
                    }
                }
            }
            #expect(errors.isEmpty, "\(errors)")
            #expect(try database.run("SELECT count(*) FROM big") == ["0"])
        }
    }
}
