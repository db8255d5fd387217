// Binds COPY.

import MartletCatalog
import MartletCore
import MartletExpressions
import MartletLanguage

extension Binder {
    func bindCopyFrom(_ copy: CopyFrom) throws(Diagnostic) -> CopyFromPlan {
        let table = try writableTable(copy.table)
        let columns = copy.columns.isEmpty ? nil : try targetColumns(copy.columns, of: table)
        let path = try filePath(copy.path)
        return CopyFromPlan(
            target: try writeTarget(table), path: path, options: try copyOptions(copy.options, path, copy.path.range),
            columns: columns, defaults: try defaults(of: table))
    }

    func bindCopyTo(_ copy: CopyTo) throws(Diagnostic) -> CopyToPlan {
        let source: LogicalPlan
        switch copy.source {
        case .select(let select): source = try bindSelect(select, context: nil)
        case .table(let name, let columns):
            let place = copy.location
            let items: [SelectItem] =
                columns.isEmpty
                ? [.all(place)] : columns.map { .expression(.column(ColumnReference(column: $0)), alias: nil) }
            let core = SelectCore(items: items, from: .table(name, alias: nil), location: place)
            source = try bindSelect(Select(body: .core(core), location: place), context: nil)
        }
        let path = try filePath(copy.path)
        return CopyToPlan(
            source: source, path: path, options: try copyOptions(copy.options, path, copy.path.range))
    }

    private func filePath(_ expression: Expression) throws(Diagnostic) -> String {
        guard case .literal(.text(let path), let location) = expression else {
            throw Diagnostic(.notConstant, "the path must be a text", at: expression.range)
        }
        guard !path.isEmpty, !path.utf8.contains(0) else {
            throw Diagnostic(.cannotOpenFile, "'\(path)' is not a path", at: location.range)
        }
        return path
    }

    private func copyOptions(
        _ options: [Option], _ path: String, _ pathRange: SourceRange
    ) throws(Diagnostic) -> CopyOptions {
        let reader = try OptionReader(
            self, options, known: ["format", "header", "delimiter", "null"], of: "COPY")
        let format: FileFormat
        if let (name, range) = try reader.text("format") {
            guard let named = FileFormat(rawValue: name.foldedName) else {
                throw Diagnostic(
                    .unknownFormat, "unknown format '\(name)'", at: range,
                    hint: "known are \(FileFormat.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            format = named
        } else {
            let lowered = path.foldedName
            if lowered.hasSuffix(".csv") {
                format = .csv
            } else if lowered.hasSuffix(".tsv") || lowered.hasSuffix(".tab") {
                format = .tsv
            } else if lowered.hasSuffix(".jsonl") || lowered.hasSuffix(".ndjson") {
                format = .jsonl
            } else {
                throw Diagnostic(
                    .unknownFormat, "the format of '\(path)' is not known from its name", at: pathRange,
                    hint: "add WITH (format = 'csv'), 'tsv' or 'jsonl'")
            }
        }
        var delimiter: UInt8 = format == .tsv ? 9 : 44
        if let (text, range) = try reader.text("delimiter") {
            guard format != .jsonl, text.utf8.count == 1, let byte = text.utf8.first, byte < 128,
                byte != 34, byte != 10, byte != 13, byte != 0
            else {
                throw Diagnostic(
                    .invalidOption, "the delimiter must be one ASCII character, not a quote or a line end", at: range)
            }
            delimiter = byte
        }
        return CopyOptions(
            format: format, hasHeader: try reader.boolean("header") ?? true, delimiter: delimiter,
            nullText: try reader.text("null")?.text ?? "")
    }
}
