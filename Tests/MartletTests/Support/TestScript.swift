// The script files under Scripts/, and their grammar.
//
//   # comment                        up to the end of the line; records are separated by empty lines
//   statement ok                     the SQL on the next lines succeeds
//   statement error E0102 some text at 'boddy'
//                                    it fails with this code; the text occurs in the message or the hint; the
//                                    diagnostic's place is this piece of the statement
//   query ITR [rowsort] [label]      the SQL up to ----, then the rows, a line each, fields separated by |
//                                    types: I integer, R real, T text, B boolean, J json, M timestamp, X blob, V vector
//   explain                          the SQL up to ----, then its plan; compared with the optimizer on only
//   restart                          every session is closed, and the file is opened again
//   session NAME                     the following records run in this session
//   parameters 1, 'x', name = 2      values for the next record's statement
//   file NAME                        the following lines up to a line `end` become a file in $DIR; \xNN is a byte
//   contents NAME                    after ----: what the file in $DIR holds
//   print                            runs the SQL and prints its rows

import Foundation

struct TestScript: Sendable, CustomStringConvertible {
    enum Record: Sendable {
        case statement(sql: String, failure: ExpectedFailure?)
        case query(sql: String, types: String, isSorted: Bool, label: String?, expected: [String])
        case explain(sql: String, expected: [String])
        case restart
        case session(String)
        case parameters(String)
        case file(name: String, lines: [String])
        case contents(name: String, expected: [String])
        case print(sql: String)
    }

    struct ExpectedFailure: Sendable {
        var code: String
        var text: String
        var place: String?
    }

    struct Item: Sendable {
        var record: Record
        /// The line of the record's first word, from 1.
        var line: Int
        /// Lines of the expected results: what an update replaces.
        var expectedLines: Range<Int>
    }

    struct Malformed: Error, CustomStringConvertible {
        var description: String
    }

    var name: String
    var url: URL
    var lines: [String]
    var items: [Item] = []

    var description: String { name }

    static let directory = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Scripts")

    /// Every script, by name; one that cannot be read has no items and fails when it is run.
    static let all: [TestScript] = {
        let root = directory.path(percentEncoded: false)
        let names = FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String } ?? []
        let wanted = ProcessInfo.processInfo.environment["MARTLET_SCRIPT"]
        return names.filter { $0.hasSuffix(".test") && (wanted.map($0.contains) ?? true) }.sorted().map { name in
            let url = directory.appending(path: name)
            let text = (try? String(contentsOf: url, encoding: .utf8)) ?? "unreadable"
            return TestScript(name: name, url: url, lines: text.components(separatedBy: "\n"))
        }
    }()

    /// The script with its records.
    func parsed() throws -> TestScript {
        var script = self
        var position = 0
        while position < lines.count {
            let line = lines[position]
            if line.isEmpty || line.hasPrefix("#") {
                position += 1
                continue
            }
            script.items.append(try parseItem(&position))
        }
        return script
    }

    private func parseItem(_ position: inout Int) throws -> Item {
        let start = position
        let header = lines[position]
        position += 1
        let words = header.split(separator: " ").map(String.init)
        func malformed() -> Malformed { Malformed(description: "\(name):\(start + 1): cannot read '\(header)'") }
        func block() -> [String] {
            var block: [String] = []
            while position < lines.count, !lines[position].isEmpty, lines[position] != "----" {
                block.append(lines[position])
                position += 1
            }
            return block
        }
        func expected() -> Range<Int> {
            if position < lines.count, lines[position] == "----" { position += 1 }
            let first = position
            while position < lines.count, !lines[position].isEmpty { position += 1 }
            return first..<position
        }
        func item(_ record: Record, _ range: Range<Int> = 0..<0) -> Item {
            Item(record: record, line: start + 1, expectedLines: range)
        }

        switch words[0] {
        case "statement" where words.count >= 2:
            let sql = block().joined(separator: "\n")
            if words[1] == "ok" { return item(.statement(sql: sql, failure: nil)) }
            guard words[1] == "error", words.count >= 3 else { throw malformed() }
            return item(
                .statement(sql: sql, failure: Self.failure(words.dropFirst(2).joined(separator: " "))),
                start..<start + 1)
        case "query" where words.count >= 2:
            let sql = block().joined(separator: "\n")
            let range = expected()
            return item(
                .query(
                    sql: sql, types: words[1], isSorted: words.contains("rowsort"),
                    label: words.dropFirst(2).first { $0 != "rowsort" && $0 != "nosort" },
                    expected: Array(lines[range])), range)
        case "explain":
            let sql = block().joined(separator: "\n")
            let range = expected()
            return item(.explain(sql: sql, expected: Array(lines[range])), range)
        case "restart": return item(.restart)
        case "session" where words.count == 2: return item(.session(words[1]))
        case "parameters": return item(.parameters(String(header.dropFirst("parameters".count))))
        case "file" where words.count == 2:
            var content: [String] = []
            while position < lines.count, lines[position] != "end" {
                content.append(lines[position])
                position += 1
            }
            position += 1
            return item(.file(name: words[1], lines: content))
        case "contents" where words.count == 2:
            let range = expected()
            return item(.contents(name: words[1], expected: Array(lines[range])), range)
        case "print": return item(.print(sql: block().joined(separator: "\n")))
        default: throw malformed()
        }
    }

    /// `E0102 did you mean at 'boddy'`
    private static func failure(_ text: String) -> ExpectedFailure {
        let code = text.prefix { $0 != " " }
        var rest = text.dropFirst(code.count).drop { $0 == " " }
        var place: String?
        if rest.hasSuffix("'"), let range = rest.range(of: "at '", options: .backwards) {
            place = String(rest[range.upperBound...].dropLast()).replacingOccurrences(of: "\\n", with: "\n")
            rest = rest[..<range.lowerBound]
            while rest.last == " " { rest = rest.dropLast() }
        }
        return ExpectedFailure(code: String(code), text: String(rest), place: place)
    }
}
