// The CREATE statements of tables, indexes and views, rebuilt from the system tables.

import MartletCore
import MartletFormats
import MartletLanguage

enum SchemaText {
    typealias Ask = (String) throws(Diagnostic) -> [[Value]]

    /// The statements for one table or view, or for all: tables by name, those that others reference before them, then
    /// views.
    ///
    /// - Throws: `unknownTable`, with a suggestion.
    static func text(of name: String?, ask: Ask) throws(Diagnostic) -> String {
        let tables = try Tables(ask)
        let views = try ask("SELECT name, columns, sql FROM sys.views ORDER BY name")
        let viewNames = views.map { ValueText.text($0[0]) }
        guard let name else {
            let statements = tables.inOrder.map(tables.statements) + inOrder(views, viewNames).map(create)
            return statements.joined()
        }
        if let table = tables.names.first(where: { $0.matches(name) }) { return tables.statements(table) }
        if let view = views.first(where: { ValueText.text($0[0]).matches(name) }) { return create(view) }
        throw Diagnostic(
            .unknownTable, "unknown table '\(name)'",
            hint: Suggestion.hint(for: name, among: tables.names + viewNames))
    }

    // MARK: Views

    private static func create(_ view: [Value]) -> String {
        var text = "CREATE VIEW \(Printer.quoted(ValueText.text(view[0])))"
        if case .text(let columns) = view[1] {
            text += " (\(columns.split(separator: ", ").map { Printer.quoted(String($0)) }.joined(separator: ", ")))"
        }
        return text + " AS \(ValueText.text(view[2]));\n"
    }

    /// Those whose names stand in another one's text before it.
    private static func inOrder(_ views: [[Value]], _ names: [String]) -> [[Value]] {
        var rest = Array(views.indices)
        var order: [Int] = []
        while !rest.isEmpty {
            let free = rest.firstIndex { view in
                let text = ValueText.text(views[view][2])
                return !rest.contains { $0 != view && text.contains(names[$0]) }
            }
            order.append(rest.remove(at: free ?? 0))
        }
        return order.map { views[$0] }
    }
}

/// What the system tables say about the user's tables.
private struct Tables {
    let names: [String]
    private let columns: [[Value]]
    private let indexes: [[Value]]
    private let checks: [[Value]]
    private let references: [[Value]]

    init(_ ask: SchemaText.Ask) throws(Diagnostic) {
        names = try ask("SELECT name FROM sys.tables ORDER BY name").map { ValueText.text($0[0]) }
        columns = try ask(
            #"SELECT "table", name, type, not_null, "default", primary_key FROM sys.columns ORDER BY "table", position"#
        )
        indexes = try ask(
            #"""
            SELECT "table", name, method, columns, "unique", internal, options, filter FROM sys.indexes
            ORDER BY "table", name
            """#)
        checks = try ask(#"SELECT "table", expression FROM sys.checks"#)
        references = try ask(
            #"SELECT "table", columns, "references", target_columns, on_delete, on_update FROM sys.foreign_keys"#)
    }

    /// Every table behind those that it references.
    var inOrder: [String] {
        var rest = names
        var order: [String] = []
        while !rest.isEmpty {
            let free = rest.firstIndex { table in
                !references.contains {
                    $0[0] == .text(table) && $0[2] != .text(table) && rest.contains(ValueText.text($0[2]))
                }
            }
            order.append(rest.remove(at: free ?? 0))
        }
        return order
    }

    func statements(_ name: String) -> String {
        let own = indexes.filter { $0[0] == .text(name) }
        return create(name, own.filter { $0[5] == .boolean(true) })
            + own.filter { $0[5] == .boolean(false) }.map { create($0, on: name) }.joined()
    }

    private func columnNames(_ table: String) -> [String] {
        columns.filter { $0[0] == .text(table) }.map { ValueText.text($0[1]) }
    }

    private func create(_ name: String, _ constraints: [[Value]]) -> String {
        let columns = columns.filter { $0[0] == .text(name) }
        let columnNames = columnNames(name)
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
            let columns = Self.parts(ValueText.text(index[3]), columnNames)
            if columns != key.map(\.name).joined(separator: ", ") { lines.append("UNIQUE (\(columns))") }
        }
        for check in checks where check[0] == .text(name) { lines.append("CHECK (\(ValueText.text(check[1])))") }
        for reference in references where reference[0] == .text(name) {
            let target = ValueText.text(reference[2])
            var line = "FOREIGN KEY (\(Self.parts(ValueText.text(reference[1]), columnNames)))"
            line += " REFERENCES \(Printer.quoted(target))"
            line += " (\(Self.parts(ValueText.text(reference[3]), self.columnNames(target))))"
            for (event, action) in [("DELETE", reference[4]), ("UPDATE", reference[5])] {
                let words = ValueText.text(action).uppercased()
                if words != "NO ACTION" { line += " ON \(event) \(words)" }
            }
            lines.append(line)
        }
        return "CREATE TABLE \(Printer.quoted(name)) (\n    \(lines.joined(separator: ",\n    "))\n);\n"
    }

    private func create(_ index: [Value], on table: String) -> String {
        let isUnique = index[4] == .boolean(true)
        var text = "CREATE \(isUnique ? "UNIQUE " : "")INDEX \(Printer.quoted(ValueText.text(index[1]))) "
        text += "ON \(Printer.quoted(table))"
        if index[2] != .text("btree") { text += " USING \(ValueText.text(index[2]))" }
        text += " (\(Self.parts(ValueText.text(index[3]), columnNames(table))))"
        if case .json(let options) = index[6], case .object(let members)? = try? JSONValue.parse(options),
            !members.isEmpty
        {
            let settings = members.map { "\(Printer.quoted($0.key)) = \(Self.literal($0.value))" }
            text += "\n    WITH (\(settings.joined(separator: ", ")))"
        }
        if !index[7].isNull { text += "\n    WHERE \(ValueText.text(index[7]))" }
        return text + ";\n"
    }

    /// `title WEIGHT 3.0, body DESC` with names in quotes where they need them. A name may itself hold ", ", so the
    /// longest known name wins.
    private static func parts(_ text: String, _ columnNames: [String]) -> String {
        let longestFirst = columnNames.sorted { $0.utf8.count > $1.utf8.count }
        var rest = Substring(text)
        var result = ""
        while !rest.isEmpty {
            let expression = parenthesised(rest)
            let name = longestFirst.first { isPart(rest, named: $0) }
            guard let part = expression.map(String.init) ?? name else { return text }
            rest = rest.dropFirst(part.count)
            let end = rest.firstIndex(of: ",") ?? rest.endIndex
            let suffix = rest[..<end]
            result +=
                (expression.map(String.init) ?? Printer.quoted(part))
                + (suffix.hasSuffix(".0") ? suffix.dropLast(2) : suffix)
            rest = rest[end...]
            if !rest.isEmpty {
                rest = rest.dropFirst(2)
                result += ", "
            }
        }
        return result
    }

    /// The expression in parentheses with which the text begins.
    private static func parenthesised(_ text: Substring) -> Substring? {
        guard text.first == "(" else { return nil }
        var depth = 0
        var quote: Character?
        for index in text.indices {
            let character = text[index]
            if let open = quote {
                if character == open { quote = nil }
            } else if character == "'" || character == "\"" {
                quote = character
            } else if character == "(" {
                depth += 1
            } else if character == ")" {
                depth -= 1
                if depth == 0 { return text[...index] }
            }
        }
        return nil
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
