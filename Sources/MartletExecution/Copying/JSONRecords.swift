// Lines of JSON as rows of a table.

import MartletCatalog
import MartletCore
import MartletFormats
import MartletPlanning

final class JSONRecords: RecordReader {
    private let reader: JSONLinesReader
    private let table: Table
    private let path: String
    /// For each table column, the position among the wanted names.
    private let fields: [Int?]
    private let isText: [Bool]
    /// Without a list of columns, a member that is none is an error.
    private let isStrict: Bool

    init(_ plan: CopyFromPlan) throws(Diagnostic) {
        table = plan.target.table
        isText = table.columns.map { $0.type == .text }
        path = plan.path
        isStrict = plan.columns == nil
        let columns = plan.columns ?? Array(table.columns.indices)
        reader = JSONLinesReader(
            try ByteSource(path: plan.path), columns: columns.map { plan.target.table.columns[$0].name })
        var fields = [Int?](repeating: nil, count: table.columns.count)
        for (field, column) in columns.enumerated() { fields[column] = field }
        self.fields = fields
    }

    var number: Int { reader.lineNumber }
    func place(of number: Int) -> String { "\(path):\(number)" }
    var consumedByteCount: Int? { reader.consumedByteCount }
    var totalByteCount: Int? { reader.totalByteCount }

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

    /// The reader has found the line's end before anything could be wrong with the line.
    func skipRecord() throws(Diagnostic) {}

    func append(to builders: inout [ColumnBuilder], defaults: [Value]) throws(Diagnostic) {
        for (column, field) in fields.enumerated() {
            if let field, isText[column],
                reader.withPlainText(ofColumn: field, { builders[column].append(bytes: $0) })
            {
                continue
            }
            guard let field, let value = try reader.value(ofColumn: field, as: table.columns[column].type) else {
                builders[column].append(defaults[column])
                continue
            }
            builders[column].append(value)
        }
    }
}
