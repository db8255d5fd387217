// Records of CSV and TSV as rows of a table.

import MartletCatalog
import MartletCore
import MartletFormats
import MartletPlanning

final class DelimitedRecords: RecordReader {
    private var reader: CSVReader
    /// For each table column, the field that fills it.
    private let fields: [Int?]
    private let path: String

    init(_ plan: CopyFromPlan) throws(Diagnostic) {
        let table = plan.target.table
        path = plan.path
        let dialect = plan.options.dialect
        var columns = plan.columns
        if columns == nil, !dialect.hasHeader { columns = Array(table.columns.indices) }
        var counted = dialect
        counted.fieldCount = columns?.count
        reader = try CSVReader(try ByteSource(path: plan.path), dialect: counted)
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

    var number: Int { reader.lineNumber }
    func place(of number: Int) -> String { "\(path):\(number)" }
    var consumedByteCount: Int? { reader.consumedByteCount }
    var totalByteCount: Int? { reader.totalByteCount }

    func next() throws(Diagnostic) -> Bool { try reader.next() }
    func skipRecord() throws(Diagnostic) { try reader.skipRecord() }

    func append(to builders: inout [ColumnBuilder], defaults: [Value]) throws(Diagnostic) {
        try reader.append(fields, to: &builders, defaults: defaults)
    }
}

extension CopyOptions {
    /// How delimited text is written.
    var dialect: CSVDialect {
        var dialect = format == .tsv ? CSVDialect.tsv : CSVDialect.csv
        dialect.delimiter = delimiter
        dialect.hasHeader = hasHeader
        dialect.nullText = Array(nullText.utf8)
        return dialect
    }
}
