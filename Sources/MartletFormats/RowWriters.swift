// Writes rows as CSV, TSV and JSON lines: what COPY … TO produces.

package import MartletCore

/// Takes rows one by one and writes them in some format. `finish` ends the text; finishing the sink is the caller's.
package protocol RowWriter: AnyObject {
    /// - Throws: what the sink throws.
    func write(_ row: [Value]) throws(Diagnostic)
    func finish() throws(Diagnostic)
}

/// CSV or TSV: quoted where needed; NULL as an empty field, an empty text as `""`, so that both read back.
package final class CSVWriter: RowWriter {
    private let sink: ByteSink
    private let dialect: CSVDialect
    private var line: [UInt8] = []

    /// Writes the header at once if the dialect has one.
    package init(_ sink: ByteSink, columnNames: [String], dialect: CSVDialect = .csv) throws(Diagnostic) {
        self.sink = sink
        self.dialect = dialect
        if dialect.hasHeader { try write(columnNames.map { .text($0) }) }
    }

    package func write(_ row: [Value]) throws(Diagnostic) {
        line.removeAll(keepingCapacity: true)
        for (index, value) in row.enumerated() {
            if index > 0 { line.append(dialect.delimiter) }
            switch value {
            case .null: line.append(contentsOf: dialect.nullText)
            default: append(ValueText.text(value))
            }
        }
        line.append(UInt8(ascii: "\n"))
        try sink.write(line)
    }

    package func finish() throws(Diagnostic) {}

    private func append(_ text: String) {
        // A byte order mark at the start of a file would not be read as text.
        var isQuoted =
            text.utf8.elementsEqual(dialect.nullText) || text.isEmpty || text.utf8.starts(with: [0xEF, 0xBB, 0xBF])
        if !isQuoted {
            for byte in text.utf8
            where byte == dialect.delimiter || byte == dialect.quote || byte == 0x0A || byte == 0x0D {
                isQuoted = true
                break
            }
        }
        guard isQuoted else {
            line.append(contentsOf: text.utf8)
            return
        }
        line.append(dialect.quote)
        for byte in text.utf8 {
            if byte == dialect.quote { line.append(byte) }
            line.append(byte)
        }
        line.append(dialect.quote)
    }
}

/// One JSON object a line, with the columns as its members.
package final class JSONLinesWriter: RowWriter {
    private let sink: ByteSink
    private let object: JSONObjectText
    private var line: [UInt8] = []

    package init(_ sink: ByteSink, columnNames: [String]) {
        self.sink = sink
        object = JSONObjectText(columnNames: columnNames)
    }

    package func write(_ row: [Value]) throws(Diagnostic) {
        line.removeAll(keepingCapacity: true)
        object.append(row, to: &line)
        line.append(UInt8(ascii: "\n"))
        try sink.write(line)
    }

    package func finish() throws(Diagnostic) {}
}

/// A row as a JSON object, with its keys escaped once.
struct JSONObjectText {
    private let keys: [[UInt8]]

    init(columnNames: [String]) {
        keys = columnNames.map { name in
            var key: [UInt8] = []
            JSONText.append(name, to: &key)
            key.append(UInt8(ascii: ":"))
            return key
        }
    }

    func append(_ row: [Value], to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "{"))
        for (index, (key, value)) in zip(keys, row).enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes.append(contentsOf: key)
            ValueText.appendJSON(value, to: &bytes)
        }
        bytes.append(UInt8(ascii: "}"))
    }
}
