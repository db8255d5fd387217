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

    @Test func leavingTheLoopCancels() async throws {
        let database = try await documents(20_000)
        for try await _ in database.run("TRAIN finder USING retriever ON docs (body) SHARDS 4") { break }
        try await settle(database)
        #expect(try await state(database) == ["cancelled"])
        #expect(try await database.query("SHOW MODELS").isEmpty)
    }

    @Test func cancellingTheTaskPublishesNothing() async throws {
        let database = try await documents(20_000)
        try await database.execute("TRAIN finder USING retriever ON docs (body)")
        let clock = ContinuousClock()
        let task = Task { try await database.execute("TRAIN finder USING retriever ON docs (body) SHARDS 4") }
        while try await state(database).count < 2 { try await Task.sleep(for: .milliseconds(1)) }
        let start = clock.now
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(clock.now - start < .seconds(5))
        #expect(try await state(database) == ["finished", "cancelled"])
        #expect(try await database.query("SEARCH finder FOR 'vpn' LIMIT 1").count == 1)
    }

    @Test func cancellingTheListenerCancelsTheStatement() async throws {
        let database = try await documents(20_000)
        let task = Task {
            for try await _ in database.run("TRAIN finder USING retriever ON docs (body) SHARDS 4") {}
        }
        while try await state(database).isEmpty { try await Task.sleep(for: .milliseconds(1)) }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        try await settle(database)
        #expect(try await state(database) == ["cancelled"])
    }
}
