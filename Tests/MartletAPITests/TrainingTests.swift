// The main job through the API: progress, cancelled training, search.

import Martlet
import Testing

@Suite(.timeLimit(.minutes(2))) struct TrainingTests {
    private func documents(_ count: Int) async throws -> Database {
        let database = try Database.temporary()
        try await database.execute("CREATE TABLE docs (id INTEGER PRIMARY KEY, body TEXT NOT NULL)")
        try await database.write { session in
            let insert = try session.prepare("INSERT INTO docs VALUES (?, ?)")
            for id in 0..<count {
                let words = (0..<30).map { "word\((id * 31 + $0 * $0 * 7) % 5_003)" }.joined(separator: " ")
                try insert.execute(id, "the vpn of user \(id) drops \(words)")
            }
        }
        return database
    }

    @Test func theMainJob() async throws {
        let database = try await documents(200)
        try await database.execute("TRAIN finder USING retriever ON docs (body) SHARDS 2")
        try await database.execute("DEPLOY finder AS help")
        struct Hit: Decodable {
            let id: Int
            let score: Double
        }
        let hits = try await database.query(
            "SEARCH help FOR \("user 17") WHERE id < \(100) RETURN id, score LIMIT 3", as: Hit.self)
        #expect(hits.count == 3)
        #expect(hits.first?.id == 17)
        #expect(zip(hits, hits.dropFirst()).allSatisfy { $0.score >= $1.score })
    }

    @Test func progressThenTheRows() async throws {
        let database = try await documents(2_000)
        var stages: [String] = []
        var result: [Row]?
        for try await event in database.run("TRAIN finder USING retriever ON docs (body) SHARDS 4") {
            #expect(result == nil, "nothing comes after the rows")
            switch event {
            case .progress(let step):
                #expect(step.rowsDone >= 0)
                if let fraction = step.fraction { #expect((0...1).contains(fraction)) }
                stages.append(step.stage)
            case .finished(let rows): result = rows
            }
        }
        #expect(stages.contains("fit") && stages.last == "publish", "\(stages)")
        #expect(try result?.first?.get("model", as: String.self) == "finder")
    }

    @Test func errorsEndTheEvents() async throws {
        let database = try await documents(1)
        let events = database.run("TRAIN finder USING retriever ON missing (body)")
        let error = await #expect(throws: MartletError.self) { for try await _ in events {} }
        #expect(error?.code == "E0101")
    }

    private func state(_ database: Database) async throws -> [String] {
        try await database.query("SELECT state FROM sys.runs ORDER BY run", as: String.self)
    }

    /// Waits until no run is going on: a statement that nobody listens to ends on its own time.
    private func settle(_ database: Database) async throws {
        for _ in 0..<500 where try await state(database).contains("running") {
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    /// A busy machine may let a run finish before it hears of the cancellation: tries until one is cancelled, which
    /// must then have published nothing.
    private func untilCancelled(_ database: Database, _ attempt: (_ model: String) async throws -> Void) async throws {
        for number in 1...10 {
            try await attempt("finder\(number)")
            try await settle(database)
            let states = try await state(database)
            #expect(states.count == number)
            if states.last == "cancelled" {
                #expect(try await database.query("SHOW MODELS").count == number - 1)
                return
            }
        }
        Issue.record("no run was cancelled")
    }

    @Test func leavingTheLoopCancels() async throws {
        let database = try await documents(20_000)
        try await untilCancelled(database) { model in
            for try await _ in database.run("TRAIN \(name: model) USING retriever ON docs (body) SHARDS 4") { break }
        }
    }

    @Test func cancellingTheTaskPublishesNothing() async throws {
        let database = try await documents(20_000)
        try await untilCancelled(database) { model in
            let before = try await state(database).count
            let task = Task {
                try await database.execute("TRAIN \(name: model) USING retriever ON docs (body) SHARDS 4")
            }
            while try await state(database).count == before { try await Task.sleep(for: .milliseconds(1)) }
            task.cancel()
            _ = await task.result
        }
    }

    @Test func cancellingTheListenerCancelsTheStatement() async throws {
        let database = try await documents(20_000)
        try await untilCancelled(database) { model in
            let before = try await state(database).count
            let task = Task {
                for try await _ in database.run("TRAIN \(name: model) USING retriever ON docs (body) SHARDS 4") {}
            }
            while try await state(database).count == before { try await Task.sleep(for: .milliseconds(1)) }
            task.cancel()
            _ = await task.result
        }
    }
}
