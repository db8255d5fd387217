// Every example of the grammar, run: what this build cannot run says so at its place.

import Foundation
import MartletCore
import MartletLanguage
import MartletRuntime
import Testing

extension EngineTests {
    @Suite struct GrammarTests {
        private static let folder = TestScript.directory.deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Grammar/accept")

        private static func statements() throws -> [String] {
            let names = try FileManager.default.contentsOfDirectory(atPath: folder.path(percentEncoded: false)).sorted()
            return try names.filter { $0.hasSuffix(".sql") }.flatMap { name in
                let bytes = Array(try Data(contentsOf: folder.appending(path: name)))
                return StatementSplitter.ranges(in: bytes).map {
                    String(decoding: bytes[$0.start..<$0.end], as: UTF8.self)
                }
            }
        }

        /// Tables and a model of the names that the examples use.
        private static let setup = [
            "CREATE TABLE docs (id TEXT PRIMARY KEY, title TEXT, body TEXT, lang TEXT, year INTEGER, emb VECTOR(3))",
            "INSERT INTO docs VALUES ('a', 'title', 'some body', 'en', 2024, NULL)",
            "CREATE INDEX docs_text ON docs USING text (title, body)",
            "TRAIN finder USING retriever ON docs (title, body)",
            "DEPLOY finder AS helpdesk",
            "CREATE TABLE t (a INTEGER, b TEXT, c REAL)",
            "INSERT INTO t VALUES (1, 'x', 0.5), (NULL, NULL, NULL)",
        ]

        @Test(arguments: ["", "EXPLAIN ", "EXPLAIN ANALYZE "])
        func examples(prefix: String) throws {
            let folder = FileManager.default.temporaryDirectory.appending(path: "martlet-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: folder) }
            let statements = try Self.statements()
            #expect(statements.count > 200)
            var refused = 0
            for text in statements {
                let text =
                    prefix
                    + text.replacingOccurrences(
                        of: " TO '", with: " TO '" + folder.path(percentEncoded: false) + "/")
                let session = EngineSession(try Engine.temporary())
                for statement in Self.setup { _ = try session.run(statement).rows() }
                do throws(Diagnostic) {
                    _ = try session.run(text).rows()
                } catch {
                    if let range = error.range {
                        #expect(range.start <= range.end && range.end <= text.utf8.count, "\(text): \(error)")
                    }
                    if error.code == .notSupported {
                        refused += 1
                        #expect(error.range.map { !$0.isEmpty } ?? false, "no place: \(text): \(error)")
                    }
                    if prefix.isEmpty { #expect(error.code != .syntax, "\(text): \(error)") }
                }
            }
            #expect(refused > 50)
        }
    }
}
