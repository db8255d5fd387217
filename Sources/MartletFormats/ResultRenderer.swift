// Shows a statement's rows in one of the shell's modes.

package import MartletCore

/// The shell's `.mode` and the command line's `--mode`.
package enum RenderMode: String, CaseIterable, Hashable, Sendable {
    case box, table, csv, tsv, json, jsonl, line, markdown

    /// A renderer that writes to `sink`.
    package func renderer(to sink: ByteSink, options: RenderOptions = RenderOptions()) -> any ResultRenderer {
        switch self {
        case .box: AlignedRenderer(sink, style: .box, options: options)
        case .table: AlignedRenderer(sink, style: .table, options: options)
        case .markdown: AlignedRenderer(sink, style: .markdown, options: options)
        case .csv:
            StreamingRenderer(sink) { sink, columns throws(Diagnostic) in
                var dialect = CSVDialect.csv
                dialect.hasHeader = options.showsHeader
                return try CSVWriter(sink, columnNames: columns.map(\.name), dialect: dialect)
            }
        case .tsv:
            StreamingRenderer(sink) { sink, columns throws(Diagnostic) in
                var dialect = CSVDialect.tsv
                dialect.hasHeader = options.showsHeader
                return try CSVWriter(sink, columnNames: columns.map(\.name), dialect: dialect)
            }
        case .jsonl:
            StreamingRenderer(sink) { sink, columns throws(Diagnostic) in
                JSONLinesWriter(sink, columnNames: columns.map(\.name))
            }
        case .json:
            StreamingRenderer(sink) { sink, columns throws(Diagnostic) in
                JSONArrayWriter(sink, columnNames: columns.map(\.name))
            }
        case .line:
            StreamingRenderer(sink) { sink, columns throws(Diagnostic) in
                LineWriter(sink, columnNames: columns.map(\.name), nullText: options.nullText)
            }
        }
    }
}

package struct RenderOptions: Sendable {
    /// The terminal's width in cells; nil when the output is no terminal, and then nothing is cut.
    package var terminalWidth: Int?
    /// How many rows the aligned modes look at before they fix their column widths.
    package var measuredRowCount = 1_000
    /// How NULL is shown in box, table, markdown and line.
    package var nullText = "NULL"
    /// Whether csv and tsv start with the column names.
    package var showsHeader = true

    package init(terminalWidth: Int? = nil) { self.terminalWidth = terminalWidth }
}

package struct RenderColumn: Hashable, Sendable {
    package var name: String
    package var type: DataType

    package init(name: String, type: DataType) {
        self.name = name
        self.type = type
    }
}

/// Gets one result: `begin` once, rows, `finish` once. Then it may begin the next result.
package protocol ResultRenderer: AnyObject {
    func begin(_ columns: [RenderColumn]) throws(Diagnostic)
    func row(_ values: [Value]) throws(Diagnostic)
    func finish() throws(Diagnostic)
}

/// Renders through a row writer: each row is written as it comes.
final class StreamingRenderer: ResultRenderer {
    typealias Factory = (ByteSink, [RenderColumn]) throws(Diagnostic) -> any RowWriter

    private let sink: ByteSink
    private let makeWriter: Factory
    private var writer: (any RowWriter)?

    init(_ sink: ByteSink, makeWriter: @escaping Factory) {
        self.sink = sink
        self.makeWriter = makeWriter
    }

    func begin(_ columns: [RenderColumn]) throws(Diagnostic) { writer = try makeWriter(sink, columns) }

    func row(_ values: [Value]) throws(Diagnostic) { try writer?.write(values) }

    func finish() throws(Diagnostic) {
        try writer?.finish()
        writer = nil
        try sink.flush()
    }
}

/// One JSON array of objects.
final class JSONArrayWriter: RowWriter {
    private let sink: ByteSink
    private let object: JSONObjectText
    private var isFirst = true

    init(_ sink: ByteSink, columnNames: [String]) {
        self.sink = sink
        object = JSONObjectText(columnNames: columnNames)
    }

    func write(_ row: [Value]) throws(Diagnostic) {
        var bytes = Array((isFirst ? "[" : ",\n ").utf8)
        isFirst = false
        object.append(row, to: &bytes)
        try sink.write(bytes)
    }

    func finish() throws(Diagnostic) { try sink.write(isFirst ? "[]\n" : "]\n") }
}

/// `name = value` lines, a blank line between rows.
final class LineWriter: RowWriter {
    private let sink: ByteSink
    private let labels: [String]
    private let nullText: String
    private var isFirst = true

    init(_ sink: ByteSink, columnNames: [String], nullText: String) {
        self.sink = sink
        self.nullText = nullText
        let names = columnNames.map { DisplayWidth.escaped($0) }
        let width = names.map { DisplayWidth.of($0) }.max() ?? 0
        labels = names.map { String(repeating: " ", count: width - DisplayWidth.of($0)) + $0 }
    }

    func write(_ row: [Value]) throws(Diagnostic) {
        if !isFirst { try sink.write("\n") }
        isFirst = false
        for (label, value) in zip(labels, row) {
            let text = value.isNull ? nullText : DisplayWidth.escaped(ValueText.text(value))
            try sink.write("\(label) = \(text)\n")
        }
    }

    func finish() throws(Diagnostic) {}
}
