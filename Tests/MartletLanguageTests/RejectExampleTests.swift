// Every statement of Grammar/reject fails with the code, message, hint and place that its comments say.

import Foundation
import MartletCore
import MartletLanguage
import Testing

/// One example: comments in front with code, message and hint; carets below the line that is marked.
struct RejectExample {
    var code = ""
    var message = ""
    var hint: String?
    var text = ""
    var range = SourceRange.none

    init?(_ block: Substring) {
        var lines: [Substring] = []
        for line in block.split(separator: "\n") {
            if line.hasPrefix("-- hint: ") {
                hint = String(line.dropFirst(9))
            } else if line.hasPrefix("-- E") {
                code = String(line.dropFirst(3).prefix(5))
                message = String(line.dropFirst(9))
            } else if line.hasPrefix("--"), let first = line.firstIndex(of: "^"), let last = line.lastIndex(of: "^") {
                let before = lines.dropLast().reduce(0) { $0 + $1.utf8.count + 1 }
                let start = before + line.utf8.distance(from: line.startIndex, to: first)
                let count = line.hasSuffix("(empty)") ? 0 : line.utf8.distance(from: first, to: last) + 1
                range = SourceRange(start, start + count)
            } else {
                lines.append(line)
            }
        }
        text = lines.joined(separator: "\n")
        if code.isEmpty { return nil }
    }
}

@Test func everyRejectExampleFailsWhereItsCaretsPoint() throws {
    var count = 0
    for file in Place.files("reject", ".sql") {
        for block in try Place.text(file).split(separator: "\n\n") {
            guard let example = RejectExample(block) else { continue }
            count += 1
            let diagnostics = Parser.parse(example.text).diagnostics
            guard let first = diagnostics.first else {
                Issue.record("\(file.lastPathComponent): accepted:\n\(block)")
                continue
            }
            #expect(first.code.rawValue == example.code, "\(block)")
            #expect(first.message == example.message, "\(block)")
            #expect(first.hint == example.hint, "\(block)")
            #expect(first.range == example.range, "\(block)")
            #expect(Set(diagnostics.map(\.code)) == [first.code], "\(block)")
        }
    }
    #expect(count >= 80)
}

@Test(arguments: ["SELECT 'a\0b'", "SELECT \"a\0b\"", "SELECT `a\0b`"])
func quotesHoldNoNUL(text: String) {
    let first = Parser.parse(text).diagnostics.first
    #expect(first?.code == .invalidText)
    #expect(first?.range == SourceRange(9, 10))
}

@Test func oneStatementsErrorDoesNotTouchTheNext() throws {
    let script = Parser.parse("SELECT 1; SELEC 2 FROM (; SELECT 3; SELECT 'a;b' FORM x y; SELECT 4")
    #expect(script.statements.map { $0.statement != nil } == [true, false, true, false, true])
    let schedule = Parser.parse("CREATE SCHEDULE s EVERY '1 h' AS (SELECT 1; SELEC 2; SELECT 3); SELECT 4")
    #expect(schedule.statements.map { $0.statement != nil } == [false, true])
}
