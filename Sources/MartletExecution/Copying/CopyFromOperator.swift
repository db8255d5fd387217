// COPY … FROM a file.

import MartletCatalog
import MartletCore
import MartletExpressions
import MartletFormats
import MartletPlanning

/// Streams a file into a table in constant memory. One row with the number of rows; all or nothing.
final class CopyFromOperator: Operator {
    private let context: ExecutionContext
    private let plan: CopyFromPlan
    private var isDone = false

    init(_ context: ExecutionContext, _ plan: CopyFromPlan) {
        self.context = context
        self.plan = plan
    }

    func next() throws(Diagnostic) -> Batch? {
        if isDone { return nil }
        isDone = true
        let writer = try TableWriter(context, plan.target)
        let reader: any RecordReader =
            switch plan.options.format {
            case .csv, .tsv: try DelimitedRecords(plan)
            case .jsonl: try JSONRecords(plan)
            }
        var defaults: [Value] = []
        for expression in plan.defaults { defaults.append(try context.value(expression)) }
        let types = plan.target.table.types
        var count = 0
        var places: [String] = []
        var builders = types.map { ColumnBuilder(type: $0, reserving: Limits.rowsPerBatch) }
        func flush() throws(Diagnostic) {
            try context.cancellation.check()
            let batch = Batch(columns: builders.map { $0.finish() }, count: places.count)
            builders = types.map { ColumnBuilder(type: $0, reserving: Limits.rowsPerBatch) }
            try write(batch, places, writer)
            count += places.count
            places.removeAll(keepingCapacity: true)
            context.progress?(Progress(stage: "copy", rowsDone: count))
        }
        while try reader.next() {
            try reader.append(to: &builders, defaults: defaults)
            places.append(reader.place)
            if places.count == Limits.rowsPerBatch { try flush() }
        }
        if !places.isEmpty { try flush() }
        try writer.finish()
        return StatementRows.count(count)
    }

    /// Errors of a row carry its place in the file.
    private func write(_ batch: Batch, _ places: [String], _ writer: TableWriter) throws(Diagnostic) {
        let rows: Batch
        let rowIDs: [Int64]
        do {
            (rows, rowIDs) = try writer.completed(batch)
        } catch {
            // Row by row, to find the one that is refused.
            for row in 0..<batch.count {
                do {
                    _ = try writer.completed(batch.slice(row..<row + 1))
                } catch {
                    throw placed(error, places[row])
                }
            }
            throw error
        }
        for row in 0..<rows.count {
            do {
                try writer.insert(rows, row: row, rowID: rowIDs[row])
            } catch {
                throw placed(error, places[row])
            }
        }
    }

    private func placed(_ error: Diagnostic, _ place: String) -> Diagnostic {
        var error = error
        error.place = place
        error.range = nil
        error.hint = nil
        return error
    }
}

/// A file's records as rows of a table.
private protocol RecordReader: AnyObject {
    func next() throws(Diagnostic) -> Bool
    func append(to builders: inout [ColumnBuilder], defaults: [Value]) throws(Diagnostic)
    var place: String { get }
}

private final class DelimitedRecords: RecordReader {
    private let reader: CSVReader
    private let table: Table
    /// For each table column, the field that fills it.
    private let fields: [Int?]
    private let path: String

    init(_ plan: CopyFromPlan) throws(Diagnostic) {
        let options = plan.options
        table = plan.target.table
        path = plan.path
        var dialect = options.format == .tsv ? CSVDialect.tsv : CSVDialect.csv
        dialect.delimiter = options.delimiter
        dialect.hasHeader = options.hasHeader
        dialect.nullText = Array(options.nullText.utf8)
        let source = try ByteSource(path: plan.path)
        var columns = plan.columns
        if columns == nil, !options.hasHeader { columns = Array(table.columns.indices) }
        if let columns { dialect.fieldCount = columns.count }
        reader = try CSVReader(source, dialect: dialect)
        if columns == nil {
            var named: [Int] = []
            for name in reader.columnNames ?? [] {
                guard let index = table.columnIndex(named: name) else {
                    throw Diagnostic(
                        .fieldMismatch, "the header names '\(name)', which is not a column of table \(table.name)",
                        hint: Suggestion.hint(for: name, among: table.columns.map(\.name)), place: "\(plan.path):1")
                }
                if named.contains(index) {
                    throw Diagnostic(.fieldMismatch, "the header names '\(name)' twice", place: "\(plan.path):1")
                }
                named.append(index)
            }
            columns = named
        }
        var fields = [Int?](repeating: nil, count: table.columns.count)
        for (field, column) in (columns ?? []).enumerated() { fields[column] = field }
        self.fields = fields
    }

    var place: String { "\(path):\(reader.lineNumber)" }

    func next() throws(Diagnostic) -> Bool { try reader.next() }

    func append(to builders: inout [ColumnBuilder], defaults: [Value]) throws(Diagnostic) {
        for (column, field) in fields.enumerated() {
            guard let field else {
                builders[column].append(defaults[column])
                continue
            }
            builders[column].append(try reader.value(at: field, as: table.columns[column].type))
        }
    }
}

private final class JSONRecords: RecordReader {
    private let reader: JSONLinesReader
    private let table: Table
    /// For each table column, the position among the wanted names.
    private let fields: [Int?]
    /// Without a list of columns, a member that is none is an error.
    private let isStrict: Bool

    init(_ plan: CopyFromPlan) throws(Diagnostic) {
        table = plan.target.table
        isStrict = plan.columns == nil
        let columns = plan.columns ?? Array(table.columns.indices)
        reader = JSONLinesReader(
            try ByteSource(path: plan.path), columns: columns.map { plan.target.table.columns[$0].name })
        var fields = [Int?](repeating: nil, count: table.columns.count)
        for (field, column) in columns.enumerated() { fields[column] = field }
        self.fields = fields
    }

    var place: String { reader.place }

    func next() throws(Diagnostic) -> Bool {
        guard try reader.next() else { return false }
        guard reader.isObject else {
            throw Diagnostic(.malformedJSON, "each line must be a JSON object", place: reader.place)
        }
        if isStrict, let (key, place) = reader.unknownKey {
            throw Diagnostic(
                .fieldMismatch, "'\(key)' is not a column of table \(table.name)",
                hint: Suggestion.hint(for: key, among: table.columns.map(\.name))
                    ?? "name the columns to load: COPY \(table.name) (…) FROM …", place: place)
        }
        return true
    }

    func append(to builders: inout [ColumnBuilder], defaults: [Value]) throws(Diagnostic) {
        for (column, field) in fields.enumerated() {
            guard let field, let value = try reader.value(ofColumn: field, as: table.columns[column].type) else {
                builders[column].append(defaults[column])
                continue
            }
            builders[column].append(value)
        }
    }
}
