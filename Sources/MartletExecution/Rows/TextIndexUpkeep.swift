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
    private let chunking: TextOptions.Chunking?
    private let writer: TextIndexWriter
    private let view: WriteView
    private let context: ExecutionContext

    /// - Parameter isAlone: whether no other index needs memory meanwhile.
    init(
        _ index: Index, of table: Table, _ context: ExecutionContext, _ view: WriteView, isAlone: Bool = false
    ) throws(Diagnostic) {
        self.context = context
        self.view = view
        self.index = index
        self.table = table
        chunking = index.textOptions?.chunking
        writer = try TextIndexWriter(objectID: index.id, in: view)
        writer.holdsPassages = chunking != nil
        writer.threads = context.threads
        writer.memoryLimitBytes = max(1 << 20, context.evaluation.memoryLimitBytes / (isAlone ? 2 : 4))
    }

    func insert(_ values: [Value], _ rowID: Int64) throws(Diagnostic) {
        let key = Self.key(values, table)
        let texts = Self.texts(values, index)
        if chunking == nil { return try writer.insert(rowid: rowID, key: key, texts: texts) }
        try Self.withBytes(texts[...], []) { (texts) throws(Diagnostic) in
            guard let key else { return try insert(rowID, key: nil, texts) }
            try key.withRawBytes { (key) throws(Diagnostic) in try insert(rowID, key: key, texts) }
        }
    }

    private func insert(
        _ rowID: Int64, key: UnsafeRawBufferPointer?, _ texts: [UnsafeRawBufferPointer?]
    ) throws(Diagnostic) {
        guard let chunking else { return try writer.insert(rowid: rowID, key: key, texts: texts) }
        try writer.insert(
            first: try PassageID.first(ofRow: rowID), key: key,
            passages: DocumentPassages(texts, words: chunking.words, overlap: chunking.overlap))
    }

    private static func withBytes(
        _ texts: ArraySlice<String?>, _ bytes: [UnsafeRawBufferPointer?],
        _ body: ([UnsafeRawBufferPointer?]) throws(Diagnostic) -> Void
    ) throws(Diagnostic) {
        guard let text = texts.first else { return try body(bytes) }
        guard let text else { return try withBytes(texts.dropFirst(), bytes + [nil], body) }
        try Array(text.utf8).withRawBytes { (own) throws(Diagnostic) in
            try withBytes(texts.dropFirst(), bytes + [own], body)
        }
    }

    /// Adds rows that have the table's columns `columns`, in that order: the texts are not copied.
    func insert(_ batch: Batch, of columns: [Int], _ rowIDs: [Int64]) throws(Diagnostic) {
        let parts = index.columns.map { column in columns.firstIndex(of: column).map { batch.columns[$0] } }
        let keyColumns = Self.hasKeys(table) ? table.primaryKey.compactMap { columns.firstIndex(of: $0) } : nil
        try Self.withTexts(parts[...], []) { (fields) throws(Diagnostic) in
            var key = KeyWriter()
            var texts = [UnsafeRawBufferPointer?](repeating: nil, count: parts.count)
            for row in 0..<batch.count {
                for (place, field) in fields.enumerated() { texts[place] = field?.text(row) }
                guard let keyColumns else {
                    try insert(rowIDs[row], key: nil, texts)
                    continue
                }
                key.truncate(to: 0)
                for column in keyColumns { key.append(batch.columns[column], at: row) }
                try key.withUnsafeBytes { (bytes) throws(Diagnostic) in
                    try insert(rowIDs[row], key: bytes, texts)
                }
            }
        }
    }

    /// A column's texts where they lie.
    private struct FieldTexts {
        var column: Column
        var offsets: UnsafeBufferPointer<Int>
        var bytes: UnsafeRawBufferPointer

        func text(_ row: Int) -> UnsafeRawBufferPointer? {
            column.isNull(row) ? nil : UnsafeRawBufferPointer(rebasing: bytes[offsets[row]..<offsets[row + 1]])
        }
    }

    /// Calls `body` with what each column holds; nil for one that is not there.
    private static func withTexts(
        _ columns: ArraySlice<Column?>, _ fields: [FieldTexts?], _ body: ([FieldTexts?]) throws(Diagnostic) -> Void
    ) throws(Diagnostic) {
        guard let column = columns.first else { return try body(fields) }
        guard let column, case .bytes(let texts) = column.storage else {
            return try withTexts(columns.dropFirst(), fields + [nil], body)
        }
        try texts.bytes.withRawBytes { (bytes) throws(Diagnostic) in
            try texts.offsets.withUnsafeBufferPointer { (offsets) throws(Diagnostic) in
                let field = FieldTexts(column: column, offsets: offsets, bytes: bytes)
                try withTexts(columns.dropFirst(), fields + [field], body)
            }
        }
    }

    func delete(_ rowID: Int64) throws(Diagnostic) {
        try writer.delete(rowid: chunking == nil ? rowID : try PassageID.first(ofRow: rowID))
    }

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
        let analyzer = AnalyzerDefinition(
            language: options.language, stemming: options.stemming, stopwords: options.stopwords,
            stopwordList: options.stopwordList,
            units: options.gramSizes.map { .grams($0) } ?? (options.identifiers ? .identifiers : .words))
        return TextIndexDefinition(
            // An internal one is a retriever's.
            analyzer: index.isInternal ? analyzer.forRetriever : analyzer,
            fieldCount: index.parts.count, hasKeys: hasKeys(table), hasPositions: options.hasPositions)
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
