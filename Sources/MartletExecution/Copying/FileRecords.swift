// The files of a folder as rows of a table: one text a file.

import MartletCatalog
import MartletCore
import MartletExpressions
import MartletFormats
import MartletPlanning

final class FileRecords: RecordReader {
    private let files: FolderFiles
    private let pattern: GlobPattern?
    private let replacesInvalid: Bool
    private let root: String
    /// For each table column, the fact that fills it.
    private let fields: [FolderOptions.Field?]
    private let readsText: Bool
    private var file: FolderFile?
    private var text = ""
    /// The paths of the last files that were read.
    private var paths: ArraySlice<String> = []
    private(set) var number = 0

    init(_ plan: CopyFromPlan) throws(Diagnostic) {
        let table = plan.target.table
        let options = plan.options.folder
        root = plan.path
        replacesInvalid = options.replacesInvalidText
        pattern = if let text = options.pattern { try GlobPattern(text) } else { nil }
        var fields = [FolderOptions.Field?](repeating: nil, count: table.columns.count)
        let columns = plan.columns ?? Array(table.columns.indices)
        for (position, column) in columns.enumerated() {
            let name = table.columns[column].name
            let field = options.fields?[position] ?? FolderOptions.Field(rawValue: name.foldedName)
            guard let field else {
                if plan.columns == nil { continue }
                throw Self.unknown("column '\(name)' is no field of a file", plan.path)
            }
            guard table.columns[column].type == field.type else {
                throw Diagnostic(
                    .typeMismatch,
                    "the \(field.rawValue) of a file is \(field.type), and column '\(name)' \(table.columns[column].type)",
                    place: plan.path)
            }
            fields[column] = field
        }
        if fields.allSatisfy({ $0 == nil }) {
            throw Self.unknown("no column of table \(table.name) is a field of a file", plan.path)
        }
        self.fields = fields
        readsText = fields.contains(.text)
        files = try FolderFiles(plan.path, isRecursive: options.isRecursive)
    }

    private static func unknown(_ message: String, _ path: String) -> Diagnostic {
        let known = FolderOptions.Field.allCases.map(\.rawValue).joined(separator: ", ")
        return Diagnostic(
            .fieldMismatch, message, hint: "these are \(known); or WITH (fields = (path, text)) for the listed columns",
            place: path)
    }

    func place(of number: Int) -> String {
        let index = paths.endIndex - 1 - (self.number - number)
        return paths.indices.contains(index) ? files.location(paths[index]) : root
    }

    var consumedByteCount: Int? { nil }
    var totalByteCount: Int? { nil }

    func next() throws(Diagnostic) -> Bool {
        while let found = try files.next() {
            if let pattern, !pattern.matches(found.name), !pattern.matches(found.path) { continue }
            if readsText {
                text = try ByteSource.text(ofFile: files.location(found.path), replacesInvalid: replacesInvalid)
            }
            file = found
            number += 1
            // Places are asked for within a batch.
            if paths.count >= Limits.rowsPerBatch { paths.removeFirst() }
            paths.append(found.path)
            return true
        }
        return false
    }

    /// The next file is another one anyway.
    func skipRecord() throws(Diagnostic) {}

    func append(to builders: inout [ColumnBuilder], defaults: [Value]) throws(Diagnostic) {
        guard let file else { return }
        for (column, field) in fields.enumerated() {
            switch field {
            case nil: builders[column].append(defaults[column])
            case .path: builders[column].append(text: file.path)
            case .name: builders[column].append(text: file.name)
            case .text: builders[column].append(text: text)
            case .size: builders[column].append(integer: Int64(file.byteCount))
            case .modified: builders[column].append(integer: file.modified)
            case .label:
                if let label = file.firstFolder {
                    builders[column].append(text: label)
                } else {
                    builders[column].appendNull()
                }
            }
        }
    }
}

extension FolderOptions.Field {
    fileprivate var type: DataType {
        switch self {
        case .path, .name, .text, .label: .text
        case .size: .integer
        case .modified: .timestamp
        }
    }
}
