// The files of a folder as rows of a table: one text or one image a file.

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
    /// Of columns of an image's pixels or size.
    private let images: ImageRecords?
    private var file: FolderFile?
    private var text = ""
    /// The paths of the last files that were read.
    private var paths: ArraySlice<String> = []
    private(set) var number = 0
    private var bytesRead = 0

    init(_ plan: CopyFromPlan) throws(Diagnostic) {
        let table = plan.target.table
        let options = plan.options.folder
        let known = FolderOptions.Field.all(of: plan.options.format)
        func unknown(_ message: String) -> Diagnostic {
            let content = plan.options.format == .images ? "pixels" : "text"
            return Diagnostic(
                .fieldMismatch, message,
                hint: "these are \(known.map(\.rawValue).joined(separator: ", ")); "
                    + "or WITH (fields = (path, \(content))) for the listed columns", place: plan.path)
        }
        root = plan.path
        replacesInvalid = options.replacesInvalidText
        pattern = if let text = options.pattern { try GlobPattern(text) } else { nil }
        var fields = [FolderOptions.Field?](repeating: nil, count: table.columns.count)
        let images = ImageRecords()
        let columns = plan.columns ?? Array(table.columns.indices)
        for (position, column) in columns.enumerated() {
            let name = table.columns[column].name
            let named = FolderOptions.Field(rawValue: name.foldedName).flatMap { known.contains($0) ? $0 : nil }
            guard let field = options.fields?[position] ?? named else {
                if plan.columns == nil { continue }
                throw unknown("column '\(name)' is no field of a file")
            }
            let type = table.columns[column].type
            if field == .pixels {
                try images.addPixels(name, type, options.imageSize, plan.path)
            } else if type != field.type {
                throw Diagnostic(
                    .typeMismatch,
                    "the \(field.rawValue) of a file is \(field.type), and column '\(name)' \(type)", place: plan.path)
            }
            fields[column] = field
        }
        if fields.allSatisfy({ $0 == nil }) { throw unknown("no column of table \(table.name) is a field of a file") }
        self.fields = fields
        self.images = fields.contains { [.pixels, .width, .height].contains($0) } ? images : nil
        readsText = fields.contains(.text)
        files = try FolderFiles(plan.path, isRecursive: options.isRecursive)
    }

    func place(of number: Int) -> String {
        let index = paths.endIndex - 1 - (self.number - number)
        return paths.indices.contains(index) ? files.location(paths[index]) : root
    }

    var consumedByteCount: Int? { bytesRead }
    var totalByteCount: Int? { nil }

    func next() throws(Diagnostic) -> Bool {
        while let found = try files.next() {
            if let pattern, !pattern.matches(found.name), !pattern.matches(found.path) { continue }
            if readsText {
                bytesRead += found.byteCount
                text = try ByteSource.text(ofFile: files.location(found.path), replacesInvalid: replacesInvalid)
            } else if let images {
                bytesRead += found.byteCount
                try images.read(files.location(found.path))
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
            case .pixels: try images?.appendPixels(to: &builders[column])
            case .width: builders[column].append(integer: Int64(images?.width ?? 0))
            case .height: builders[column].append(integer: Int64(images?.height ?? 0))
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
    /// Of the column that it fills; pixels fill a vector of any dimension.
    fileprivate var type: DataType {
        switch self {
        case .path, .name, .text, .label: .text
        case .size, .width, .height: .integer
        case .modified: .timestamp
        case .pixels: .vector(dimension: 1, element: .f32)
        }
    }
}
