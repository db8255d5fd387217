// Finds the two sides of a foreign key: the row that is named, and the rows that name it.

import MartletCatalog
import MartletCore
import MartletStorage

enum ForeignKeyRows {
    /// The row id of the row that the key names. One lookup; nil if there is none.
    static func target(
        of key: ForeignKeyDefinition, _ values: [Value], _ context: ExecutionContext
    ) throws(Diagnostic) -> Int64? {
        guard let table = context.catalog.table(id: key.tableID) else {
            throw Diagnostic(.corrupt, "a foreign key names table \(key.tableID), which is not there")
        }
        if key.targetColumns.count == 1, key.targetColumns[0] == table.rowIDColumn {
            guard case .integer(let rowID) = values[0] else { return nil }
            return try context.view.get(RowKey.key(table.id, rowID)) == nil ? nil : rowID
        }
        let wanted = key.targetColumns.sorted()
        for index in context.catalog.indexes(of: table.id) where index.uniqueColumns?.sorted() == wanted {
            let entry = prefix(of: index, key.targetColumns, values)
            guard let found = try context.view.get(entry) else { return nil }
            return try entry.bytes.withRawBytes { (bytes) throws(Diagnostic) in
                try IndexEntry.rowID(key: bytes, value: found)
            }
        }
        throw Diagnostic(.corrupt, "a foreign key names columns of table \(table.name) that are not unique")
    }

    /// The rows of `table` whose key has one of these values, by an index that begins with its columns, or else by one
    /// scan of the table.
    static func rows(
        of table: Table, _ key: ForeignKeyDefinition, naming values: [[Value]], _ context: ExecutionContext
    ) throws(Diagnostic) -> [(rowID: Int64, values: [Value])] {
        if key.columns.count == 1, key.columns[0] == table.rowIDColumn {
            var rowIDs: [Int64] = []
            for value in values {
                if case .integer(let rowID) = value[0] { rowIDs.append(rowID) }
            }
            return try rows(rowIDs, of: table, context)
        }
        let count = key.columns.count
        let wanted = key.columns.sorted()
        let index = context.catalog.indexes(of: table.id).first { index in
            index.isComplete && index.parts.count >= count
                && index.parts.prefix(count).compactMap(\.column).sorted() == wanted
        }
        if let index {
            var rowIDs: [Int64] = []
            for value in values {
                try context.cancellation.check()
                var cursor = try context.view.cursor(prefix: prefix(of: index, key.columns, value).bytes)
                var found = try cursor.first()
                while found {
                    rowIDs.append(try IndexEntry.rowID(key: cursor.key, value: cursor.value))
                    found = try cursor.next()
                }
            }
            return try rows(rowIDs, of: table, context)
        }
        return try scanned(table, key, Set(values.map(encoded)), context)
    }

    private static func rows(
        _ rowIDs: [Int64], of table: Table, _ context: ExecutionContext
    ) throws(Diagnostic) -> [(rowID: Int64, values: [Value])] {
        let layout = table.layout
        var rows: [(rowID: Int64, values: [Value])] = []
        for rowID in Set(rowIDs).sorted() {
            guard let bytes = try context.view.get(RowKey.key(table.id, rowID)) else { continue }
            rows.append((rowID, try RowReader(bytes, layout: layout).values()))
        }
        return rows
    }

    private static func scanned(
        _ table: Table, _ key: ForeignKeyDefinition, _ wanted: Set<[UInt8]>, _ context: ExecutionContext
    ) throws(Diagnostic) -> [(rowID: Int64, values: [Value])] {
        let layout = table.layout
        var rows: [(rowID: Int64, values: [Value])] = []
        var cursor = try context.view.cursor(KeyPrefix(.row, table.id))
        var found = try cursor.first()
        var count = 0
        while found {
            count += 1
            if count % Limits.rowsPerBatch == 0 { try context.cancellation.check() }
            let reader = try RowReader(cursor.value, layout: layout)
            var named: [Value] = []
            for column in key.columns {
                named.append(try reader.value(column) ?? (layout.absent.isEmpty ? .null : layout.absent[column]))
            }
            if wanted.contains(encoded(named)) {
                rows.append((try RowKey.rowID(cursor.keySuffix), try reader.values()))
            }
            found = try cursor.next()
        }
        return rows
    }

    /// Values as bytes that are equal for equal values.
    static func encoded(_ values: [Value]) -> [UInt8] {
        var writer = KeyWriter()
        for value in values { writer.append(value) }
        return writer.bytes
    }

    /// The beginning of the index's entries in which `columns`, its first ones in any order, have these values.
    private static func prefix(of index: Index, _ columns: [Int], _ values: [Value]) -> KeyWriter {
        var key = KeyWriter(KeyPrefix(.index, index.id))
        for part in index.parts.prefix(columns.count) {
            guard let column = part.column, let position = columns.firstIndex(of: column) else { continue }
            key.append(values[position], part.isDescending ? .descending : .ascending)
        }
        return key
    }
}
