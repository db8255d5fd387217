// Everything that a user of the workload's database can see, as lines of text to compare.

package import MartletCore
package import MartletRuntime

package enum DatabaseState {
    /// Rows of all tables, the catalog, models, deployments, and searches with their scores; no times.
    package static func lines(_ session: EngineSession) throws(Diagnostic) -> [String] {
        var lines: [String] = []
        func add(_ statement: String) {
            lines.append("> " + statement)
            do throws(Diagnostic) {
                for row in try session.run(statement).rows() {
                    lines.append(row.map(text).joined(separator: " | "))
                }
            } catch {
                lines.append("error \(error.code.rawValue)")
            }
        }
        add("SELECT id, title, body, year FROM docs ORDER BY id")
        add("SELECT count(*), sum(year) FROM docs WHERE year >= 2000")
        add("SELECT mark, note FROM marks ORDER BY mark")
        add("SELECT id, length(name), substr(name, 1, 12), at FROM places ORDER BY id")
        add("SEARCH places FOR at NEAR '[2, 1, 3]' RETURN id, score LIMIT 30 WITH (exact = true)")
        for table in 0..<3 { add("SELECT * FROM extra\(table) ORDER BY k") }
        add("SELECT name, table, method, columns, state FROM sys.indexes WHERE NOT internal ORDER BY name")
        add("SELECT name, columns, rows FROM sys.tables ORDER BY name")
        add("SELECT model, version, kind, rows, shards, bytes, digest FROM sys.models ORDER BY model, version")
        add("SELECT model, version, state, rows, shards FROM sys.runs WHERE state = 'finished' ORDER BY version")
        add("SELECT count(*) FROM sys.runs WHERE state = 'running'")
        add("SELECT deployment, model, version, state FROM sys.deployments ORDER BY deployment")
        add("SELECT id, deployment, model, kind, query, document, phrase, rank FROM sys.feedback ORDER BY id")
        for place in ["docs", "help", "second"] {
            for words in ["martlet", "swift river", "nest stone absent"] {
                add("SEARCH \(place) FOR '\(words)' RETURN id, score LIMIT 30")
            }
        }
        return lines
    }

    private static func text(_ value: Value) -> String {
        switch value {
        case .null: "NULL"
        case .integer(let value): String(value)
        case .real(let value): String(value)
        case .text(let value): value
        case .boolean(let value): String(value)
        default: String(describing: value)
        }
    }
}
