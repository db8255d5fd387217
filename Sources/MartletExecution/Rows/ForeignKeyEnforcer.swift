// Keeps the foreign keys of one statement's changes true.

import MartletCatalog
import MartletCore
import MartletExpressions
import MartletPlanning
import MartletStorage

/// Rows that name others are checked when they are written; where a later change of the same statement may still bring
/// the row that they name, at its end. What becomes of rows whose row is gone is decided at the end, round by round,
/// until nothing follows any more. A key with a NULL in it names nothing (MATCH SIMPLE).
final class ForeignKeyEnforcer {
    /// A row that is no longer what others may have named.
    private struct Gone {
        var table: Table
        var old: [Value]
        /// nil: deleted.
        var new: [Value]?
    }

    private struct Unmatched {
        var table: Table
        var key: ForeignKeyDefinition
        var values: [Value]
    }

    private unowned let context: ExecutionContext
    private let view: WriteView
    /// Of the table that the statement names.
    weak var statementWriter: TableWriter?
    /// Of the tables that actions change, by id.
    private var writers: [UInt32: (writer: TableWriter, defaults: [BoundExpression])] = [:]
    private var gone: [Gone] = []
    /// Rows that name nothing yet.
    private var unmatched: [Unmatched] = []
    /// Keys that are gone, which nothing may name at the end.
    private var refused: [Unmatched] = []

    init(_ context: ExecutionContext, _ view: WriteView) {
        self.context = context
        self.view = view
    }

    // MARK: Changes

    func deleted(_ values: [Value], from table: Table) {
        if context.catalog.foreignKeys(to: table.id).isEmpty { return }
        gone.append(Gone(table: table, old: values, new: nil))
    }

    func replaced(_ old: [Value], with new: [Value], in table: Table) {
        func differs(_ columns: [Int]) -> Bool {
            columns.contains { ValueOrder.compare(old[$0], new[$0]) != 0 }
        }
        if context.catalog.foreignKeys(to: table.id).contains(where: { differs($0.key.targetColumns) }) {
            gone.append(Gone(table: table, old: old, new: new))
        }
    }

    /// Whether the row that a new row names is there, or may still come.
    func check(_ key: ForeignKeyDefinition, _ values: [Value], in table: Table) throws(Diagnostic) {
        let named = key.columns.map { values[$0] }
        if named.contains(where: \.isNull) { return }
        if try exists(key, named) { return }
        guard key.tableID == statementWriter?.table.id || writers[key.tableID] != nil else {
            throw violation(key, named, in: table)
        }
        unmatched.append(Unmatched(table: table, key: key, values: named))
    }

    /// - Throws: `foreignKey` if no row has the key.
    func checkTarget(of key: ForeignKeyDefinition, _ values: [Value], in table: Table) throws(Diagnostic) {
        if try !exists(key, values) { throw violation(key, values, in: table) }
    }

    private func exists(_ key: ForeignKeyDefinition, _ values: [Value]) throws(Diagnostic) -> Bool {
        try ForeignKeyRows.target(of: key, values, context) != nil
    }

    private func violation(_ key: ForeignKeyDefinition, _ values: [Value], in table: Table) -> Diagnostic {
        let target = context.catalog.table(id: key.tableID) ?? table
        return Diagnostic(
            .foreignKey,
            "a row of table \(table.name) has \(Self.shown(key.columns, of: table, values)), but no row of table "
                + "\(target.name) has \(Self.shown(key.targetColumns, of: target, values))",
            hint: "INSERT INTO \(target.name) first")
    }

    private static func shown(_ columns: [Int], of table: Table, _ values: [Value]) -> String {
        let names = columns.map { table.columns[$0].name }.joined(separator: ", ")
        return "\(names) = \(values.map { BoundExpression.literal($0) }.joined(separator: ", "))"
    }

    // MARK: The statement's end

    /// - Throws: `foreignKey`; what the changes of other tables may throw.
    func settle() throws(Diagnostic) {
        while !gone.isEmpty {
            try context.cancellation.check()
            let round = gone
            gone = []
            var tables: [UInt32] = []
            for row in round where !tables.contains(row.table.id) { tables.append(row.table.id) }
            for id in tables {
                for (table, key) in context.catalog.foreignKeys(to: id) {
                    try act(on: key, of: table, round.filter { $0.table.id == id })
                }
            }
        }
        for row in unmatched where try !exists(row.key, row.values) {
            // The row may have been changed again since.
            let rows = try ForeignKeyRows.rows(of: row.table, row.key, naming: [row.values], context)
            if !rows.isEmpty { throw violation(row.key, row.values, in: row.table) }
        }
        for row in refused where try !exists(row.key, row.values) {
            try refuse(row.key, of: row.table, [row.values])
        }
        for id in writers.keys.sorted() { try writers[id]?.writer.finish() }
        writers = [:]
    }

    /// Does what the key says for rows of `table` that name one of the rows that are gone.
    private func act(on key: ForeignKeyDefinition, of table: Table, _ rows: [Gone]) throws(Diagnostic) {
        var deleted: [[Value]] = []
        var replaced: [(old: [Value], new: [Value])] = []
        for row in rows {
            let old = key.targetColumns.map { row.old[$0] }
            if old.contains(where: \.isNull) { continue }
            guard let new = row.new.map({ new in key.targetColumns.map { new[$0] } }) else {
                deleted.append(old)
                continue
            }
            if zip(old, new).contains(where: { ValueOrder.compare($0, $1) != 0 }) { replaced.append((old, new)) }
        }
        if !deleted.isEmpty { try act(key.onDelete, on: key, of: table, deleted.map { ($0, nil) }) }
        if !replaced.isEmpty { try act(key.onUpdate, on: key, of: table, replaced.map { ($0.old, $0.new) }) }
    }

    private func act(
        _ action: ForeignKeyDefinition.Action, on key: ForeignKeyDefinition, of table: Table,
        _ gone: [(old: [Value], new: [Value]?)]
    ) throws(Diagnostic) {
        switch action {
        case .noAction:
            refused += gone.map { Unmatched(table: table, key: key, values: $0.old) }
            return
        case .restrict: return try refuse(key, of: table, gone.map(\.old))
        case .cascade, .setNull, .setDefault: break
        }
        let found = try ForeignKeyRows.rows(of: table, key, naming: gone.map(\.old), context)
        if found.isEmpty { return }
        let (writer, defaults) = try writer(of: table)
        if action == .cascade, gone[0].new == nil {
            for row in found { try writer.delete(row.values, rowID: row.rowID) }
            return
        }
        var replacements: [[UInt8]: [Value]] = [:]
        if action == .cascade {
            for (old, new) in gone { replacements[ForeignKeyRows.encoded(old)] = new }
        }
        var fallback = [Value](repeating: .null, count: key.columns.count)
        if action == .setDefault {
            for (index, column) in key.columns.enumerated() { fallback[index] = try context.value(defaults[column]) }
        }
        var changed: [[Value]] = []
        for row in found {
            var new = row.values
            let values = replacements[ForeignKeyRows.encoded(key.columns.map { row.values[$0] })] ?? fallback
            for (column, value) in zip(key.columns, values) { new[column] = value }
            changed.append(new)
        }
        try writer.check(Batch(rows: changed, types: table.types))
        for (row, new) in zip(found, changed) {
            try writer.beginReplace(row.values, row.rowID, with: new, writer.rowID(of: new, current: row.rowID))
        }
        for (row, new) in zip(found, changed) {
            try writer.endReplace(row.values, row.rowID, with: new, writer.rowID(of: new, current: row.rowID))
        }
    }

    private func refuse(_ key: ForeignKeyDefinition, of table: Table, _ gone: [[Value]]) throws(Diagnostic) {
        guard let row = try ForeignKeyRows.rows(of: table, key, naming: gone, context).first,
            let target = context.catalog.table(id: key.tableID)
        else { return }
        let values = key.columns.map { row.values[$0] }
        throw Diagnostic(
            .foreignKey,
            "the row of table \(target.name) with \(Self.shown(key.targetColumns, of: target, values)) is named by a row "
                + "of table \(table.name)",
            hint: "change or delete the rows of \(table.name) with \(Self.shown(key.columns, of: table, values)) first")
    }

    private func writer(of table: Table) throws(Diagnostic) -> (TableWriter, [BoundExpression]) {
        if let known = writers[table.id] { return known }
        let (target, defaults) = try Binder.writeTarget(of: table, in: context.catalog)
        let writer: TableWriter
        if let own = statementWriter, own.table.id == table.id {
            // Finished by the statement itself.
            return (own, defaults)
        }
        writer = try TableWriter(context, target, sharing: self)
        writers[table.id] = (writer, defaults)
        return (writer, defaults)
    }
}
