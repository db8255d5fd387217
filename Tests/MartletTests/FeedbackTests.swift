// Feedback at random: what votes may change, and that taking them back leaves nothing behind.

import MartletCore
import MartletRuntime
import Testing

extension EngineTests {
    @Suite struct FeedbackTests {
        /// Three deployments: of an index alone, of what documents tell by themselves, and of a ranker.
        private static let deployments = ["few", "plain", "learned"]
        private static let stepCount = 30

        private func prepared(_ wanted: [String] = ["few"]) throws -> TestDatabase {
            let database = try TestDatabase()
            for statement in [
                "CREATE TABLE few_docs (id TEXT PRIMARY KEY, title TEXT, body TEXT)",
                """
                INSERT INTO few_docs SELECT 'd' || value, 'topic' || (value % 5),
                    'word' || (value % 7) || ' thing' || (value % 3)
                FROM generate_series(1, 30)
                """,
                "CREATE TABLE docs (id TEXT PRIMARY KEY, title TEXT, body TEXT)",
                """
                INSERT INTO docs SELECT 'a' || value, 'entity' || value,
                    'alpha dose of entity' || value || ' common' || (value % 7) FROM generate_series(1, 60)
                """,
                """
                INSERT INTO docs SELECT 'b' || value, 'entity' || value,
                    'beta fever of entity' || value || ' common' || (value % 5) FROM generate_series(1, 60)
                """,
                "CREATE TABLE asked (query TEXT, document TEXT)",
                """
                INSERT INTO asked SELECT 'what is the remedy for entity' || value, 'a' || value FROM generate_series(1, 50)
                """,
                """
                INSERT INTO asked SELECT 'what is the sign for entity' || value, 'b' || value FROM generate_series(1, 50)
                """,
            ] { try database.run(statement) }
            for name in wanted {
                let table = name == "few" ? "few_docs" : "docs"
                let examples = name == "learned" ? "FROM asked" : ""
                try database.run("TRAIN \(name)_model USING retriever ON \(table) (title, body) \(examples)")
                try database.run("DEPLOY \(name)_model AS \(name)")
            }
            return database
        }

        private func questions(_ deployment: String) -> [String] {
            deployment == "few"
                ? ["topic1 word2", "word2 topic1 thing1", "thing2 word3 topic4", "topic0", "nothing known"]
                : [
                    "fever entity7 common2", "common2 fever of entity7", "dose entity9", "remedy entity55",
                    "sign entity56",
                    "nothing known",
                ]
        }

        private func documents(_ deployment: String) -> [String] {
            deployment == "few" ? (1...30).map { "d\($0)" } : (1...60).map { "a\($0)" } + (1...60).map { "b\($0)" }
        }

        /// Everything that a question finds, with its scores.
        private func found(_ database: TestDatabase, _ deployment: String, _ question: String) throws -> [String] {
            try database.run("SEARCH \(deployment) FOR '\(question)' RETURN id, score LIMIT 1000")
        }

        private func place(_ document: String, _ rows: [String]) -> Int {
            rows.firstIndex { $0.hasPrefix(document + "|") } ?? .max
        }

        @Test func votesAreMonotoneAndUndone() throws {
            let database = try prepared(Self.deployments)
            var random = SeededRandom(seed: 3)
            func below(_ count: Int) -> Int { Int(random.next() % UInt64(count)) }
            var initial: [String: [String]] = [:]
            for deployment in Self.deployments {
                for question in questions(deployment) {
                    initial[deployment + question] = try found(database, deployment, question)
                }
            }
            for step in 0..<Self.stepCount {
                let deployment = Self.deployments[step % 3]
                let asked = questions(deployment)[below(questions(deployment).count)]
                let document = documents(deployment)[below(documents(deployment).count)]
                let kind = ["UPVOTE", "DOWNVOTE", "LOG CLICK"][below(3)]
                var before: [String: [String]] = [:]
                for question in questions(deployment) {
                    before[question] = try found(database, deployment, question)
                }
                try database.run(
                    "\(kind) \(deployment) FOR '\(asked)' DOCUMENT '\(document)'\(kind == "LOG CLICK" ? " RANK 3" : "")"
                )
                for question in questions(deployment) {
                    let after = try found(database, deployment, question)
                    let old = place(document, before[question] ?? [])
                    let new = place(document, after)
                    let shown = "step \(step): \(kind) \(document) for \(asked), at \(question)"
                    #expect(kind == "DOWNVOTE" ? new >= old : new <= old, "\(shown): from \(old) to \(new)")
                    // All others keep their scores.
                    func others(_ rows: [String]) -> [String] { rows.filter { !$0.hasPrefix(document + "|") } }
                    #expect(others(after) == others(before[question] ?? []), "\(shown)")
                }
                // The first rows are the same whatever the limit.
                let whole = try found(database, deployment, asked)
                let few = try database.run("SEARCH \(deployment) FOR '\(asked)' RETURN id, score LIMIT 3")
                #expect(Array(whole.prefix(3)) == few)
                guard step == 0 else { continue }
                for other in Self.deployments where other != deployment {
                    for question in questions(other) {
                        #expect(try found(database, other, question) == initial[other + question])
                    }
                }
            }
            // Taken back one by one, in any order.
            var ids = try database.run("SELECT id FROM sys.feedback ORDER BY id")
            #expect(ids.count == Self.stepCount)
            while !ids.isEmpty {
                try database.run("DELETE FROM sys.feedback WHERE id = \(ids.remove(at: below(ids.count)))")
                if ids.count % 15 == 0 { #expect(try database.problems().isEmpty) }
            }
            for deployment in Self.deployments {
                for question in questions(deployment) {
                    #expect(try found(database, deployment, question) == initial[deployment + question])
                }
            }
        }

        @Test func anUpvotedDocumentComesFirst() throws {
            let database = try prepared(Self.deployments)
            for deployment in Self.deployments {
                for (place, question) in questions(deployment).enumerated() {
                    let document = documents(deployment)[place * 5 + 1]
                    try database.run("UPVOTE \(deployment) FOR '\(question)' DOCUMENT '\(document)'")
                    #expect(self.place(document, try found(database, deployment, question)) == 0, "\(question)")
                    try database.run("DELETE FROM sys.feedback")
                }
            }
        }

        /// A reader's snapshot has the feedback of its commit, also after another has read on.
        @Test func snapshots() throws {
            let database = try prepared()
            let early = database.session()
            _ = try early.texts("BEGIN READ ONLY")
            let search = "SEARCH few FOR 'topic1 word2' RETURN id LIMIT 1"
            let first = try early.texts(search)
            try database.run("UPVOTE few FOR 'topic1 word2' DOCUMENT 'd30'")
            let late = database.session()
            _ = try late.texts("BEGIN READ ONLY")
            #expect(try late.texts(search) == ["d30"])
            #expect(try early.texts(search) == first)
            try database.run("UPVOTE few FOR 'topic1 word2' DOCUMENT 'd29'")
            try database.run("DOWNVOTE few FOR 'topic1 word2' DOCUMENT 'd30'")
            #expect(try database.run(search) == ["d29"])
            #expect(try late.texts(search) == ["d30"])
            #expect(try early.texts(search) == first)
            try database.run("DELETE FROM sys.feedback")
            #expect(try database.run(search) == first)
            #expect(try late.texts(search) == ["d30"])
            #expect(try database.run(search) == first)
        }

        /// What a transaction takes back was never there, although later rows have its ids.
        @Test func rolledBack() throws {
            let database = try prepared()
            let search = "SEARCH few FOR 'topic1 word2' RETURN id, score LIMIT 3"
            let first = try database.run(search)
            let session = database.session()
            for statement in ["BEGIN", "UPVOTE few FOR 'topic1 word2' DOCUMENT 'd30'", "SAVEPOINT s"] {
                _ = try session.texts(statement)
            }
            let one = try session.texts(search)
            #expect(one.first?.hasPrefix("d30|") ?? false)
            _ = try session.texts("DELETE FROM sys.feedback")
            #expect(try session.texts(search) == first)
            _ = try session.texts("ROLLBACK TO s")
            #expect(try session.texts(search) == one)
            _ = try session.texts("ROLLBACK")
            #expect(try database.run(search) == first)
            try database.run("UPVOTE few FOR 'topic1 word2' DOCUMENT 'd29'")
            #expect(try database.run(search).first?.hasPrefix("d29|") ?? false)
            #expect(try database.problems().isEmpty)
        }

        @Test func parametersAndPages() throws {
            let database = try prepared()
            let parameters = ParameterValues(
                positional: [.text("topic1 word2"), .text("d30"), .integer(2)])
            #expect(
                try database.run("LOG CLICK few FOR ? DOCUMENT ? RANK ?", parameters: parameters) == ["1|few|click"])
            #expect(try database.run("SELECT query, document, rank FROM sys.feedback") == ["topic1 word2|d30|2"])
            for document in ["d3", "d9", "d28"] {
                try database.run("UPVOTE few FOR 'topic1 word2' DOCUMENT '\(document)'")
            }
            try database.run("DOWNVOTE few FOR 'topic1 word2' DOCUMENT 'd16'")
            let whole = try database.run("SEARCH few FOR 'topic1 word2' RETURN id LIMIT 1000")
            var paged: [String] = []
            var cursor = "NULL"
            while true {
                let page = try database.run(
                    "SEARCH few FOR 'topic1 word2' RETURN id, cursor() LIMIT 2 AFTER \(cursor)")
                if page.isEmpty { break }
                paged += page.map { String($0.split(separator: "|")[0]) }
                cursor = "'\(page[page.count - 1].split(separator: "|")[1])'"
            }
            #expect(paged == whole)
        }

        /// Feedback joins the examples of the next version.
        @Test func trainsOnFeedback() throws {
            let database = try prepared(["plain"])
            for number in 1...50 {
                try database.run("UPVOTE plain FOR 'what is the remedy for entity\(number)' DOCUMENT 'a\(number)'")
                try database.run("UPVOTE plain FOR 'what is the sign for entity\(number)' DOCUMENT 'b\(number)'")
            }
            try database.run("LOG CLICK plain FOR 'what is the sign for entity51' DOCUMENT 'b51'")
            try database.run("UPVOTE plain FOR 'what is it' DOCUMENT 'b52'")
            try database.run("DOWNVOTE plain FOR 'what is it' DOCUMENT 'b52'")
            try database.run("TRAIN other USING retriever ON docs (body)")
            try database.run("DEPLOY other AS learned")
            try database.run("UPVOTE learned FOR 'another model' DOCUMENT 'b52'")
            try database.run("TRAIN plain_model USING retriever ON docs (title, body) WITH (feedback = true)")
            #expect(
                try database.run(
                    """
                    SELECT metrics ->> '$.method', metrics ->> '$.feedback', metrics ->> '$.queries' FROM sys.runs
                    WHERE model = 'plain_model' ORDER BY run DESC LIMIT 1
                    """) == ["ranked|101|101"])
            try database.run("DEPLOY plain_model AS plain")
            #expect(try database.run("SEARCH plain FOR 'remedy entity55' RETURN id LIMIT 1") == ["a55"])
            #expect(try database.run("SEARCH plain FOR 'sign entity56' RETURN id LIMIT 1") == ["b56"])
            // Twice the same.
            try database.run("TRAIN plain_model USING retriever ON docs (title, body) WITH (feedback = true)")
            #expect(
                try database.run(
                    "SELECT count(DISTINCT digest) FROM sys.models WHERE model = 'plain_model' AND version > 1")
                    == ["1"])
        }
    }
}
