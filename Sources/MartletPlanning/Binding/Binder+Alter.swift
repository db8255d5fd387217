// Binds ALTER TABLE.

import MartletCatalog
import MartletCore
import MartletExpressions
import MartletLanguage

extension Binder {
    func bindAlterTable(_ alter: AlterTable) throws(Diagnostic) -> Command {
        let table = try writableTable(QualifiedName(name: alter.table))
        switch alter.action {
        case .addColumn(let column): return try bindAddColumn(column, table)
        case .dropColumn(let name): return try bindDropColumn(name, table)
        case .renameColumn(let name, let new): return try bindRenameColumn(name, new, table)
        case .rename(let new): return try bindRename(new, table, alter.table)
        }
    }

    private func bindAddColumn(_ column: ColumnDefinition, _ old: Table) throws(Diagnostic) -> Command {
        for constraint in column.constraints {
            switch constraint {
            case .primaryKey(let location):
                throw Diagnostic(.misplaced, "a new column cannot be the PRIMARY KEY", at: location.range)
            case .unique(let location):
                throw Diagnostic(
                    .misplaced, "a new column cannot be UNIQUE at once", at: location.range,
                    hint: "CREATE UNIQUE INDEX when it is filled")
            default: break
            }
        }
        if old.columns.count >= Limits.columnsPerTable {
            throw Diagnostic(
                .limitExceeded, "a table has at most \(Limits.columnsPerTable) columns", at: column.name.range)
        }
        var table = old
        var declared = DeclaredConstraints()
        try add(column, to: &table, &declared)
        for (columns, key) in declared.foreignKeys {
            table.foreignKeys.append(try foreignKey(key, of: columns, in: table))
        }
        guard let added = table.columns.last else { throw Diagnostic(.corrupt, "a table without columns") }
        let scan = Scan(table: table, alias: table.name, columns: Array(table.columns.indices), includesRowID: false)
        var bound: [(expression: BoundExpression, text: String)] = []
        for check in declared.checks {
            let text = source(check.range)
            bound.append(
                (
                    try bindStored(
                        text, columns: scan.output, as: .boolean, purpose: .condition, start: check.range.start),
                    text
                ))
        }
        let value =
            try added.defaultText.map { text throws(Diagnostic) in
                try bindStored(text, columns: [], as: added.type, purpose: .assignment(column: added.name))
            } ?? .constant(.null, added.type, .none)
        return .addColumn(WriteTarget(table: table, indexes: [], checks: bound), value: value)
    }

    private func bindDropColumn(_ name: Identifier, _ old: Table) throws(Diagnostic) -> Command {
        let column = try columnIndex(name, in: old)
        func used(_ by: String, hint: String? = nil) -> Diagnostic {
            Diagnostic(
                .inUse, "column '\(old.columns[column].name)' of table \(old.name) is used by \(by)", at: name.range,
                hint: hint)
        }
        if old.columns.count == 1 { throw Diagnostic(.misplaced, "a table keeps at least one column", at: name.range) }
        if old.primaryKey.contains(column) { throw used("its PRIMARY KEY") }
        try refuseSynonymColumn(name, of: old)
        var indexes = catalog.indexes(of: old.id)
        var usedIndex: Index?
        for index in indexes
        where try Self.bound(index, of: old, in: catalog).columnsUsed.contains(column) && usedIndex == nil {
            usedIndex = index
        }
        if let index = usedIndex {
            throw used("index \(index.name)", hint: index.isInternal ? nil : "DROP INDEX \(index.name) first")
        }
        if old.foreignKeys.contains(where: { $0.columns.contains(column) }) { throw used("its FOREIGN KEY") }
        try refuseViews(of: old, name.range)
        var table = old
        table.columns.remove(at: column)
        // All rows are written anew.
        for index in table.columns.indices { table.columns[index].absentRow = nil }
        func moved(_ index: Int) -> Int { index > column ? index - 1 : index }
        table.primaryKey = table.primaryKey.map(moved)
        for key in table.foreignKeys.indices {
            table.foreignKeys[key].columns = table.foreignKeys[key].columns.map(moved)
        }
        // Those that name this table say so by the positions of its columns.
        var tables = catalog.tables.filter { $0.id != old.id && $0.foreignKeys.contains { $0.tableID == old.id } }
        func moveTargets(of table: inout Table) {
            for key in table.foreignKeys.indices where table.foreignKeys[key].tableID == old.id {
                table.foreignKeys[key].targetColumns = table.foreignKeys[key].targetColumns.map(moved)
            }
        }
        for index in tables.indices { moveTargets(of: &tables[index]) }
        moveTargets(of: &table)
        for index in indexes.indices {
            for part in indexes[index].parts.indices {
                indexes[index].parts[part].column = indexes[index].parts[part].column.map(moved)
            }
        }
        for check in old.checks where (try? bound(check, of: table)) == nil { throw used("CHECK (\(check))") }
        return .dropColumn(column, from: old, table, indexes, referring: tables)
    }

    private func bindRenameColumn(
        _ name: Identifier, _ new: Identifier, _ old: Table
    ) throws(Diagnostic) -> Command {
        let column = try columnIndex(name, in: old)
        try checkName(new)
        if let other = old.columnIndex(named: new.name), other != column {
            throw Diagnostic(.duplicateName, "table \(old.name) has a column '\(new.name)' already", at: new.range)
        }
        if !new.name.matches(name.name) { try refuseSynonymColumn(name, of: old) }
        try refuseViews(of: old, name.range)
        var table = old
        table.columns[column].name = new.name
        for index in table.checks.indices {
            let text = Self.renaming(old.columns[column].name, to: new.name, in: old.checks[index])
            // It must still mean the same.
            guard let before = try? bound(old.checks[index], of: old), let after = try? bound(text, of: table),
                before == after
            else {
                throw Diagnostic(
                    .inUse, "column '\(name.name)' of table \(old.name) is used by CHECK (\(old.checks[index]))",
                    at: name.range)
            }
            table.checks[index] = text
        }
        let indexes = try renamed(column, to: new.name, in: table, from: old, name.range)
        return .renamed(
            table, indexes: indexes, what: "column \(old.name).\(old.columns[column].name) is now \(new.name)")
    }

    /// The indexes whose expressions name the column, with its new name in them.
    private func renamed(
        _ column: Int, to new: String, in table: Table, from old: Table, _ range: SourceRange
    ) throws(Diagnostic) -> [Index] {
        var changed: [Index] = []
        for index in catalog.indexes(of: old.id) {
            var other = index
            func rename(_ text: String) -> String { Self.renaming(old.columns[column].name, to: new, in: text) }
            for part in other.parts.indices { other.parts[part].expression = other.parts[part].expression.map(rename) }
            other.filter = other.filter.map(rename)
            if other == index { continue }
            let before = try Self.bound(index, of: old, in: catalog)
            guard let after = try? Self.bound(other, of: table, in: catalog), before.keys == after.keys,
                before.filter == after.filter
            else {
                throw Diagnostic(
                    .inUse, "column '\(old.columns[column].name)' of table \(old.name) is used by index \(index.name)",
                    at: range, hint: "DROP INDEX \(index.name) first")
            }
            changed.append(other)
        }
        return changed
    }

    private func bindRename(_ new: Identifier, _ old: Table, _ name: Identifier) throws(Diagnostic) -> Command {
        try checkName(new)
        let isTaken = catalog.table(named: new.name).map { $0.id != old.id } ?? false
        if isTaken || catalog.view(named: new.name) != nil || catalog.deployment(named: new.name) != nil {
            throw Diagnostic(.alreadyExists, "'\(new.name)' exists already", at: new.range)
        }
        try refuseViews(of: old, name.range)
        var table = old
        table.name = new.name
        for check in table.checks where (try? bound(check, of: table)) == nil {
            throw Diagnostic(.inUse, "table \(old.name) is named in CHECK (\(check))", at: name.range)
        }
        for index in catalog.indexes(of: old.id) where (try? Self.bound(index, of: table, in: catalog)) == nil {
            throw Diagnostic(.inUse, "table \(old.name) is named in index \(index.name)", at: name.range)
        }
        return .renamed(table, indexes: [], what: "table \(old.name) is now \(new.name)")
    }

    private func refuseViews(of table: Table, _ range: SourceRange) throws(Diagnostic) {
        let users = try dependents(of: table.id, "table \(table.name)", true, range).map(\.name)
        if users.isEmpty { return }
        throw Diagnostic(
            .inUse,
            "table \(table.name) is read by \(users.count == 1 ? "view" : "views") \(users.joined(separator: ", "))",
            at: range, hint: "drop \(users.count == 1 ? "it" : "them") first, and create again afterwards")
    }

    /// A CHECK in a form that does not depend on the columns' names.
    private func bound(_ check: String, of table: Table) throws(Diagnostic) -> String {
        let scan = Scan(table: table, alias: table.name, columns: Array(table.columns.indices), includesRowID: false)
        return try bindStored(check, columns: scan.output, as: .boolean, purpose: .condition)
            .description(columnNames: table.columns.indices.map { "column \($0)" })
    }

    /// The expression with each word that may be the column replaced.
    private static func renaming(_ old: String, to new: String, in text: String) -> String {
        let bytes = Array(text.utf8)
        var lexer = Lexer(bytes)
        var result: [UInt8] = []
        var end = 0
        while true {
            let token = lexer.next()
            if token.kind == .endOfText { break }
            guard token.kind == .word || token.kind == .quotedWord else { continue }
            var written = String(decoding: bytes[token.start..<token.end], as: UTF8.self)
            if token.kind == .quotedWord { written = String(written.dropFirst().dropLast()) }
            guard written.matches(old) else { continue }
            result += bytes[end..<token.start]
            result += Array(Printer.quoted(new).utf8)
            end = token.end
        }
        return String(decoding: result + bytes[end...], as: UTF8.self)
    }
}
