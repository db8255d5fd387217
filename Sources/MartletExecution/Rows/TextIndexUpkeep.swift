// Keeps one text index in step with its table.

import MartletCatalog
import MartletCore
import MartletExpressions
import MartletStorage
import MartletText

/// For one statement: call `finish` after the last change.
final class TextIndexUpkeep: SearchIndexUpkeep {
    private let index: Index
    private let table: Table
    private let writer: TextIndexWriter
    private let view: WriteView
    private let context: ExecutionContext

    init(_ index: Index, of table: Table, _ context: ExecutionContext, _ view: WriteView) throws(Diagnostic) {
        self.context = context
        self.view = view
        self.index = index
        self.table = table
        writer = try TextIndexWriter(objectID: index.id, in: view)
        writer.threads = context.threads
        writer.memoryLimitBytes = max(1 << 20, context.evaluation.memoryLimitBytes / 4)
    }

    func insert(_ values: [Value], _ rowID: Int64) throws(Diagnostic) {
        try writer.insert(rowid: rowID, key: Self.key(values, table), texts: Self.texts(values, index))
    }

    /// Adds the row of a batch that has the table's columns `columns`, in that order: the texts are not copied.
    func insert(_ batch: Batch, row: Int, of columns: [Int], _ rowID: Int64) throws(Diagnostic) {
        var key = KeyWriter()
        let hasKey = Self.hasKeys(table)
        if hasKey {
            for column in table.primaryKey {
                guard let position = columns.firstIndex(of: column) else { continue }
                key.append(batch.columns[position], at: row)
            }
        }
        let parts = index.columns.map { column in columns.firstIndex(of: column).map { batch.columns[$0] } }
        try Self.withTexts(parts[...], row, []) { (texts) throws(Diagnostic) in
            try key.bytes.withRawBytes { (bytes) throws(Diagnostic) in
                try writer.insert(rowid: rowID, key: hasKey ? bytes : nil, texts: texts)
            }
        }
    }

    private static func withTexts(
        _ columns: ArraySlice<Column?>, _ row: Int, _ texts: [UnsafeRawBufferPointer?],
        _ body: ([UnsafeRawBufferPointer?]) throws(Diagnostic) -> Void
    ) throws(Diagnostic) {
        guard let column = columns.first else { return try body(texts) }
        guard let column, !column.isNull(row), case .bytes(let bytes) = column.storage else {
            return try withTexts(columns.dropFirst(), row, texts + [nil], body)
        }
        try bytes.withBytes(at: row) { (text) throws(Diagnostic) in
            try withTexts(columns.dropFirst(), row, texts + [text], body)
        }
    }

    func delete(_ rowID: Int64) throws(Diagnostic) { try writer.delete(rowid: rowID) }

    /// Whether an update of these values concerns the index: its columns, or the key that orders equal scores.
    func changes(_ old: [Value], _ new: [Value]) -> Bool {
        // By bytes: equal Swift strings may differ in them.
        index.columns.contains { ValueOrder.compare(old[$0], new[$0]) != 0 }
            || table.primaryKey.contains { ValueOrder.compare(old[$0], new[$0]) != 0 }
    }

    func finish() throws(Diagnostic) {
        try writer.flush()
        if writer.isMergeDue { context.maintainAfterCommit(index.id, view) }
    }

    // MARK: The index as a whole

    static func definition(_ index: Index, _ table: Table) -> TextIndexDefinition {
        let options = index.textOptions ?? TextOptions()
        return TextIndexDefinition(
            analyzer: AnalyzerDefinition(
                language: options.language, stemming: options.stemming, stopwords: options.stopwords),
            fieldCount: index.parts.count, hasKeys: hasKeys(table))
    }

    static func create(_ index: Index, _ table: Table, building: Bool, _ view: WriteView) throws(Diagnostic) {
        try TextIndexWriter.create(
            objectID: index.id, definition: definition(index, table), building: building, in: view)
    }

    static func drop(_ index: Index, _ view: WriteView) throws(Diagnostic) {
        try TextIndexWriter.drop(objectID: index.id, in: view)
    }

    // MARK: Documents

    private static func hasKeys(_ table: Table) -> Bool { !table.primaryKey.isEmpty && table.rowIDColumn == nil }

    /// The primary key in order-preserving form; nil where the row id is the key.
    static func key(_ values: [Value], _ table: Table) -> [UInt8]? {
        guard hasKeys(table) else { return nil }
        var key = KeyWriter()
        for column in table.primaryKey { key.append(values[column]) }
        return key.bytes
    }

    static func texts(_ values: [Value], _ index: Index) -> [String?] {
        index.columns.map { column in
            if case .text(let text) = values[column] { text } else { nil }
        }
    }
}
