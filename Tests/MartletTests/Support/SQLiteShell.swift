// The sqlite3 program, where the machine has it, as another opinion on what a statement gives.

import Foundation

enum SQLiteShell {
    static let path: String? = ["/usr/bin/sqlite3", "/usr/local/bin/sqlite3", "/opt/homebrew/bin/sqlite3"]
        .first { FileManager.default.isExecutableFile(atPath: $0) }

    struct Failure: Error {}

    /// What each statement prints, a row a line: values separated by `|`, NULL as such. An error prints nothing.
    static func run(_ statements: [String]) throws -> [[String]] {
        guard let path else { throw Failure() }
        let directory = FileManager.default.temporaryDirectory.appending(path: "martlet-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let script = directory.appending(path: "script.sql")
        let output = directory.appending(path: "output.txt")
        var text = ".mode list\n.separator |\n.nullvalue NULL\nPRAGMA foreign_keys = ON;\n.print @@\n"
        for statement in statements { text += statement + ";\n.print @@\n" }
        try text.write(to: script, atomically: true, encoding: .utf8)
        try Data().write(to: output)

        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = ["-batch", ":memory:"]
        process.standardInput = try FileHandle(forReadingFrom: script)
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()

        var results: [[String]] = []
        var rows: [String] = []
        for line in try String(contentsOf: output, encoding: .utf8).split(
            separator: "\n", omittingEmptySubsequences: false)
        {
            if line == "@@" {
                results.append(rows)
                rows = []
            } else {
                rows.append(String(line))
            }
        }
        guard results.count == statements.count + 1 else { throw Failure() }
        return Array(results.dropFirst())
    }
}
