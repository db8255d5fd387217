// Runs one script against an engine of its own.

import Foundation
import MartletCore
import MartletRuntime
import MartletStorage

/// Keeps the file, the sessions and the temporary directory of one run.
final class ScriptRunner {
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    /// What a record gave, where it is not what the script expects.
    struct Difference {
        var item: TestScript.Item
        var message: String
        /// The lines to write instead; nil where an update cannot help.
        var replacement: [String]?
    }

    private let usesOptimizer: Bool
    private let directory: URL
    private var engine: Engine
    private var sessions: [String: EngineSession] = [:]
    private var sessionName = "main"
    private var parameters = ParameterValues.none
    private var results: [String: [String]] = [:]
    private let clock = ScriptClock()

    init(usesOptimizer: Bool) throws {
        self.usesOptimizer = usesOptimizer
        directory = FileManager.default.temporaryDirectory.appending(path: "martlet-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        engine = try Self.open(directory, usesOptimizer, clock)
    }

    deinit { try? FileManager.default.removeItem(at: directory) }

    private static func open(_ directory: URL, _ usesOptimizer: Bool, _ clock: ScriptClock) throws -> Engine {
        var options = EngineOptions(durability: .none, threads: 2, clock: { clock.next() })
        options.usesOptimizer = usesOptimizer
        return try Engine(
            path: directory.appending(path: "test.martlet").path(percentEncoded: false), options: options)
    }

    private var session: EngineSession {
        if let known = sessions[sessionName] { return known }
        let session = EngineSession(engine)
        sessions[sessionName] = session
        return session
    }

    /// Runs all records, then checks the file.
    func run(_ script: TestScript) -> [Difference] {
        var differences: [Difference] = []
        for item in script.items {
            do {
                if let difference = try run(item) { differences.append(difference) }
            } catch {
                differences.append(Difference(item: item, message: "\(error)"))
            }
        }
        let last = TestScript.Item(record: .restart, line: script.lines.count, expectedLines: 0..<0)
        do {
            sessions = [:]
            sessionName = "check"
            let problems = try query("PRAGMA integrity_check").rows.map { $0.joined(separator: "|") }
            if problems != ["ok"] {
                differences.append(Difference(item: last, message: "integrity_check: \(problems)"))
            }
        } catch {
            differences.append(Difference(item: last, message: "integrity_check: \(error)"))
        }
        sessions = [:]
        engine.close()
        return differences
    }

    // MARK: Records

    private func run(_ item: TestScript.Item) throws -> Difference? {
        func different(_ message: String, _ replacement: [String]? = nil) -> Difference {
            Difference(item: item, message: message, replacement: replacement)
        }
        switch item.record {
        case .statement(let sql, nil):
            _ = try query(sql)
            return nil
        case .statement(let sql, let failure?): return try expect(failure, of: sql).map { different($0.0, [$0.1]) }
        case .query(let sql, let types, let isSorted, let label, let expected):
            let (given, rows) = try query(sql)
            var actual = rows.map { $0.joined(separator: "|") }
            var wanted = expected.map(TextForm.normalized)
            if isSorted {
                actual.sort()
                wanted.sort()
            }
            if let label {
                if let known = results[label], known != actual { return different("differs from others of \(label)") }
                results[label] = actual
            }
            if types != "?", !Self.fits(given, types) {
                return different("the columns are \(given), not \(types)", actual)
            }
            if actual.map(TextForm.normalized) != wanted {
                return different("expected \(wanted.debugDescription), got \(actual.debugDescription)", actual)
            }
            return nil
        case .explain(let sql, let expected):
            let actual = try query("EXPLAIN " + sql).rows.map { $0[0] }
            if !usesOptimizer || actual == expected { return nil }
            return different("the plan is\n\(actual.joined(separator: "\n"))", actual)
        case .restart:
            sessions = [:]
            engine.close()
            engine = try Self.open(directory, usesOptimizer, clock)
            return nil
        case .session(let name):
            sessionName = name
            return nil
        case .parameters(let text):
            parameters = try values(text)
            return nil
        case .file(let name, let lines):
            let file = directory.appending(path: name)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(Self.bytes(lines)).write(to: file)
            return nil
        case .contents(let name, let expected):
            let text = hidden(try String(contentsOf: directory.appending(path: name), encoding: .utf8))
            var actual = text.components(separatedBy: "\n")
            if actual.last == "" { actual.removeLast() }
            return actual == expected ? nil : different("the file holds \(actual)", actual)
        case .print(let sql):
            for row in try query(sql).rows { print(row.joined(separator: "|")) }
            return nil
        }
    }

    /// The columns' letters and the rows.
    private func query(_ sql: String) throws -> (types: String, rows: [[String]]) {
        defer { parameters = .none }
        let text = sql.replacingOccurrences(of: "$DIR", with: directory.path(percentEncoded: false))
        let stream = try session.run(text, parameters: parameters)
        let types = String(stream.columns.map { TextForm.letter($0.type) })
        return (types, try stream.rows().map { $0.map { hidden(TextForm.value($0)) } })
    }

    private func expect(_ failure: TestScript.ExpectedFailure, of sql: String) throws -> (String, String)? {
        let text = sql.replacingOccurrences(of: "$DIR", with: directory.path(percentEncoded: false))
        do {
            _ = try query(sql)
        } catch let error as Diagnostic {
            let shown = hidden(error.description)
            let place = error.range.map { range -> String in
                let utf8 = Array(text.utf8)
                guard range.start <= range.end, range.end <= utf8.count else { return "(out of range)" }
                return hidden(String(decoding: utf8[range.start..<range.end], as: UTF8.self))
            }
            var line = "statement error \(error.code.rawValue) \(shown.dropFirst("error[E0000]: ".count))"
            if let place { line += " at '\(place.replacingOccurrences(of: "\n", with: "\\n"))'" }
            if error.code.rawValue != failure.code { return ("failed with \(shown) at '\(place ?? "nowhere")'", line) }
            if !failure.text.isEmpty, !shown.contains(failure.text) {
                return ("'\(failure.text)' does not occur in \(shown)", line)
            }
            if let wanted = failure.place, wanted != place {
                return ("the place is '\(place ?? "nowhere")', not '\(wanted)': \(shown)", line)
            }
            return nil
        }
        return ("succeeded, but \(failure.code) was expected", "statement ok")
    }

    /// Temporary paths differ from run to run.
    private func hidden(_ text: String) -> String {
        text.replacingOccurrences(of: directory.path(percentEncoded: false), with: "$DIR")
    }

    private static func fits(_ given: String, _ wanted: String) -> Bool {
        given.count == wanted.count && zip(given, wanted).allSatisfy { $0 == $1 || $1 == "?" || $0 == "N" }
    }

    // MARK: Values

    /// `1, 'x', name = 2`, computed by the engine itself.
    private func values(_ text: String) throws -> ParameterValues {
        var result = ParameterValues.none
        for part in text.split(separator: ",") {
            let sides = part.split(separator: "=", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
            let expression = sides[sides.count - 1]
            let rows = try EngineSession(engine).run("SELECT \(expression)").rows()
            guard let value = rows.first?.first else { throw Failure(description: "no value in '\(part)'") }
            if sides.count == 2 { result.named[sides[0]] = value } else { result.positional.append(value) }
        }
        return result
    }

    /// `\\x41` is a byte; a backslash at a line's end takes away its line feed.
    private static func bytes(_ lines: [String]) -> [UInt8] {
        var bytes: [UInt8] = []
        for line in lines {
            let isJoined = line.hasSuffix("\\")
            var rest = isJoined ? line.dropLast() : Substring(line)
            while let first = rest.first {
                if rest.hasPrefix("\\x"), let byte = UInt8(rest.dropFirst(2).prefix(2), radix: 16) {
                    bytes.append(byte)
                    rest = rest.dropFirst(4)
                } else {
                    bytes += Array(String(first).utf8)
                    rest = rest.dropFirst()
                }
            }
            if !isJoined { bytes.append(10) }
        }
        return bytes
    }
}
