// Searches hand scratch space to each other: that must never show.

import Martlet
import Testing

extension EngineTests {
    @Suite struct SearchReuseTests {
        private func scores(_ session: Session) throws -> [String] {
            try session.query("SEARCH docs FOR 'swift bird' RETURN id, score").map { "\($0.values)" }
        }

        /// What a transaction wrote and undid leaves nothing behind, although its segments had the numbers of later ones.
        @Test func undoneSegmentsAreForgotten() throws {
            let texts = ["a swift", "a swift bird and its long, long tail", "the bird", "swift swift bird", "a stone"]
            func prepared() throws -> Session {
                let session = try Database.temporary().makeSession()
                try session.execute("CREATE TABLE docs (id INTEGER PRIMARY KEY, text TEXT)")
                try session.execute("CREATE INDEX docs_text ON docs USING text (text)")
                return session
            }
            func fill(_ session: Session, _ texts: [String]) throws {
                for text in texts { try session.execute("INSERT INTO docs (text) VALUES (\(text))") }
            }
            let disturbed = try prepared()
            try disturbed.execute("BEGIN")
            try fill(disturbed, texts.reversed().map { $0 + " bird of many more words" })
            _ = try scores(disturbed)
            try disturbed.execute("ROLLBACK")
            #expect(try scores(disturbed).isEmpty)
            try fill(disturbed, texts)
            let plain = try prepared()
            try fill(plain, texts)
            #expect(try scores(disturbed) == scores(plain))
            #expect(try scores(disturbed) == scores(plain))
            for session in [disturbed, plain] {
                try session.execute("DELETE FROM docs WHERE id = 2")
                try session.execute("UPDATE docs SET text = 'another bird' WHERE id = 5")
            }
            #expect(try scores(disturbed) == scores(plain))
        }

        @Test func concurrentSearches() async throws {
            let database = try Database.temporary()
            try await database.execute("CREATE TABLE docs (id INTEGER PRIMARY KEY, text TEXT)")
            try await database.execute("CREATE INDEX docs_text ON docs USING text (text)")
            try await database.write { session in
                let insert = try session.prepare("INSERT INTO docs VALUES (?, ?)")
                for number in 0..<500 {
                    try insert.execute(number, "swift \(number % 7 == 0 ? "bird" : "stone") number \(number)")
                }
            }
            let expected = try await database.read { try scores($0) }
            #expect(expected.count == 10)
            try await withThrowingTaskGroup(of: [String].self) { group in
                for _ in 0..<64 { group.addTask { try await database.read { try scores($0) } } }
                for try await found in group { #expect(found == expected) }
            }
        }
    }
}
