// Rows by name, by position, and as Decodable types.

import Foundation
import Martlet
import Testing

@Suite struct RowTests {
    private func row(_ sql: SQL) async throws -> Row {
        try #require(try await Database.temporary().query(sql).first)
    }

    @Test func byNameAndPosition() async throws {
        let row = try await row("SELECT 'a' AS id, 2.5 AS Score")
        #expect(row.count == 2)
        #expect(row.columns.names == ["id", "Score"])
        #expect(row["id"] == "a")
        #expect(row["SCORE"] == 2.5)
        #expect(row["missing"] == nil)
        #expect(row[1] == 2.5)
        #expect(try row.get("score", as: Double.self) == 2.5)
        #expect(try row.tuple(of: (String, Double).self) == ("a", 2.5))
        #expect("\(row)" == "[id: a, Score: 2.5]")
    }

    @Test func getThrows() async throws {
        let row = try await row("SELECT 'a' AS id, 300 AS number")
        #expect(throws: MartletError.self) { try row.get("idd", as: String.self) }
        let unknown = #expect(throws: MartletError.self) { try row.get("numbr", as: Int.self) }
        #expect(unknown?.code == "E0102")
        #expect(unknown?.hint?.contains("number") == true)
        for position in [-1, 2, Int.max, Int.min] {
            let error = #expect(throws: MartletError.self) { try row.get(position, as: Int.self) }
            #expect(error?.code == "E0102")
        }
        let mismatch = #expect(throws: MartletError.self) { try row.get("number", as: UInt8.self) }
        #expect(mismatch?.code == "E0201")
        #expect(throws: MartletError.self) { try row.tuple(of: (String, Int, Int).self) }
    }

    struct Note: Codable, Equatable {
        enum Language: String, Codable { case english, german }
        enum Priority: Int, Codable { case low = 1, high }
        struct Source: Codable, Equatable {
            let url: URL
            let pages: [Int]
        }

        var id: UUID
        var title: String?
        var language: Language
        var priority: Priority
        var added: Date
        var content: Data
        var source: Source?
        var tags: [String]
        var ratio: Float
        var missing: Int?
    }

    @Test func decodableTypes() async throws {
        let note = Note(
            id: UUID(), title: nil, language: .german, priority: .high, added: Date(timeIntervalSince1970: 1_000),
            content: Data([1, 2, 3]),
            source: Note.Source(url: try #require(URL(string: "https://example.com")), pages: [1, 2]),
            tags: ["a", "b"], ratio: 0.5, missing: nil)
        let database = try Database.temporary()
        try await database.execute(
            """
            CREATE TABLE notes (id TEXT PRIMARY KEY, title TEXT, language TEXT, priority INTEGER, added TIMESTAMP,
                                content BLOB, source JSON, tags JSON, ratio REAL)
            """)
        try await database.execute(
            """
            INSERT INTO notes VALUES (\(note.id), \(note.title), \(note.language.rawValue), \(note.priority.rawValue),
                \(note.added), \(note.content), \(try DatabaseValue.json(encoding: note.source)),
                \(try DatabaseValue.json(encoding: note.tags)), \(note.ratio))
            """)
        #expect(try await database.query("SELECT * FROM notes", as: Note.self) == [note])
        #expect(try await database.query("SELECT tags FROM notes", as: [String].self) == [["a", "b"]])
        #expect(try await database.query("SELECT added FROM notes", as: Date.self) == [note.added])
        #expect(try await database.query("SELECT content FROM notes", as: Data.self) == [note.content])
        #expect(try await database.query("SELECT id FROM notes", as: UUID.self) == [note.id])
        #expect(try await database.query("SELECT language FROM notes", as: Note.Language.self) == [.german])
        #expect(
            try await database.query("SELECT id, language FROM notes", as: [String: String].self)[0]["language"]
                == "german")
    }

    @Test func whatDoesNotFitSaysWhichColumn() async throws {
        struct One: Decodable { let id: Int }
        struct Two: Decodable { let language: Note.Language }
        struct Three: Decodable { let source: Note.Source }
        struct Four: Decodable { let list: [[Int]] }
        let long = String(repeating: "x", count: 10_000)
        let row = try await row(
            "SELECT \(long) AS id, 'latin' AS language, \(DatabaseValue.json("{\"url\": 5}")) AS source, 7 AS list")
        for (code, column, decode) in [
            ("E0201", "id", { _ = try row.decode(One.self) }),
            ("E0201", "language", { _ = try row.decode(Two.self) }),
            ("E0201", "source", { _ = try row.decode(Three.self) }),
            ("E0201", "list", { _ = try row.decode(Four.self) }),
        ] as [(String, String, () throws -> Void)] {
            let error = #expect(throws: MartletError.self, "\(column)") { try decode() }
            #expect(error?.code == code)
            #expect(error?.message.contains("'\(column)'") == true, "\(error?.message ?? "")")
            #expect(error.map { $0.message.count < 400 } == true)
        }
        struct Missing: Decodable { let languag: String }
        let missing = #expect(throws: MartletError.self) { try row.decode(Missing.self) }
        #expect(missing?.code == "E0102")
        #expect(missing?.hint?.contains("language") == true)
        #expect(throws: MartletError.self) { try row.decode([Int].self) }
    }

    @Test func nullInAPropertyThatIsNotOptional() async throws {
        struct Item: Decodable { let id: Int }
        let row = try await row("SELECT NULL AS id")
        #expect(throws: MartletError.self) { try row.decode(Item.self) }
        #expect(try row.decode(Int?.self) == nil)
        #expect(throws: MartletError.self) { try row.decode(Int.self) }
    }
}
