// The logic tests of the SQLite project, where they are at hand: `MARTLET_DATA`, else `../shared/data` beside the package.

import Foundation
import MartletCore
import MartletRuntime
import Testing

private let logicFiles: [URL] = {
    let package = TestScript.directory.deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    let data =
        ProcessInfo.processInfo.environment["MARTLET_DATA"].map { URL(filePath: $0) }
        ?? package.deletingLastPathComponent().appending(path: "shared/data")
    let folder = data.appending(path: "sqllogictest")
    // Folders in it too.
    let names = (try? FileManager.default.subpathsOfDirectory(atPath: folder.path(percentEncoded: false))) ?? []
    return names.filter { $0.hasSuffix(".test") }.sorted().map { folder.appending(path: $0) }
}()

extension EngineTests {
    @Suite(.enabled(if: !logicFiles.isEmpty, "no data beside the package")) struct LogicTests {
        @Test(arguments: logicFiles)
        func file(_ url: URL) throws {
            var run = LogicRun(engine: try Engine.temporary())
            try run.behaveAsSQLiteDoes()
            try run.run(try String(contentsOf: url, encoding: .utf8))
            #expect(run.passed > 0)
            let ignored = run.ignored > 0 ? ", \(run.ignored) ignored" : ""
            print("\(url.lastPathComponent): \(run.passed) records passed, \(run.failures.count) failed\(ignored)")
            for failure in run.failures.prefix(10) { Issue.record("\(url.lastPathComponent):\(failure)") }
        }

        @Test func digest() {
            #expect(MessageDigest5.hexadecimal("") == "d41d8cd98f00b204e9800998ecf8427e")
            #expect(MessageDigest5.hexadecimal("message digest") == "f96b697d7cb7938d525a2f31aaf161d0")
            #expect(
                MessageDigest5.hexadecimal(String(repeating: "1234567890", count: 8))
                    == "57edf4a22be3c955ac49da2e2107b67a")
        }
    }
}

/// One file against one database.
private struct LogicRun {
    private let session: EngineSession
    private(set) var passed = 0
    private(set) var failures: [String] = []
    private(set) var ignored = 0
    private var hashThreshold = Int.max
    private var labels: [String: [String]] = [:]

    init(engine: Engine) { session = EngineSession(engine) }

    func behaveAsSQLiteDoes() throws {
        _ = try session.run("PRAGMA division_by_zero = null").rows()
        _ = try session.run("PRAGMA ungrouped_columns = first").rows()
    }

    mutating func run(_ text: String) throws {
        let lines = text.components(separatedBy: "\n").map { $0.hasSuffix("\r") ? String($0.dropLast()) : $0 }
        var position = 0
        while position < lines.count {
            var isSkipped = false
            // Conditions stand directly above their record.
            while position < lines.count {
                let words = lines[position].split(separator: " ")
                if words.count >= 2, words[0] == "skipif" {
                    isSkipped = isSkipped || words[1] == "martlet"
                } else if words.count >= 2, words[0] == "onlyif" {
                    isSkipped = isSkipped || words[1] != "martlet"
                } else if !lines[position].hasPrefix("#") {
                    break
                }
                position += 1
            }
            let start = position
            var record: [String] = []
            while position < lines.count, !lines[position].isEmpty {
                record.append(lines[position])
                position += 1
            }
            position += 1
            guard let header = record.first else { continue }
            if header.hasPrefix("halt") {
                if isSkipped { continue }
                return
            }
            if !isSkipped { run(record, header.split(separator: " ").map(String.init), line: start + 1) }
        }
    }

    private mutating func run(_ record: [String], _ words: [String], line: Int) {
        switch words[0] {
        case "hash-threshold":
            // 0 is no limit.
            hashThreshold = words.count > 1 ? Int(words[1]) ?? .max : .max
            if hashThreshold <= 0 { hashThreshold = .max }
        case "statement":
            let failure = TrySession.failure(session, record.dropFirst().joined(separator: "\n"))
            let isRight = (failure == nil) == (words.count > 1 && words[1] == "ok")
            finish(isRight, line, failure.map { "\($0)" } ?? "the statement succeeded")
        case "query" where words.count > 1:
            // Without the rule, no result is expected: the query must only succeed.
            let rule = record.firstIndex(of: "----")
            let sql = record[1..<(rule ?? record.count)].joined(separator: "\n")
            query(sql, words, expected: rule.map { Array(record.dropFirst($0 + 1)) }, line: line)
        // Some files have statements without a header.
        default: ignored += 1
        }
    }

    private mutating func query(_ sql: String, _ words: [String], expected: [String]?, line: Int) {
        let types = Array(words[1])
        do throws(Diagnostic) {
            let stream = try session.run(sql)
            guard stream.columns.count == types.count else {
                return finish(false, line, "\(stream.columns.count) columns, not \(types.count)")
            }
            let rows = try stream.rows()
            var texts = rows.map { row in zip(row, types).map { Self.text($0, as: $1) } }
            if words.contains("rowsort") { texts.sort { $0.lexicographicallyPrecedes($1) } }
            var values = texts.flatMap { $0 }
            if words.contains("valuesort") { values.sort() }
            guard let expected else { return finish(true, line, "") }
            if words.count > 3 {
                if let known = labels[words[3]], known != values {
                    return finish(false, line, "another result than before with label \(words[3])")
                }
                labels[words[3]] = values
            }
            let isHashed =
                values.count > hashThreshold
                || (expected.count == 1 && expected[0].contains(" values hashing to "))
            let given =
                isHashed
                ? ["\(values.count) values hashing to " + MessageDigest5.hexadecimal(values.map { $0 + "\n" }.joined())]
                : values
            finish(given == expected, line, "expected \(expected), got \(given)\n\(sql)")
        } catch {
            finish(false, line, "\(error)\n\(sql)")
        }
    }

    private mutating func finish(_ isRight: Bool, _ line: Int, _ message: String) {
        if isRight { passed += 1 } else { failures.append("\(line): \(message)") }
    }

    /// A value as the type letter demands: `%d`, `%.3f`, or text with only printable characters.
    private static func text(_ value: Value, as type: Character) -> String {
        switch (value, type) {
        case (.null, _): return "NULL"
        case (.boolean(let flag), _): return flag ? "1" : "0"
        case (.integer(let number), "R"): return String(format: "%.3f", Double(number))
        case (.real(let number), "R"): return String(format: "%.3f", number)
        case (.real(let number), "I"): return String(Int64(number.clamped))
        case (.text(let text), "I"): return String(leadingInteger(text))
        case (.text(let text), "R"): return String(format: "%.3f", strtod(text, nil))
        case (.blob(let bytes), "T"): return Self.text(.text(String(decoding: bytes, as: UTF8.self)), as: "T")
        case (.integer(let number), _): return String(number)
        case (.real(let number), _):
            let text = String(format: "%.15g", number)
            return text.contains(where: { ".en".contains($0) }) ? text : text + ".0"
        case (.text(""), _): return "(empty)"
        case (.text(let text), _):
            return String(
                String.UnicodeScalarView(text.unicodeScalars.map { (32...126).contains($0.value) ? $0 : "@" }))
        default: return TextForm.value(value)
        }
    }
}

/// The number at the beginning of a text; 0 if there is none.
private func leadingInteger(_ text: String) -> Int64 {
    Int64(text.withCString { strtoll($0, nil, 10) })
}

extension Double {
    fileprivate var clamped: Double { Swift.min(Swift.max(self, -9e18), 9e18) }
}
