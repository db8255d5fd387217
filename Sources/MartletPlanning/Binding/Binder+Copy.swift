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
        let reader = try OptionReader(self, copy.options, known: Self.readingOptions, of: "COPY")
        var options = try copyOptions(reader, path, copy.path.range)
        options.onError = try errorHandling(reader, path)
        if options.format.isFolder { options.folder = try folderOptions(reader, options.format, columns, table) }
        return CopyFromPlan(
            target: try writeTarget(table), path: path, options: options, columns: columns,
            defaults: try defaults(of: table))
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
        let reader = try OptionReader(self, copy.options, known: Self.writingOptions, of: "COPY")
        let options = try copyOptions(reader, path, copy.path.range)
        if options.format.isFolder {
            throw Diagnostic(
                .unknownFormat, "a folder can only be read", at: copy.location.range,
                hint: "write 'csv' or 'jsonl'")
        }
        return CopyToPlan(source: source, path: path, options: options)
    }

    func filePath(_ expression: Expression) throws(Diagnostic) -> String {
        guard case .literal(.text(let path), let location) = expression else {
            throw Diagnostic(.notConstant, "the path must be a text", at: expression.range)
        }
        guard !path.isEmpty, !path.utf8.contains(0) else {
            throw Diagnostic(.cannotOpenFile, "'\(path)' is not a path", at: location.range)
        }
        return path
    }

    private static let writingOptions = ["format", "header", "delimiter", "null"]
    private static let readingOptions =
        writingOptions + [
            "on_error", "rejects", "max_rejects", "pattern", "recursive", "fields", "invalid_utf8", "width",
            "height", "channels",
        ]

    private func copyOptions(
        _ reader: OptionReader, _ path: String, _ pathRange: SourceRange
    ) throws(Diagnostic) -> CopyOptions {
        var result = CopyOptions(format: try format(reader, path, pathRange))
        let format = result.format
        func refuse(_ names: [String], _ wanted: String) throws(Diagnostic) {
            guard let name = names.first(where: reader.contains) else { return }
            throw Diagnostic(
                .invalidOption, "option '\(name)' does not apply to the format \(format.rawValue)",
                at: reader.range(name), hint: "it is for \(wanted)")
        }
        if format != .csv, format != .tsv { try refuse(["header", "delimiter", "null"], "csv and tsv") }
        if !format.isFolder { try refuse(["pattern", "recursive", "fields"], "folders: the formats text and images") }
        if format != .text { try refuse(["invalid_utf8"], "text") }
        if format != .images { try refuse(["width", "height", "channels"], "images") }
        result.hasHeader = try reader.boolean("header") ?? true
        result.nullText = try reader.text("null")?.text ?? ""
        if format == .tsv { result.delimiter = 9 }
        if let (text, range) = try reader.text("delimiter") {
            guard text.utf8.count == 1, let byte = text.utf8.first, byte < 128, byte != 34, byte != 10, byte != 13,
                byte != 0
            else {
                throw Diagnostic(
                    .invalidOption, "the delimiter must be one ASCII character, not a quote or a line end", at: range)
            }
            result.delimiter = byte
        }
        return result
    }

    private func format(
        _ reader: OptionReader, _ path: String, _ pathRange: SourceRange
    ) throws(Diagnostic) -> FileFormat {
        if let (name, range) = try reader.text("format") {
            guard let named = FileFormat(rawValue: name.foldedName) else {
                throw Diagnostic(
                    .unknownFormat, "unknown format '\(name)'", at: range,
                    hint: "known are \(FileFormat.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            return named
        }
        guard let format = FileFormat(path: path) else {
            let isFolder = path.utf8.last == UInt8(ascii: "/")
            let known = FileFormat.allCases.map(\.rawValue).joined(separator: ", ")
            throw Diagnostic(
                .unknownFormat, "the format of '\(path)' is not known from its name", at: pathRange,
                hint: isFolder
                    ? "add WITH (format = 'text') to read each file of the folder as one text, or format = 'images'"
                    : "add WITH (format = '…'); known are \(known)")
        }
        return format
    }

    private func errorHandling(_ reader: OptionReader, _ path: String) throws(Diagnostic) -> RecordErrorHandling {
        let (word, range) = try reader.text("on_error") ?? ("stop", SourceRange.none)
        switch word.foldedName {
        case "stop":
            if let name = ["rejects", "max_rejects"].first(where: reader.contains) {
                throw Diagnostic(
                    .invalidOption, "option '\(name)' needs on_error = 'skip'", at: reader.range(name))
            }
            return .stop
        case "skip":
            let rejects = try reader.text("rejects")
            if let rejects, rejects.text.isEmpty || rejects.text.utf8.contains(0) || rejects.text == path {
                throw Diagnostic(
                    .invalidOption, "the rejects cannot be written to '\(rejects.text)'", at: rejects.range)
            }
            return .skip(rejects: rejects?.text, maximum: try reader.integer("max_rejects", in: 0...Int.max) ?? .max)
        default:
            throw Diagnostic(.invalidOption, "option 'on_error' must be 'stop' or 'skip'", at: range)
        }
    }

    private func folderOptions(
        _ reader: OptionReader, _ format: FileFormat, _ columns: [Int]?, _ table: Table
    ) throws(Diagnostic) -> FolderOptions {
        var options = FolderOptions()
        if let (pattern, range) = try reader.text("pattern") {
            do {
                _ = try GlobPattern(pattern)
            } catch {
                throw error.located(at: range)
            }
            options.pattern = pattern
        }
        options.isRecursive = try reader.boolean("recursive") ?? true
        if let (word, range) = try reader.text("invalid_utf8") {
            guard ["error", "replace"].contains(word.foldedName) else {
                throw Diagnostic(.invalidOption, "option 'invalid_utf8' must be 'error' or 'replace'", at: range)
            }
            options.replacesInvalidText = word.foldedName == "replace"
        }
        options.imageSize.width = try reader.integer("width", in: 1...Limits.vectorDimension)
        options.imageSize.height = try reader.integer("height", in: 1...Limits.vectorDimension)
        options.imageSize.channels = try reader.integer("channels", in: 1...3)
        if options.imageSize.channels == 2 {
            throw Diagnostic(
                .invalidOption, "option 'channels' must be 1 (gray) or 3 (red, green, blue)",
                at: reader.range("channels"))
        }
        if let words = try reader.words("fields") {
            guard let columns, columns.count == words.count else {
                throw Diagnostic(
                    .invalidOption, "option 'fields' names one field for each listed column",
                    at: reader.range("fields"), hint: "COPY \(table.name) (id, body) … fields = (path, text)")
            }
            var fields: [FolderOptions.Field] = []
            let known = FolderOptions.Field.all(of: format).map(\.rawValue)
            for (word, range) in words {
                guard known.contains(word.foldedName), let field = FolderOptions.Field(rawValue: word.foldedName) else {
                    throw Diagnostic(
                        .invalidOption, "unknown field '\(word)' of a file", at: range,
                        hint: Suggestion.hint(for: word, among: known) ?? "known are \(known.joined(separator: ", "))")
                }
                fields.append(field)
            }
            options.fields = fields
        }
        return options
    }
}
