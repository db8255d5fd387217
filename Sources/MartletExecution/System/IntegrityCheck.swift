// PRAGMA integrity_check: reads everything, and tells what does not fit together.

import MartletCatalog
import MartletCore
import MartletPlanning
import MartletStorage
import MartletText
import MartletVectors

enum IntegrityCheck {
    /// More problems than this are not listed.
    private static let problemLimit = 100

    /// One row a problem; the single row `ok` when there is none.
    static func rows(_ context: ExecutionContext) throws(Diagnostic) -> Batch {
        var problems = try context.storageProblems?() ?? []
        // Reading on would follow damaged pages, which LMDB trusts.
        if !problems.isEmpty { return Batch(rows: problems.prefix(problemLimit).map { [.text($0)] }, types: [.text]) }
        for table in context.catalog.tables + SystemTable.stored { try check(table, context, &problems) }
        for index in context.catalog.indexes where context.catalog.table(id: index.tableID) == nil {
            problems.append("index \(index.name) has no table")
        }
        for table in context.catalog.tables { try checkForeignKeys(of: table, context, &problems) }
        checkModels(context, &problems)
        try FeedbackStore.check(context.view, &problems)
        if problems.isEmpty { problems = ["ok"] }
        return Batch(rows: problems.prefix(problemLimit).map { [.text($0)] }, types: [.text])
    }

    private static func check(
        _ table: Table, _ context: ExecutionContext, _ problems: inout [String]
    ) throws(Diagnostic) {
        let indexes = context.catalog.indexes(of: table.id)
        var ordered: [(maker: EntryMaker, count: Int)] = []
        for index in indexes where index.isOrdered {
            let bound = try Binder.bound(index, of: table, in: context.catalog)
            ordered.append((try EntryMaker(bound, table), 0))
        }
        let layout = table.layout
        var rowIDs: Set<Int64> = []
        var count = 0
        var cursor = try context.view.cursor(KeyPrefix(.row, table.id))
        var found = try cursor.first()
        while found {
            if count % Limits.rowsPerBatch == 0 { try context.cancellation.check() }
            count += 1
            do throws(Diagnostic) {
                let rowID = try RowKey.rowID(cursor.keySuffix)
                rowIDs.insert(rowID)
                let values = try RowReader(cursor.value, layout: layout).values()
                for (value, column) in zip(values, table.columns) where value.isNull && column.isNotNull {
                    problems.append("table \(table.name), row \(rowID): column \(column.name) is NULL")
                }
                for place in ordered.indices {
                    let index = ordered[place].maker.index
                    guard let key = try ordered[place].maker.entry(values, rowID)?.key else { continue }
                    ordered[place].count += 1
                    guard let entry = try context.view.get(key) else {
                        problems.append("table \(table.name), row \(rowID): missing in index \(index.name)")
                        continue
                    }
                    let named = try key.bytes.withRawBytes { (bytes) throws(Diagnostic) in
                        try IndexEntry.rowID(key: bytes, value: entry)
                    }
                    if named != rowID {
                        problems.append("index \(index.name) names row \(named) for row \(rowID)")
                    }
                }
            } catch {
                problems.append("table \(table.name), row \(count): \(error.message)")
            }
            if problems.count > problemLimit { return }
            found = try cursor.next()
        }
        do throws(Diagnostic) {
            try PackedRows.check(objectID: table.id, in: context.view)
        } catch {
            problems.append("table \(table.name): \(error.message)")
        }
        let counted = try CatalogStore.rowCount(ofTable: table.id, context.view)
        if counted != Int64(count) { problems.append("table \(table.name) has \(count) rows but counts \(counted)") }
        for (maker, count) in ordered {
            let index = maker.index
            var entries = 0
            var cursor = try context.view.cursor(KeyPrefix(.index, index.id))
            var found = try cursor.first()
            while found {
                entries += 1
                found = try cursor.next()
            }
            if entries != count { problems.append("index \(index.name) has \(entries) entries for \(count) rows") }
        }
        for index in indexes where index.textOptions != nil { checkText(index, rowIDs, context, &problems) }
        for index in indexes where index.vectorOptions != nil { checkVectors(index, table, context, &problems) }
    }

    private static func checkForeignKeys(
        of table: Table, _ context: ExecutionContext, _ problems: inout [String]
    ) throws(Diagnostic) {
        if table.foreignKeys.isEmpty || problems.count > problemLimit { return }
        let layout = table.layout
        var cursor = try context.view.cursor(KeyPrefix(.row, table.id))
        var found = try cursor.first()
        var count = 0
        while found {
            count += 1
            if count % Limits.rowsPerBatch == 0 { try context.cancellation.check() }
            let rowID = try RowKey.rowID(cursor.keySuffix)
            // A row that cannot be read was reported before.
            if let values = try? RowReader(cursor.value, layout: layout).values() {
                for key in table.foreignKeys {
                    let named = key.columns.map { values[$0] }
                    if named.contains(where: \.isNull) { continue }
                    if try ForeignKeyRows.target(of: key, named, context) == nil {
                        let names = key.columns.map { table.columns[$0].name }.joined(separator: ", ")
                        problems.append("table \(table.name), row \(rowID): \(names) names no row")
                    }
                }
            }
            if problems.count > problemLimit { return }
            found = try cursor.next()
        }
    }

    private static func checkVectors(
        _ index: Index, _ table: Table, _ context: ExecutionContext, _ problems: inout [String]
    ) {
        do throws(Diagnostic) {
            let reader = try VectorIndexReader(objectID: index.id, in: context.view)
            try reader.integrityCheck()
            if index.state == .building {
                _ = try VectorIndexBuild.of(objectID: index.id, in: context.view)
                return
            }
            var indexed = Set(try reader.rowIDs())
            let layout = table.layout
            var cursor = try context.view.cursor(KeyPrefix(.row, table.id))
            var found = try cursor.first()
            while found {
                let rowID = try RowKey.rowID(cursor.keySuffix)
                let hasVector = try RowReader(cursor.value, layout: layout).bytes(index.columns[0]) != nil
                if hasVector != (indexed.remove(rowID) != nil) {
                    problems.append(
                        hasVector
                            ? "index \(index.name) lacks row \(rowID)"
                            : "index \(index.name) names row \(rowID), which has no vector")
                    if problems.count > problemLimit { return }
                }
                found = try cursor.next()
            }
            for rowID in indexed.sorted().prefix(problemLimit) {
                problems.append("index \(index.name) names row \(rowID), which is not there")
            }
        } catch {
            problems.append("index \(index.name): \(error.message)")
        }
    }

    private static func checkText(
        _ index: Index, _ rowIDs: Set<Int64>, _ context: ExecutionContext, _ problems: inout [String]
    ) {
        do throws(Diagnostic) {
            let reader = try TextIndexReader(objectID: index.id, in: context.view)
            try reader.integrityCheck()
            if index.state == .ready {
                if index.textOptions?.chunking != nil { return try checkPassages(index, reader, rowIDs, &problems) }
                if reader.documentCount != rowIDs.count {
                    problems.append(
                        "index \(index.name) has \(reader.documentCount) documents for \(rowIDs.count) rows")
                }
                for rowID in rowIDs where try reader.locate(rowid: rowID) == nil {
                    problems.append("index \(index.name) lacks row \(rowID)")
                    if problems.count > problemLimit { return }
                }
            }
        } catch {
            problems.append("index \(index.name)\(error.place.map { ", \($0)" } ?? ""): \(error.message)")
        }
    }

    private static func checkPassages(
        _ index: Index, _ reader: TextIndexReader, _ rowIDs: Set<Int64>, _ problems: inout [String]
    ) throws(Diagnostic) {
        var count = 0
        for rowID in rowIDs {
            var id = try PassageID.first(ofRow: rowID)
            if try reader.locate(rowid: id) == nil { problems.append("index \(index.name) lacks row \(rowID)") }
            if problems.count > problemLimit { return }
            while PassageID.row(of: id) == rowID, try reader.locate(rowid: id) != nil {
                count += 1
                id += 1
            }
        }
        if count != reader.documentCount {
            problems.append(
                "index \(index.name) has \(reader.documentCount) passages, of which \(count) are of rows")
        }
    }

    private static func checkModels(_ context: ExecutionContext, _ problems: inout [String]) {
        let catalog = context.catalog
        for model in catalog.models {
            for version in model.versions {
                let name = "model \(model.name)@\(version.number)"
                if let id = version.indexID, catalog.index(id: id)?.state != .ready {
                    problems.append("\(name) has no index")
                }
                do throws(Diagnostic) {
                    if version.bytesID != nil { _ = try ModelBytes.read(version, context.view) }
                } catch {
                    problems.append("\(name): \(error.message)")
                }
            }
        }
        for deployment in catalog.deployments
        where catalog.model(id: deployment.modelID)?.version(deployment.version) == nil {
            problems.append("deployment \(deployment.name) has no model")
        }
    }
}
