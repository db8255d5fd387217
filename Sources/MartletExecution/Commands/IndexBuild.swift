// Entering the rows that a table has already into a new ordered index.

import MartletCatalog
import MartletCore
import MartletExpressions
import MartletStorage

/// Entries are sorted and written in order, so that they fill one page after the other. A table whose entries do not fit
/// into a quarter of the statement's memory is entered part by part.
struct IndexBuild {
    private let maker: EntryMaker
    private let table: Table
    private let context: ExecutionContext
    private let view: WriteView
    private var keys = IndexKeys()
    /// Used instead for an index of one column of numbers.
    private var numbers: NumberKeys
    private var hasWritten = false

    private var index: Index { maker.index }

    init(_ maker: EntryMaker, _ table: Table, _ context: ExecutionContext, _ view: WriteView) {
        self.maker = maker
        self.table = table
        self.context = context
        self.view = view
        numbers = NumberKeys(maker.index.parts.first?.isDescending ?? false ? .descending : .ascending)
    }

    /// Takes rows, in the order of their row ids. Call `finish` after the last ones.
    ///
    /// - Parameter rows: with the columns that the maker was made for.
    /// - Throws: `keyTooLong`, `unique`, what the index's expressions throw, and what writing throws.
    mutating func add(_ rows: Batch, _ rowIDs: [Int64]) throws(Diagnostic) {
        let (parts, rowIDs) = try maker.parts(of: rows, rowIDs)
        if parts.columns.count == 1,
            let words = parts.columns[0].keyWords(index.parts[0].isDescending ? .descending : .ascending)
        {
            numbers.append(parts.columns[0], words, rowIDs)
        } else {
            try addKeys(parts, rowIDs)
        }
        if keys.byteCount + numbers.byteCount > context.evaluation.memoryLimitBytes / 4
            || keys.count > IndexKeys.countLimit / 2
        {
            try write()
        }
    }

    private mutating func addKeys(_ parts: Batch, _ rowIDs: [Int64]) throws(Diagnostic) {
        var key = KeyWriter(KeyPrefix(.index, index.id))
        for row in 0..<parts.count {
            let isExclusive = IndexEntry.setParts(&key, index, parts, row: row)
            if key.count + (isExclusive ? 0 : RowKey.rowIDBytes) > Limits.keyBytes {
                throw Diagnostic(
                    .keyTooLong, "the values of index \(index.name) take more than \(Limits.keyBytes) bytes",
                    place: "table \(table.name), row \(rowIDs[row])")
            }
            keys.append(key, IndexKeys.Row(id: rowIDs[row], isInKey: !isExclusive))
        }
    }

    /// - Throws: `unique`, and what writing throws.
    mutating func finish() throws(Diagnostic) { try write() }

    private mutating func write() throws(Diagnostic) {
        // Only the first part lies beside each other: those after it go between its entries.
        if hasWritten {
            try drain { [view] (key, value) throws(Diagnostic) in try view.insert(key, value) }
        } else {
            hasWritten = true
            var insertion = try OrderedInsertion(view)
            try drain { (key, value) throws(Diagnostic) in
                try insertion.append(key, value)
                return true
            }
            try insertion.finish()
        }
    }

    /// Calls `insert` with every entry in order; it returns false for one whose key exists.
    private mutating func drain(
        _ insert: (_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) throws(Diagnostic) -> Bool
    ) throws(Diagnostic) {
        var key = KeyWriter(KeyPrefix(.index, index.id))
        var count = 0
        let (context, index, table, names) = (context, index, table, maker.names)
        func enter(
            _ columns: UnsafeRawBufferPointer, _ row: IndexKeys.Row, _ isRepeated: Bool
        ) throws(Diagnostic) {
            if count % 65_536 == 0 { try context.cancellation.check() }
            count += 1
            key.truncate(to: KeyPrefix.byteCount)
            key.append(raw: columns)
            let value = index.isUnique ? IndexEntry.value(row.id) : []
            if row.isInKey { key.append(rowNumber: row.id) }
            let isNew = try key.withUnsafeBytes { (key) throws(Diagnostic) in
                if isRepeated, !row.isInKey { return false }
                return try value.withRawBytes { (value) throws(Diagnostic) in try insert(key, value) }
            }
            if isNew { return }
            throw Diagnostic(
                .unique,
                "index \(index.name) cannot be unique: two rows have the same \(names.joined(separator: ", "))",
                place: "table \(table.name), row \(row.id)")
        }
        // All rows have gone to one of the two.
        try keys.drain(enter)
        try numbers.drain(isUnique: index.isUnique, enter)
    }
}
