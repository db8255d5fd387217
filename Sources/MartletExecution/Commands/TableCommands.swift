// CREATE TABLE and DROP TABLE.

import MartletCatalog
import MartletCore
import MartletPlanning
import MartletStorage

enum TableCommands {
    /// - Returns: the table with its id.
    @discardableResult
    static func create(
        _ definition: Table, uniques: [[Int]], _ context: ExecutionContext
    ) throws(Diagnostic) -> Table {
        let view = try context.writable()
        var table = definition
        table.id = try CatalogStore.nextID(view)
        for key in table.foreignKeys.indices where table.foreignKeys[key].tableID == 0 {
            table.foreignKeys[key].tableID = table.id
        }
        try CatalogStore.put(table, view)
        var names = Set(context.catalog.indexes.map { $0.name.foldedName })
        for columns in uniques {
            let base = ([table.name] + columns.map { table.columns[$0].name } + ["key"]).joined(separator: "_")
            var name = base
            var number = 1
            while !names.insert(name.foldedName).inserted {
                number += 1
                name = "\(base)\(number)"
            }
            try CatalogStore.put(
                Index(
                    id: try CatalogStore.nextID(view), name: name, tableID: table.id,
                    method: .ordered(isUnique: true), parts: columns.map { Index.Part(column: $0) }, isInternal: true),
                view)
        }
        return table
    }

    /// Drops the table with its rows, its indexes, the model versions that were trained on it, and the foreign keys of
    /// other tables to it.
    static func drop(_ table: Table, _ context: ExecutionContext) throws(Diagnostic) {
        let view = try context.writable()
        for model in context.catalog.models where model.versions.contains(where: { $0.tableID == table.id }) {
            try ModelCommands.drop(model, trainedOn: table, context)
        }
        for var other in context.catalog.tables
        where other.id != table.id && other.foreignKeys.contains(where: { $0.tableID == table.id }) {
            other.foreignKeys.removeAll { $0.tableID == table.id }
            try CatalogStore.put(other, view)
        }
        for index in context.catalog.indexes(of: table.id) { try IndexCommands.drop(index, view) }
        _ = try view.deleteAll(KeyPrefix(.row, table.id))
        try PackedRows.drop(objectID: table.id, in: view)
        try CatalogStore.remove(table, view)
    }
}
