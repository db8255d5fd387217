// The code of the documentation catalog's articles, so that it compiles and does what they say.

import Foundation
import Martlet
import Testing

@Suite struct DocumentationTests {
    struct Note: Codable, Equatable {
        var id: String
        var title: String?
        var body: String
        var added: Date
    }

    @Test func gettingStarted() async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "started-\(UUID()).martlet").path
        defer { for suffix in ["", "-lock"] { try? FileManager.default.removeItem(atPath: path + suffix) } }
        let yesterday = Date(timeIntervalSince1970: 1_000_000)
        let notes = [
            Note(id: "a", title: "VPN", body: "the vpn drops", added: yesterday + 60),
            Note(id: "b", title: nil, body: "a martlet never lands", added: yesterday - 60),
        ]
        let question = "why does my vpn drop?"

        let database = try Database(path: path)
        try await database.execute(
            """
            CREATE TABLE notes (id TEXT PRIMARY KEY, title TEXT, body TEXT NOT NULL, added TIMESTAMP NOT NULL)
            """)
        try await database.write { session in
            for note in notes {
                try session.execute("INSERT INTO notes VALUES (\(note.id), \(note.title), \(note.body), \(note.added))")
            }
        }

        let recent = try await database.query(
            "SELECT * FROM notes WHERE added > \(yesterday) ORDER BY id", as: Note.self)
        #expect(recent == [notes[0]])
        var titles: [String] = []
        for (id, title) in try await database.query("SELECT id, title FROM notes", as: (String, String?).self) {
            titles.append("\(id) \(title ?? "untitled")")
        }
        #expect(titles.sorted() == ["a VPN", "b untitled"])
        let count = try await database.query("SELECT count(*) FROM notes", as: Int.self)[0]
        #expect(count == 2)

        var length = 0
        for try await row in database.rows("SELECT body FROM notes") {
            length += try row.get("body", as: String.self).count
        }
        #expect(length == notes.map(\.body.count).reduce(0, +))

        try await database.execute("CREATE INDEX notes_text ON notes USING text (title WEIGHT 3, body)")
        let hits = try await database.query(
            "SEARCH notes FOR \(question) RETURN id, score, snippet(body) LIMIT 5", as: (String, Double, String).self)
        #expect(hits.first?.0 == "a")

        do {
            _ = try await database.query("SELECT titel FROM notes")
            Issue.record("an unknown column was accepted")
        } catch let error as MartletError {
            #expect(error.code == "E0102")
            #expect(error.hint?.contains("'title'") == true)
        }
    }

    struct Hit: Decodable {
        let id: String
        let score: Double
    }

    @Test func trainingARetriever() async throws {
        let database = try Database.temporary()
        try await database.execute(
            "CREATE TABLE docs (id TEXT PRIMARY KEY, title TEXT, body TEXT NOT NULL, year INTEGER)")
        try await database.execute("CREATE TABLE judgements (query TEXT, document TEXT, grade INTEGER)")
        try await database.write { session in
            for (index, body) in ["the vpn drops", "a martlet never lands", "the map is full"].enumerated() {
                try session.execute("INSERT INTO docs VALUES (\("d\(index)"), \("note"), \(body), \(2019 + index))")
            }
            try session.execute("INSERT INTO judgements VALUES ('martlet', 'd1', 1)")
        }
        let question = "does a martlet land?"

        var stages: [String] = []
        var result: [Row] = []
        for try await event in database.run("TRAIN finder USING retriever ON docs (title, body) SHARDS 4") {
            switch event {
            case .progress(let step): stages.append("\(step.stage) \(step.fraction ?? 0)")
            case .finished(let rows): result = rows
            }
        }
        #expect(!stages.isEmpty && result.count == 1)

        let quality = try await database.query(
            "EVALUATE finder FROM (SELECT query, document, grade FROM judgements) WITH (metrics = 'ndcg@10')")
        let figure = try quality[0].get("ndcg@10", as: Double.self)
        #expect(figure == 1)

        try await database.execute("DEPLOY finder AS help")
        let hits = try await database.query(
            "SEARCH help FOR \(question) WHERE year >= \(2020) RETURN id, score LIMIT 5", as: Hit.self)
        #expect(hits.first?.id == "d1")
    }

    /// As the README has it.
    @Test func searchReturnsIdentifierAndScore() async throws {
        let database = try Database.temporary()
        try await database.execute("CREATE TABLE docs (id TEXT PRIMARY KEY, body TEXT)")
        try await database.execute("INSERT INTO docs VALUES ('a', 'the vpn drops')")
        try await database.execute("TRAIN finder USING retriever ON docs (body)")
        let rows = try await database.query("SEARCH finder FOR \("vpn") LIMIT 5")
        #expect(try rows[0].get("id", as: String.self) == "a")
        #expect(try rows[0].get("score", as: Double.self) > 0)
        _ = try await database.query("SEARCH finder FOR \("vpn") LIMIT 5", as: (String, String, Double).self)
    }
}
