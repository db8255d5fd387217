// Writes rows of one table, keeping its constraints and indexes true.

import MartletCatalog
import MartletCore
import MartletExpressions
import MartletPlanning
import MartletStorage

/// Rows that may be inserted: nothing is missing, and their conditions hold.
struct CompletedRows {
    var batch: Batch
    var rowIDs: [Int64]
    /// As they are stored; nil: they are written one by one.
    fileprivate var stored: RowBlock?
    /// For each ordered index the keys of its entries; nil: they are made one by one.
    fileprivate var keys: [EntryKeys?]

    var count: Int { batch.count }
}

/// For one statement: call `finish` after the last change.
final class TableWriter {
    let table: Table
    private let context: ExecutionContext
    private let view: WriteView
    private let ordered: [EntryMaker]
    private let searchIndexes: [any SearchIndexUpkeep]
    /// Whether an index needs a column's value.
    private let isIndexed: [Bool]
    private let checks: [(condition: CompiledExpression, text: String, columns: [Int])]
    private let layout: RowLayout
    // Used for every row, so not checked for overlapping access.
    @exclusivity(unchecked) private var rowWriter: RowWriter
    private let rowPrefix: KeyPrefix
    /// Of a table with vectors: its rows are stored packed.
    private var packed: PackedRows?
    @exclusivity(unchecked) private var entryValue = KeyWriter()
    /// The greatest row id in the table; nil until it is looked up.
    private var lastRowID: Int64?
    /// The greatest row id that is stored; nil until it is looked up. Later ids are new without asking.
    @exclusivity(unchecked) private var lastStoredRowID: Int64?
    /// Whether rows after the last one may be the last of the file, which saves looking for their place.
    @exclusivity(unchecked) private var mayAppend = true
    @exclusivity(unchecked) private var rowCountChange = 0
    /// Why a row was refused last: the columns that the constraint is about, and which row of the checked batch it was.
    private(set) var refusedColumns: [Int] = []
    private(set) var refusedRow = 0
    /// Of the table that the statement names; nil without foreign keys.
    private let ownForeignKeys: ForeignKeyEnforcer?
    /// Of a table that is written because of its foreign keys.
    private weak var sharedForeignKeys: ForeignKeyEnforcer?
    private var foreignKeys: ForeignKeyEnforcer? { ownForeignKeys ?? sharedForeignKeys }
    private let hasForeignKeys: Bool

    init(
        _ context: ExecutionContext, _ target: WriteTarget, sharing enforcer: ForeignKeyEnforcer? = nil
    ) throws(Diagnostic) {
        self.context = context
        view = try context.writable()
        table = target.table
        var ordered: [EntryMaker] = []
        var searchIndexes: [any SearchIndexUpkeep] = []
        for index in target.indexes {
            switch index.index.method {
            case .ordered: ordered.append(try EntryMaker(index, target.table))
            case .text: searchIndexes.append(try TextIndexUpkeep(index.index, of: target.table, context, view))
            case .vector: searchIndexes.append(try VectorIndexUpkeep(index.index, target.table, context, view))
            }
        }
        self.ordered = ordered
        self.searchIndexes = searchIndexes
        var isIndexed = [Bool](repeating: !searchIndexes.isEmpty, count: target.table.columns.count)
        for maker in ordered { for column in maker.bound.columnsUsed { isIndexed[column] = true } }
        self.isIndexed = isIndexed
        var checks: [(condition: CompiledExpression, text: String, columns: [Int])] = []
        for check in target.checks {
            checks.append(
                (
                    try ExpressionCompiler.compile(check.expression), check.text,
                    check.expression.columnsUsed.sorted()
                ))
        }
        self.checks = checks
        layout = target.layout
        rowWriter = RowWriter(layout: layout)
        rowPrefix = KeyPrefix(.row, target.table.id)
        packed = target.table.hasVectors ? PackedRows(view, objectID: target.table.id) : nil
        hasForeignKeys =
            !target.table.foreignKeys.isEmpty || !context.catalog.foreignKeys(to: target.table.id).isEmpty
        sharedForeignKeys = enforcer
        ownForeignKeys = hasForeignKeys && enforcer == nil ? ForeignKeyEnforcer(context, view) : nil
        ownForeignKeys?.statementWriter = self
    }

    /// Does what foreign keys ask for, and brings what is buffered into the transaction.
    func finish() throws(Diagnostic) {
        try ownForeignKeys?.settle()
        for index in searchIndexes { try index.finish() }
        CatalogStore.addRows(rowCountChange, toTable: table.id, view)
        rowCountChange = 0
    }

    // MARK: Checks

    /// A full row's batch, NULLs in the row id column replaced by fresh ids.
    ///
    /// - Throws: `notNull`, `check`.
    func completed(_ batch: Batch) throws(Diagnostic) -> CompletedRows {
        var batch = batch
        let rowIDs: [Int64]
        if let column = table.rowIDColumn {
            var ids: [Int64] = []
            if case .integers(let given) = batch.columns[column].storage, batch.columns[column].nulls == nil {
                ids = given
                lastRowID = max(try greatestRowID(), given.max() ?? .min)
            } else {
                ids.reserveCapacity(batch.count)
            }
            for row in ids.count..<batch.count {
                if case .integer(let id) = batch.columns[column][row] {
                    ids.append(id)
                    lastRowID = max(try greatestRowID(), id)
                } else {
                    ids.append(try nextRowID())
                }
            }
            if (0..<batch.count).contains(where: { batch.columns[column].isNull($0) }) {
                batch.columns[column] = Column(type: .integer, storage: .integers(ids))
            }
            rowIDs = ids
        } else {
            var ids: [Int64] = []
            ids.reserveCapacity(batch.count)
            for _ in 0..<batch.count { ids.append(try nextRowID()) }
            rowIDs = ids
        }
        try check(batch)
        let stored = batch.count > 1 ? RowBlock(batch.columns, count: batch.count, layout: layout) : nil
        return CompletedRows(
            batch: batch, rowIDs: rowIDs, stored: stored,
            keys: ordered.map { batch.count > 1 ? $0.keys(of: batch, rowIDs) : nil })
    }

    func check(_ batch: Batch) throws(Diagnostic) {
        for (index, column) in table.columns.enumerated() where column.isNotNull {
            let values = batch.columns[index]
            var hasNull = values.nulls?.contains(true) ?? false
            if case .nulls(let count) = values.storage { hasNull = count > 0 }
            if hasNull {
                refusedColumns = [index]
                refusedRow = (0..<batch.count).first { values.isNull($0) } ?? 0
                throw Diagnostic(.notNull, "column '\(column.name)' of table \(table.name) must not be NULL")
            }
        }
        for check in checks {
            let result = try check.condition.evaluate(batch, context.evaluation)
            for row in 0..<batch.count where result[row] == .boolean(false) {
                refusedColumns = check.columns
                refusedRow = row
                let shown = check.columns.map { column in
                    "\(table.columns[column].name) is \(BoundExpression.literal(batch.columns[column][row]))"
                }
                throw Diagnostic(
                    .check, "CHECK (\(check.text)) of table \(table.name) failed",
                    hint: shown.isEmpty ? nil : shown.joined(separator: ", "))
            }
        }
    }

    private func greatestRowID() throws(Diagnostic) -> Int64 {
        if let lastRowID { return lastRowID }
        var cursor = try view.cursor(KeyPrefix(.row, table.id))
        let last = try cursor.last() ? try RowKey.rowID(cursor.keySuffix) : 0
        lastRowID = last
        lastStoredRowID = last
        return last
    }

    private func nextRowID() throws(Diagnostic) -> Int64 {
        let last = max(try greatestRowID(), 0)
        guard last < .max else { throw Diagnostic(.limitExceeded, "table \(table.name) has used up its row ids") }
        lastRowID = last + 1
        return last + 1
    }

    /// Forgets ids that were given to rows which are not inserted.
    func forgetRowIDs() {
        lastRowID = nil
        lastStoredRowID = nil
    }

    // MARK: Changes

    /// Adds one row.
    ///
    /// - Throws: `unique`, `rowTooLarge`, `keyTooLong`.
    func insert(_ rows: CompletedRows, row: Int) throws(Diagnostic) {
        let batch = rows.batch
        let rowID = rows.rowIDs[row]
        let isNew: Bool
        if let stored = rows.stored {
            isNew = try stored.withRow(row) { (bytes) throws(Diagnostic) in try insert(bytes, rowID) }
        } else {
            try rowWriter.write(batch.columns, row: row)
            isNew = try rowWriter.withUnsafeBytes { (bytes) throws(Diagnostic) in try insert(bytes, rowID) }
        }
        if !isNew { throw violation(table.primaryKey, batch.row(row)) }
        if let lastStoredRowID { self.lastStoredRowID = max(lastStoredRowID, rowID) }
        rowCountChange += 1
        var values: [Value]?
        func indexed() -> [Value] {
            if let values { return values }
            let made = batch.columns.indices.map { isIndexed[$0] ? batch.columns[$0][row] : .null }
            values = made
            return made
        }
        for place in ordered.indices {
            if let keys = rows.keys[place] {
                try insertEntry(ordered[place], keys, row, rowID, indexed)
            } else {
                try insertEntry(ordered[place], indexed(), rowID)
            }
        }
        for index in searchIndexes { try index.insert(indexed(), rowID) }
        if !table.foreignKeys.isEmpty { try checkForeignKeys(batch.row(row)) }
    }

    /// Puts a row in its place. False if there is one.
    private func insert(_ bytes: UnsafeRawBufferPointer, _ rowID: Int64) throws(Diagnostic) -> Bool {
        try rowPrefix.withKey(rowNumber: rowID) { (key) throws(Diagnostic) in
            if mayAppend, let lastStoredRowID, rowID > lastStoredRowID {
                if try store(key, bytes, asLast: true) { return true }
                mayAppend = false
            }
            return try store(key, bytes)
        }
    }

    /// False if there is a row with this key, or with `asLast` one after it.
    private func store(
        _ key: UnsafeRawBufferPointer, _ bytes: UnsafeRawBufferPointer, asLast: Bool = false
    ) throws(Diagnostic) -> Bool {
        if let isNew = try packed?.insert(key, bytes, asLast: asLast) { return isNew }
        return asLast ? try view.append(ifLast: key, bytes) : try view.insert(key, bytes)
    }

    private func remove(_ rowID: Int64) throws(Diagnostic) -> Bool {
        try rowPrefix.withKey(rowNumber: rowID) { (key) throws(Diagnostic) in
            if let existed = try packed?.delete(key) { return existed }
            return try view.delete(key)
        }
    }

    /// Removes one row, given with its values.
    func delete(_ values: [Value], rowID: Int64) throws(Diagnostic) {
        for index in ordered { try deleteEntry(index, values, rowID) }
        for index in searchIndexes { try index.delete(rowID) }
        guard try remove(rowID) else { return }
        rowCountChange -= 1
        if hasForeignKeys { foreignKeys?.deleted(values, from: table) }
    }

    /// The first half of an update: takes away what will not be true any more. Do this for all rows before the second
    /// half, so that `SET id = id + 1` meets no row that is about to move.
    func beginReplace(_ old: [Value], _ oldRowID: Int64, with new: [Value], _ newRowID: Int64) throws(Diagnostic) {
        for index in ordered where try index.differs(old, oldRowID, new, newRowID) {
            try deleteEntry(index, old, oldRowID)
        }
        for index in searchIndexes where oldRowID != newRowID || index.changes(old, new) { try index.delete(oldRowID) }
        if oldRowID != newRowID { _ = try remove(oldRowID) }
    }

    /// The second half of an update.
    func endReplace(_ old: [Value], _ oldRowID: Int64, with new: [Value], _ newRowID: Int64) throws(Diagnostic) {
        try rowWriter.write(new)
        let isStored = try rowWriter.withUnsafeBytes { (bytes) throws(Diagnostic) in
            try rowPrefix.withKey(rowNumber: newRowID) { (key) throws(Diagnostic) in
                if oldRowID != newRowID { return try store(key, bytes) }
                if packed == nil { try view.put(key, bytes) } else { try packed?.put(key, bytes) }
                return true
            }
        }
        if !isStored { throw violation(table.primaryKey, new).withoutHint }
        for index in ordered where try index.differs(old, oldRowID, new, newRowID) {
            do throws(Diagnostic) {
                try insertEntry(index, new, newRowID)
            } catch {
                throw error.withoutHint
            }
        }
        for index in searchIndexes where oldRowID != newRowID || index.changes(old, new) {
            try index.insert(new, newRowID)
        }
        if hasForeignKeys {
            try checkForeignKeys(new, replacing: old)
            foreignKeys?.replaced(old, with: new, in: table)
        }
    }

    private func checkForeignKeys(_ values: [Value], replacing old: [Value]? = nil) throws(Diagnostic) {
        for key in table.foreignKeys {
            if let old, key.columns.allSatisfy({ ValueOrder.compare(old[$0], values[$0]) == 0 }) { continue }
            refusedColumns = key.columns
            try foreignKeys?.check(key, values, in: table)
        }
        refusedColumns = []
    }

    private func deleteEntry(_ maker: EntryMaker, _ values: [Value], _ rowID: Int64) throws(Diagnostic) {
        if let entry = try maker.entry(values, rowID) { _ = try view.delete(entry.key) }
    }

    private func insertEntry(_ maker: EntryMaker, _ values: [Value], _ rowID: Int64) throws(Diagnostic) {
        guard let entry = try entry(maker, values, rowID) else { return }
        let value = maker.index.isUnique ? IndexEntry.value(rowID) : []
        let isNew = try value.withRawBytes { (bytes) throws(Diagnostic) in try view.insert(entry.key, bytes) }
        if entry.isExclusive, !isNew { throw violation(maker, entry.values) }
    }

    /// As above, with the key made already.
    private func insertEntry(
        _ maker: EntryMaker, _ keys: EntryKeys, _ row: Int, _ rowID: Int64, _ values: () -> [Value]
    ) throws(Diagnostic) {
        entryValue.truncate(to: 0)
        if maker.index.isUnique { entryValue.append(rowNumber: rowID) }
        let isNew = try entryValue.withUnsafeBytes { [view] (value) throws(Diagnostic) in
            try keys.withKey(row) { (key) throws(Diagnostic) in try view.insert(key, value) }
        }
        guard !isNew, keys.isExclusive(row) else { return }
        throw violation(maker, try maker.entry(values(), rowID)?.values ?? [])
    }

    /// - Throws: `keyTooLong`.
    private func entry(
        _ maker: EntryMaker, _ values: [Value], _ rowID: Int64
    ) throws(Diagnostic) -> EntryMaker.Entry? {
        guard let entry = try maker.entry(values, rowID) else { return nil }
        let index = maker.index
        do {
            try entry.key.checkLength()
        } catch {
            throw Diagnostic(
                .keyTooLong, "the values of index \(index.name) take more than \(Limits.keyBytes) bytes",
                place: "table \(table.name), row \(rowID)")
        }
        return entry
    }

    private func violation(_ columns: [Int], _ values: [Value]) -> Diagnostic {
        refusedColumns = columns
        return violation(columns.map { table.columns[$0].name }, columns.map { values[$0] })
    }

    private func violation(_ index: EntryMaker, _ values: [Value]) -> Diagnostic {
        refusedColumns = index.bound.columnsUsed
        var violation = violation(index.names, values)
        // ON CONFLICT names columns.
        if index.index.uniqueColumns == nil { violation.hint = "index \(index.index.name) is unique" }
        return violation
    }

    private func violation(_ names: [String], _ values: [Value]) -> Diagnostic {
        let names = names.joined(separator: ", ")
        let shown = values.map { BoundExpression.literal($0) }.joined(separator: ", ")
        return Diagnostic(
            .unique, "a row of table \(table.name) with \(names) = \(shown) exists already",
            hint: "ON CONFLICT (\(names)) DO NOTHING or DO UPDATE")
    }

    // MARK: Conflicts

    /// The row that stands in the way of `values` by the key of these columns, in ascending order; nil: by any key.
    ///
    /// - Parameter replaced: the row that is about to have the values, which is in nobody's way.
    func conflict(
        _ values: [Value], rowID: Int64, columns: [Int]?, replacing replaced: Int64? = nil
    ) throws(Diagnostic) -> Int64? {
        if columns == nil || columns == table.primaryKey, table.rowIDColumn != nil, rowID != replaced,
            try view.get(RowKey.key(table.id, rowID)) != nil
        {
            return rowID
        }
        for maker in ordered where maker.index.isUnique {
            if let columns, maker.index.uniqueColumns?.sorted() != columns { continue }
            guard let entry = try maker.entry(values, rowID), entry.isExclusive, let found = try view.get(entry.key)
            else { continue }
            let other = try entry.key.bytes.withRawBytes { (bytes) throws(Diagnostic) in
                try IndexEntry.rowID(key: bytes, value: found)
            }
            if other != replaced { return other }
        }
        return nil
    }

    /// Refuses a row of a completed batch whose keys `insert` would refuse, before anything of it is written.
    ///
    /// - Throws: `unique`, `keyTooLong`, `foreignKey`.
    func checkKeys(_ rows: CompletedRows, row: Int) throws(Diagnostic) {
        let rowID = rows.rowIDs[row]
        if table.rowIDColumn != nil, lastStoredRowID.map({ rowID <= $0 }) ?? true,
            try view.get(RowKey.key(table.id, rowID)) != nil
        {
            throw violation(table.primaryKey, rows.batch.row(row))
        }
        if ordered.isEmpty, !hasForeignKeys { return }
        let values = rows.batch.row(row)
        // Rows of the table itself may still come.
        for key in table.foreignKeys where key.tableID != table.id {
            let named = key.columns.map { values[$0] }
            if !named.contains(where: \.isNull) { try foreignKeys?.checkTarget(of: key, named, in: table) }
        }
        for index in ordered {
            guard let entry = try entry(index, values, rowID) else { continue }
            if entry.isExclusive, try view.get(entry.key) != nil { throw violation(index, entry.values) }
        }
    }

    func row(_ rowID: Int64) throws(Diagnostic) -> [Value] {
        guard let bytes = try view.get(RowKey.key(table.id, rowID)) else {
            throw Diagnostic(.corrupt, "an index of table \(table.name) names row \(rowID), which is not there")
        }
        return try RowReader(bytes, layout: layout).values()
    }
}

extension Diagnostic {
    /// ON CONFLICT helps INSERT only.
    fileprivate var withoutHint: Diagnostic {
        var copy = self
        copy.hint = nil
        return copy
    }
}
