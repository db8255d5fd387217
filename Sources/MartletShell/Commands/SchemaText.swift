// The CREATE statements of tables and indexes, rebuilt from the system tables.

import MartletCore
import MartletFormats
import MartletLanguage

enum SchemaText {
    /// The statements for one table, or for all in the order of their names.
    ///
    /// - Throws: `unknownTable`, with a suggestion.
    static func text(
        of table: String?, ask: (String) throws(Diagnostic) -> [[Value]]
    ) throws(Diagnostic) -> String {
        let names = try ask("SELECT name FROM sys.tables ORDER BY name").map { ValueText.text($0[0]) }
        var shown = names
        if let table {
            shown = names.filter { $0.matches(table) }
            if shown.isEmpty {
                throw Diagnostic(
                    .unknownTable, "unknown table '\(table)'", hint: Suggestion.hint(for: table, among: names))
            }
        }
        let columns = try ask(
            #"SELECT "table", name, type, not_null, "default", primary_key FROM sys.columns ORDER BY "table", position"#
        )
        let indexes = try ask(
            #"""
            SELECT "table", name, method, columns, "unique", internal, options FROM sys.indexes ORDER BY "table", name
            """#)
        var text = ""
        for name in shown {
            let own = columns.filter { $0[0] == .text(name) }
            let ownIndexes = indexes.filter { $0[0] == .text(name) }
            let columnNames = own.map { ValueText.text($0[1]) }
            text += create(name, own, ownIndexes.filter { $0[5] == .boolean(true) }, columnNames)
            for index in ownIndexes where index[5] == .boolean(false) {
                text += create(index, on: name, columnNames)
            }
        }
        return text
    }

    private static func create(
        _ name: String, _ columns: [[Value]], _ constraints: [[Value]], _ columnNames: [String]
    ) -> String {
        var key: [(place: Int64, name: String)] = []
        for column in columns {
            if case .integer(let place) = column[5] { key.append((place, Printer.quoted(ValueText.text(column[1])))) }
        }
        key.sort { $0.place < $1.place }
        var lines = columns.map { column in
            var line = "\(Printer.quoted(ValueText.text(column[1]))) \(ValueText.text(column[2]))"
            if key.count == 1, !column[5].isNull {
                line += " PRIMARY KEY"
            } else if column[3] == .boolean(true) {
                line += " NOT NULL"
            }
            if !column[4].isNull { line += " DEFAULT \(ValueText.text(column[4]))" }
            return line
        }
        if key.count > 1 { lines.append("PRIMARY KEY (\(key.map(\.name).joined(separator: ", ")))") }
        for index in constraints where index[4] == .boolean(true) && index[2] == .text("btree") {
            // The primary key has an index of its own.
            let columns = parts(ValueText.text(index[3]), columnNames)
            if columns != key.map(\.name).joined(separator: ", ") { lines.append("UNIQUE (\(columns))") }
        }
        return "CREATE TABLE \(Printer.quoted(name)) (\n    \(lines.joined(separator: ",\n    "))\n);\n"
    }

    private static func create(_ index: [Value], on table: String, _ columnNames: [String]) -> String {
        let isUnique = index[4] == .boolean(true)
        var text = "CREATE \(isUnique ? "UNIQUE " : "")INDEX \(Printer.quoted(ValueText.text(index[1]))) "
        text += "ON \(Printer.quoted(table))"
        if index[2] != .text("btree") { text += " USING \(ValueText.text(index[2]))" }
        text += " (\(parts(ValueText.text(index[3]), columnNames)))"
        if case .json(let options) = index[6], case .object(let members)? = try? JSONValue.parse(options),
            !members.isEmpty
        {
            let settings = members.map { "\(Printer.quoted($0.key)) = \(literal($0.value))" }
            text += "\n    WITH (\(settings.joined(separator: ", ")))"
        }
        return text + ";\n"
    }

    /// `title WEIGHT 3.0, body DESC` with names in quotes where they need them. A name may itself hold ", ", so the
    /// longest known name wins.
    private static func parts(_ text: String, _ columnNames: [String]) -> String {
        let longestFirst = columnNames.sorted { $0.utf8.count > $1.utf8.count }
        var rest = Substring(text)
        var result = ""
        while !rest.isEmpty {
            guard let name = longestFirst.first(where: { isPart(rest, named: $0) }) else { return text }
            rest = rest.dropFirst(name.count)
            let end = rest.firstIndex(of: ",") ?? rest.endIndex
            let suffix = rest[..<end]
            result += Printer.quoted(name) + (suffix.hasSuffix(".0") ? suffix.dropLast(2) : suffix)
            rest = rest[end...]
            if !rest.isEmpty {
                rest = rest.dropFirst(2)
                result += ", "
            }
        }
        return result
    }

    private static func isPart(_ rest: Substring, named name: String) -> Bool {
        guard rest.hasPrefix(name) else { return false }
        let after = rest.dropFirst(name.count)
        return after.isEmpty || after.hasPrefix(", ") || after.hasPrefix(" WEIGHT ") || after.hasPrefix(" DESC")
    }

    private static func literal(_ value: JSONValue) -> String {
        if case .string(let text) = value {
            return "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
        }
        return value.description
    }
}
