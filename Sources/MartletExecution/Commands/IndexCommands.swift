// CREATE INDEX and DROP INDEX.

import MartletCatalog
import MartletCore
import MartletPlanning
import MartletStorage

enum IndexCommands {
    static func create(_ definition: Index, _ context: ExecutionContext) throws(Diagnostic) {
        let view = try context.writable()
        guard let table = context.catalog.table(id: definition.tableID) else {
            throw Diagnostic(.corrupt, "index \(definition.name) has no table")
        }
        var index = definition
        index.id = try CatalogStore.nextID(view)
        try CatalogStore.put(index, view)
        if index.textOptions != nil { try TextIndexUpkeep.create(index, table, building: false, view) }
        try fill(index, table, context, view)
    }

    /// Enters the rows that are there already.
    private static func fill(
        _ index: Index, _ table: Table, _ context: ExecutionContext, _ view: WriteView
    ) throws(Diagnostic) {
        let scan = Scan(table: table, alias: table.name, columns: Array(table.columns.indices), includesRowID: true)
        let rows = try TableScanOperator(context, scan, lower: nil, upper: nil)
        let text = index.textOptions == nil ? nil : try TextIndexUpkeep(index, of: table, view)
        var done = 0
        while let batch = try rows.next() {
            for row in 0..<batch.count {
                let values = batch.row(row)
                guard case .integer(let rowID) = values[table.columns.count] else { continue }
                if let text {
                    try text.insert(values, rowID)
                } else {
                    try enter(index, table, values, rowID, view)
                }
            }
            done += batch.count
            context.progress?(Progress(stage: "index", rowsDone: done))
        }
        try text?.finish()
    }

    private static func enter(
        _ index: Index, _ table: Table, _ values: [Value], _ rowID: Int64, _ view: WriteView
    ) throws(Diagnostic) {
        let (key, isExclusive) = IndexEntry.key(index, values, rowID)
        do throws(Diagnostic) {
            try key.checkLength()
        } catch {
            throw Diagnostic(
                .keyTooLong, "the values of index \(index.name) take more than \(Limits.keyBytes) bytes",
                place: "table \(table.name), row \(rowID)")
        }
        let entry = index.isUnique ? IndexEntry.value(rowID) : []
        let isNew = try entry.withRawBytes { (bytes) throws(Diagnostic) in try view.insert(key, bytes) }
        if isExclusive, !isNew {
            let names = index.parts.map { table.columns[$0.column].name }.joined(separator: ", ")
            throw Diagnostic(
                .unique, "index \(index.name) cannot be unique: two rows have the same \(names)",
                place: "table \(table.name), row \(rowID)")
        }
    }

    static func drop(_ index: Index, _ view: WriteView) throws(Diagnostic) {
        if index.textOptions == nil {
            _ = try view.deleteAll(KeyPrefix(.index, index.id))
        } else {
            try TextIndexUpkeep.drop(index, view)
        }
        try CatalogStore.remove(index, view)
    }
}
