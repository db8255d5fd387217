// CREATE INDEX and DROP INDEX.

import MartletCatalog
import MartletCore
import MartletExpressions
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
        try make(index, table, context, view)
    }

    private static func make(
        _ index: Index, _ table: Table, _ context: ExecutionContext, _ view: WriteView
    ) throws(Diagnostic) {
        switch index.method {
        case .ordered: break
        case .text: try TextIndexUpkeep.create(index, table, building: false, view)
        case .vector(let options):
            try VectorIndexUpkeep.create(index, options, table, view)
            return try VectorIndexUpkeep.fill(index, options, table, context, view)
        }
        try fill(index, table, context, view)
    }

    /// Throws the entries away and makes them again from the rows.
    static func rebuild(_ index: Index, _ context: ExecutionContext) throws(Diagnostic) {
        let view = try context.writable()
        guard let table = context.catalog.table(id: index.tableID) else {
            throw Diagnostic(.corrupt, "index \(index.name) has no table")
        }
        // One that a TRAIN is building is made from the rows anyway; others are built at once, and by no one else any more.
        if index.buildingRun != nil { return }
        var index = index
        index.state = .ready
        try drop(index, view)
        try CatalogStore.put(index, view)
        try make(index, table, context, view)
    }

    /// Enters the rows that are there already.
    private static func fill(
        _ index: Index, _ table: Table, _ context: ExecutionContext, _ view: WriteView
    ) throws(Diagnostic) {
        let isText = index.textOptions != nil
        // Only what the index holds, and the key that orders equal scores.
        let bound = try Binder.bound(index, of: table, in: context.catalog)
        let columns = Set(bound.columnsUsed + (isText ? table.primaryKey : [])).sorted()
        let scan = Scan(table: table, alias: table.name, columns: columns, includesRowID: true)
        let rows = TableScanOperator(context, scan)
        var done = 0
        func each(_ body: (Batch, _ rowIDs: [Int64]) throws(Diagnostic) -> Void) throws(Diagnostic) {
            while let batch = try rows.next() {
                if case .integers(let rowIDs) = batch.columns[columns.count].storage { try body(batch, rowIDs) }
                done += batch.count
                context.progress?(Progress(stage: "index", rowsDone: done))
            }
        }
        if isText {
            let text = try TextIndexUpkeep(index, of: table, context, view, isAlone: true)
            try each { (batch, rowIDs) throws(Diagnostic) in
                try text.insert(batch, of: columns, rowIDs)
            }
            try text.finish()
        } else {
            let maker = try EntryMaker(bound, table, columns: columns)
            var build = IndexBuild(maker, table, context, view)
            try each { (batch, rowIDs) throws(Diagnostic) in try build.add(batch, rowIDs) }
            try build.finish()
        }
    }

    static func drop(_ index: Index, _ view: WriteView) throws(Diagnostic) {
        switch index.method {
        case .ordered: _ = try view.deleteAll(KeyPrefix(.index, index.id))
        case .text: try TextIndexUpkeep.drop(index, view)
        case .vector: try VectorIndexUpkeep.drop(index, view)
        }
        try CatalogStore.remove(index, view)
    }
}
