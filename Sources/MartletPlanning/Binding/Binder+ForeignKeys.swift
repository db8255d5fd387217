// Binds REFERENCES and FOREIGN KEY.

package import MartletCatalog
package import MartletCore
package import MartletExpressions
import MartletLanguage

/// The constraints of a table's definition, as they are met.
struct DeclaredConstraints {
    /// UNIQUE, as column positions.
    var uniques: [[Int]] = []
    var checks: [Expression] = []
    var foreignKeys: [(columns: [Int], key: ForeignKey)] = []
}

extension Binder {
    /// - Parameters:
    ///   - table: The table that has the key, with all its columns.
    ///   - uniques: Its UNIQUE constraints while it is being created.
    /// - Throws: `unknownTable`, `unknownColumn`; `unknownIndex` if the columns that it names are not unique;
    ///   `wrongColumnCount`, `typeMismatch` if they do not fit its own.
    func foreignKey(
        _ key: ForeignKey, of columns: [Int], in table: Table, uniques: [[Int]] = []
    ) throws(Diagnostic) -> ForeignKeyDefinition {
        let isOwn = key.table.name.matches(table.name)
        guard let target = isOwn ? table : catalog.table(named: key.table.name) else { throw noTable(key.table) }
        let targetColumns = key.columns.isEmpty ? target.primaryKey : try self.targetColumns(key.columns, of: target)
        let range =
            key.columns.first.map { first in
                key.columns.dropFirst().reduce(first.range) { $0.union($1.range) }
            } ?? key.table.range
        if targetColumns.isEmpty {
            throw Diagnostic(
                .unknownIndex, "table \(target.name) has no PRIMARY KEY", at: range, hint: "name its UNIQUE columns")
        }
        if targetColumns.count != columns.count {
            throw Diagnostic(
                .wrongColumnCount, "\(columns.count) columns refer to \(targetColumns.count)", at: range)
        }
        for (own, other) in zip(columns, targetColumns) where table.columns[own].type != target.columns[other].type {
            throw Diagnostic(
                .typeMismatch,
                "\(table.columns[own].name) is \(table.columns[own].type), "
                    + "but \(target.name).\(target.columns[other].name) is \(target.columns[other].type)",
                at: range)
        }
        let known = uniques + catalog.indexes(of: target.id).compactMap(\.uniqueColumns)
        let wanted = targetColumns.sorted()
        guard wanted == target.primaryKey.sorted() || known.contains(where: { $0.sorted() == wanted }) else {
            let names = targetColumns.map { target.columns[$0].name }.joined(separator: ", ")
            throw Diagnostic(
                .unknownIndex, "(\(names)) is no PRIMARY KEY or UNIQUE constraint of table \(target.name)", at: range)
        }
        return ForeignKeyDefinition(
            columns: columns, tableID: isOwn ? table.id : target.id, targetColumns: targetColumns,
            onDelete: Self.action(key.onDelete), onUpdate: Self.action(key.onUpdate))
    }

    private static func action(_ action: ForeignKey.Action?) -> ForeignKeyDefinition.Action {
        switch action {
        case nil, .noAction: .noAction
        case .restrict: .restrict
        case .cascade: .cascade
        case .setNull: .setNull
        case .setDefault: .setDefault
        }
    }

    /// A table that needs the index, because it finds the rows that a foreign key names.
    func foreignKeyUser(of index: Index) -> Table? {
        guard let columns = index.uniqueColumns?.sorted(), let table = catalog.table(id: index.tableID) else {
            return nil
        }
        if table.primaryKey.sorted() == columns { return nil }
        let others = catalog.indexes(of: index.tableID).filter { $0.id != index.id }
        if others.contains(where: { $0.uniqueColumns?.sorted() == columns }) { return nil }
        return catalog.foreignKeys(to: index.tableID).first { $0.key.targetColumns.sorted() == columns }?.table
    }

    /// What is needed to write a table that a statement does not name: that of a foreign key's rows.
    package static func writeTarget(
        of table: Table, in catalog: Catalog
    ) throws(Diagnostic) -> (target: WriteTarget, defaults: [BoundExpression]) {
        let binder = Binder(catalog: catalog, text: "", parameters: .none)
        return (try binder.writeTarget(table), try binder.defaults(of: table))
    }
}
