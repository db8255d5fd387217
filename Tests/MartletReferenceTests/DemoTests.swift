// The demo's script parses, and its judgements are about pages that exist.

import Foundation
import MartletLanguage
import MartletReference
import Testing

@Suite struct DemoTests {
    private struct Judgement: Decodable {
        var query: String
        var document: String
        var grade: Int
    }

    private static func text(of file: String) throws -> String {
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        return try String(contentsOf: tests.appending(path: "Demo").appending(path: file), encoding: .utf8)
    }

    @Test func scriptParses() throws {
        let script = Parser.parse(try Self.text(of: "demo.sql"))
        #expect(script.statements.count >= 18)
        for diagnostic in script.diagnostics { Issue.record("\(diagnostic)") }
    }

    @Test func judgementsNamePages() throws {
        let lines = try Self.text(of: "questions.jsonl").split(separator: "\n")
        let judgements = try lines.map { try JSONDecoder().decode(Judgement.self, from: Data($0.utf8)) }
        var seen: Set<String> = []
        var best: [String: Int] = [:]
        for judgement in judgements {
            #expect(Reference.page(id: judgement.document) != nil, "there is no page \(judgement.document)")
            #expect((1...2).contains(judgement.grade))
            #expect(seen.insert(judgement.query + "\n" + judgement.document).inserted)
            best[judgement.query] = max(best[judgement.query] ?? 0, judgement.grade)
        }
        #expect(best.count >= 40)
        #expect(best.values.allSatisfy { $0 == 2 }, "every question has a best page")
    }
}
