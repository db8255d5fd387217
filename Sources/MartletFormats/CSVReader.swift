// Reads CSV and TSV records (RFC 4180) in a stream.

package import MartletCore

/// How delimited text is written.
package struct CSVDialect: Hashable, Sendable {
    /// One ASCII character, neither a line break nor the quote.
    package var delimiter: UInt8
    package var quote: UInt8
    /// True when the first record holds column names.
    package var hasHeader: Bool
    /// The unquoted text that stands for NULL.
    package var nullText: [UInt8] = []
    /// Fields a record must have; nil to take the header's or the first record's count.
    package var fieldCount: Int?

    package init(
        delimiter: UInt8 = UInt8(ascii: ","), quote: UInt8 = UInt8(ascii: "\""), hasHeader: Bool = true,
        nullText: String = "", fieldCount: Int? = nil
    ) {
        self.delimiter = delimiter
        self.quote = quote
        self.hasHeader = hasHeader
        self.nullText = Array(nullText.utf8)
        self.fieldCount = fieldCount
    }

    package static let csv = CSVDialect()
    /// Tabs between fields; quoting as in CSV.
    package static let tsv = CSVDialect(delimiter: UInt8(ascii: "\t"))

    /// The dialect with an option's text as delimiter.
    ///
    /// - Throws: `invalidOption` unless it is one ASCII character that can delimit.
    package func delimited(by text: String) throws(Diagnostic) -> CSVDialect {
        guard text.utf8.count == 1, let byte = text.utf8.first, byte != quote, byte != 0, byte != 0x0A, byte != 0x0D
        else {
            throw Diagnostic(.invalidOption, "a delimiter is one ASCII character other than a quote or a line break")
        }
        var copy = self
        copy.delimiter = byte
        return copy
    }
}

/// Records of delimited text, one at a time, in constant memory (but for the longest record).
///
/// Lines end with LF, CR LF or CR. Empty lines are skipped, unless a record has one field. A quote inside an unquoted
/// field is an ordinary character. Time is linear in the input.
package struct CSVReader {
    private var window: ByteWindow
    private let dialect: CSVDialect
    private var fields: [Field] = []
    /// The content of quoted fields with doubled quotes, which is not contiguous in the input.
    private var unescaped: [UInt8] = []
    private var recordEnd = 0
    private var isRecordEndKnown = false
    private var nextLine = 1
    private var expectedFieldCount: Int?
    /// The line, from 1, on which the current record starts.
    package private(set) var lineNumber = 1
    /// The header's names, if the dialect has one.
    package private(set) var columnNames: [String]?

    private struct Field {
        var range: Range<Int>
        /// Where the field starts in the window, with its quote.
        var sourceStart: Int
        var isQuoted: Bool
        var isUnescaped = false
    }

    private enum Outcome {
        case record(end: Int, linesInside: Bool, isASCII: Bool)
        case incomplete
        case fault(Fault, Int)
    }

    private enum Fault {
        case unterminatedQuote, textAfterQuote, nul, tooManyFields
    }

    /// Reads the header, if the dialect has one.
    package init(_ source: ByteSource, dialect: CSVDialect = .csv) throws(Diagnostic) {
        window = ByteWindow(source)
        self.dialect = dialect
        expectedFieldCount = dialect.fieldCount
        if dialect.hasHeader {
            expectedFieldCount = nil
            guard try next() else {
                columnNames = []
                return
            }
            columnNames = (0..<fieldCount).map { string(at: $0) }
            if let wanted = dialect.fieldCount, wanted != fieldCount { throw wrongFieldCount(wanted) }
        }
    }

    /// Bytes of the source that are behind the current record, for progress.
    package var consumedByteCount: Int { window.consumedByteCount }

    /// How many bytes the source has; nil for a pipe.
    package var totalByteCount: Int? { window.sourceByteCount }

    package var fieldCount: Int { fields.count }

    /// Moves to the next record; false at the end.
    ///
    /// - Throws: `malformedCSV`, `notUTF8`, `invalidText`, `limitExceeded`, each with file, line and column as its place;
    ///   `cannotOpenFile` when reading fails.
    package mutating func next() throws(Diagnostic) -> Bool {
        while true {
            window.advance(to: recordEnd)
            lineNumber = nextLine
            isRecordEndKnown = false
            if window.start == window.end {
                if !window.isComplete { try window.extend() }
                recordEnd = window.start
                if window.isAtEnd {
                    fields = []
                    return false
                }
            }
            let isBlank = try scanRecord()
            if isBlank, expectedFieldCount != 1 { continue }
            if let expected = expectedFieldCount {
                if fields.count != expected { throw wrongFieldCount(expected) }
            } else {
                expectedFieldCount = fields.count
            }
            return true
        }
    }

    /// After `next` threw: leaves the malformed record, so that `next` goes on behind it.
    ///
    /// Where its end is not certain, as with an open quote, the line on which it starts is left.
    ///
    /// - Throws: `cannotOpenFile` when reading fails.
    package mutating func skipRecord() throws(Diagnostic) {
        if isRecordEndKnown { return }
        while true {
            let lineBreak = window.withBytes(window.start..<window.end) { bytes -> Int? in
                for index in 0..<bytes.count where bytes[index] == 0x0A || bytes[index] == 0x0D { return index }
                return nil
            }
            if let lineBreak {
                window.advance(to: window.start + lineBreak)
                if window.end - window.start >= 2 || window.isComplete {
                    let isPair =
                        window.bytes[window.start] == 0x0D && window.end - window.start >= 2
                        && window.bytes[window.start + 1] == 0x0A
                    recordEnd = window.start + (isPair ? 2 : 1)
                    break
                }
            } else {
                // What holds no line break need not be kept.
                window.advance(to: window.end)
                if window.isComplete {
                    recordEnd = window.end
                    break
                }
            }
            try window.extend()
        }
        nextLine = lineNumber + 1
        fields = []
        isRecordEndKnown = true
    }

    /// True when the field is the dialect's text for NULL, unquoted.
    package func isNull(at index: Int) -> Bool {
        guard fields.indices.contains(index), !fields[index].isQuoted else { return !fields.indices.contains(index) }
        let range = fields[index].range
        return range.count == dialect.nullText.count
            && (range.isEmpty || window.bytes[range].elementsEqual(dialect.nullText))
    }

    package func isQuoted(at index: Int) -> Bool {
        fields.indices.contains(index) && fields[index].isQuoted
    }

    /// Calls `body` with the bytes of a field of the current record, without copying them; empty if there is none.
    package func withField<Result>(
        at index: Int, _ body: (Span<UInt8>) throws(Diagnostic) -> Result
    ) throws(Diagnostic) -> Result {
        guard fields.indices.contains(index) else { return try body([UInt8]().span) }
        let field = fields[index]
        if !field.isUnescaped { return try window.withBytes(field.range, body) }
        let bytes = unescaped
        return try body(bytes.span.extracting(field.range))
    }

    package func string(at index: Int) -> String {
        guard fields.indices.contains(index) else { return "" }
        let field = fields[index]
        return String(decoding: field.isUnescaped ? unescaped[field.range] : window.bytes[field.range], as: UTF8.self)
    }

    /// The field as a value of `type`, or NULL.
    ///
    /// - Throws: what `ValueParser` throws, with the field's place.
    package func value(at index: Int, as type: DataType) throws(Diagnostic) -> Value {
        if isNull(at: index) { return .null }
        do throws(Diagnostic) {
            return try withField(at: index) { bytes throws(Diagnostic) in try ValueParser.parse(bytes, as: type) }
        } catch {
            var located = error
            if located.place == nil { located.place = place(ofField: index) }
            throw located
        }
    }

    /// Appends fields of the current record to columns, as values of their types or NULL.
    ///
    /// - Parameters:
    ///   - fields: For each column, the field that fills it; nil for its default.
    /// - Throws: what `ValueParser` throws, with the field's place; columns before that one have their value then.
    ///
    /// Mutating only so that a reader which is a class's property is used in place, not copied for each record.
    package mutating func append(
        _ fields: [Int?], to columns: inout [ColumnBuilder], defaults: [Value]
    ) throws(Diagnostic) {
        for column in fields.indices {
            if let field = fields[column] {
                try append(fieldAt: field, to: &columns[column])
            } else {
                columns[column].append(defaults[column])
            }
        }
    }

    /// Without making a `Value` where that can be avoided.
    @inline(__always)
    private func append(fieldAt index: Int, to column: inout ColumnBuilder) throws(Diagnostic) {
        guard index < fields.count else {
            column.appendNull()
            return
        }
        let field = fields[index]
        if !field.isUnescaped {
            let bytes = window.bytes.span.extracting(field.range)
            if !field.isQuoted, bytes.count == dialect.nullText.count,
                bytes.count == 0 || bytes.isEqual(to: dialect.nullText.span)
            {
                column.appendNull()
                return
            }
            switch column.type {
            case .text:
                // The record has been checked: its text is UTF-8, without NUL, within the limit.
                bytes.withUnsafeBytes { column.append(bytes: $0) }
                return
            case .integer:
                if case .value(let number) = NumberFormat.integer(bytes) {
                    column.append(integer: number)
                    return
                }
            case .real:
                if case .value(let number) = NumberFormat.real(bytes) {
                    column.append(real: number)
                    return
                }
            default: break
            }
        }
        column.append(try value(at: index, as: column.type))
    }

    /// `file:line:column` of a field of the current record.
    package func place(ofField index: Int) -> String {
        place(at: fields.indices.contains(index) ? fields[index].sourceStart : recordEnd)
    }

    /// Scans the record that starts the window; true when its line is empty.
    private mutating func scanRecord() throws(Diagnostic) -> Bool {
        while true {
            fields.removeAll(keepingCapacity: true)
            if !unescaped.isEmpty { unescaped.removeAll(keepingCapacity: true) }
            let outcome = Self.scan(window, dialect, &fields, &unescaped)
            switch outcome {
            case .incomplete:
                if window.end - window.start > Limits.rowBytes {
                    throw fault(
                        .limitExceeded, "a record has at most \(Limits.rowBytes) bytes", at: window.start,
                        hint: "a quote may be missing")
                }
                try window.extend()
            case .fault(let reason, let position):
                switch reason {
                case .unterminatedQuote: throw fault(.malformedCSV, "a quoted field is not closed", at: position)
                case .textAfterQuote:
                    throw fault(
                        .malformedCSV, "text follows the closing quote of a field", at: position,
                        hint: "a quote inside a quoted field is written twice")
                case .nul: throw fault(.invalidText, "the text contains a NUL character", at: position)
                case .tooManyFields:
                    throw fault(.limitExceeded, "a record has at most \(Limits.columnsPerTable) fields", at: position)
                }
            case .record(let end, let linesInside, let isASCII):
                recordEnd = end
                isRecordEndKnown = true
                nextLine = lineNumber + (linesInside ? window.place(of: end).linesEnded : 1)
                if !isASCII,
                    let offset = window.withBytes(window.start..<end, { UTF8Validation.firstFault($0) })
                {
                    throw fault(.notUTF8, "the text is not UTF-8", at: window.start + offset)
                }
                for field in fields where field.range.count > Limits.textBytes {
                    throw fault(
                        .limitExceeded, "a field has at most \(Limits.textBytes) bytes", at: field.sourceStart)
                }
                return fields.count == 1 && fields[0].range.isEmpty && !fields[0].isQuoted
            }
        }
    }

    /// One turn a field, until the record's end. All state is in locals: this is the hot loop.
    private static func scan(
        _ window: borrowing ByteWindow, _ dialect: CSVDialect, _ fields: inout [Field], _ unescaped: inout [UInt8]
    ) -> Outcome {
        let end = window.end
        let bytes = window.bytes.span.extracting(0..<end)
        let isComplete = window.isComplete
        let delimiter = dialect.delimiter
        let quote = dialect.quote
        let delimiters = ByteWord.repeating(delimiter)
        let lineFeeds = ByteWord.repeating(UInt8(ascii: "\n"))
        let carriageReturns = ByteWord.repeating(UInt8(ascii: "\r"))
        let quotes = ByteWord.repeating(quote)
        var position = window.start
        var seen: UInt64 = 0
        var linesInside = false
        while true {
            let fieldStart = position
            if fields.count >= Limits.columnsPerTable { return .fault(.tooManyFields, fieldStart) }
            if position < end, bytes[position] == quote {
                position += 1
                var segmentStart = position
                var unescapedStart = -1
                content: while true {
                    while position + 8 <= end {
                        let word = ByteWord.load(bytes, at: position)
                        let special =
                            ByteWord.zeroBytes(word ^ quotes) | ByteWord.zeroBytes(word)
                            | ByteWord.zeroBytes(word ^ lineFeeds) | ByteWord.zeroBytes(word ^ carriageReturns)
                        if special != 0 { break }
                        seen |= word
                        position += 8
                    }
                    guard position < end else {
                        return isComplete ? .fault(.unterminatedQuote, fieldStart) : .incomplete
                    }
                    let byte = bytes[position]
                    if byte == quote {
                        if position + 1 < end, bytes[position + 1] == quote {
                            if unescapedStart < 0 { unescapedStart = unescaped.count }
                            append(bytes.extracting(segmentStart..<position + 1), to: &unescaped)
                            position += 2
                            segmentStart = position
                        } else if position + 1 == end, !isComplete {
                            return .incomplete
                        } else {
                            break content
                        }
                    } else if byte == 0 {
                        return .fault(.nul, position)
                    } else {
                        if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") { linesInside = true }
                        seen |= UInt64(byte)
                        position += 1
                    }
                }
                if unescapedStart >= 0 {
                    append(bytes.extracting(segmentStart..<position), to: &unescaped)
                    fields.append(
                        Field(
                            range: unescapedStart..<unescaped.count, sourceStart: fieldStart, isQuoted: true,
                            isUnescaped: true))
                } else {
                    fields.append(Field(range: segmentStart..<position, sourceStart: fieldStart, isQuoted: true))
                }
                position += 1
            } else {
                field: while position < end {
                    if position + 8 <= end {
                        let word = ByteWord.load(bytes, at: position)
                        let special =
                            ByteWord.zeroBytes(word ^ delimiters) | ByteWord.zeroBytes(word)
                            | ByteWord.zeroBytes(word ^ lineFeeds) | ByteWord.zeroBytes(word ^ carriageReturns)
                        if special == 0 {
                            seen |= word
                            position += 8
                            continue
                        }
                        // Exact up to the lowest mark, and that is the one wanted.
                        let skipped = UInt64(littleEndian: special).trailingZeroBitCount / 8
                        seen |= skipped == 0 ? 0 : UInt64(littleEndian: word) << UInt64(64 - 8 * skipped)
                        position += skipped
                        break field
                    }
                    let byte = bytes[position]
                    if byte == delimiter || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") || byte == 0 {
                        break field
                    }
                    seen |= UInt64(byte)
                    position += 1
                }
                fields.append(Field(range: fieldStart..<position, sourceStart: fieldStart, isQuoted: false))
            }

            let isASCII = seen & 0x8080_8080_8080_8080 == 0
            guard position < end else {
                return isComplete ? .record(end: end, linesInside: linesInside, isASCII: isASCII) : .incomplete
            }
            let byte = bytes[position]
            if byte == delimiter {
                position += 1
            } else if byte == UInt8(ascii: "\n") {
                return .record(end: position + 1, linesInside: linesInside, isASCII: isASCII)
            } else if byte == UInt8(ascii: "\r") {
                if position + 1 == end, !isComplete { return .incomplete }
                let isPair = position + 1 < end && bytes[position + 1] == UInt8(ascii: "\n")
                return .record(end: position + (isPair ? 2 : 1), linesInside: linesInside, isASCII: isASCII)
            } else {
                return .fault(byte == 0 ? .nul : .textAfterQuote, position)
            }
        }
    }

    private static func append(_ piece: Span<UInt8>, to bytes: inout [UInt8]) {
        piece.withUnsafeBufferPointer { bytes.append(contentsOf: $0) }
    }

    private func wrongFieldCount(_ expected: Int) -> Diagnostic {
        let position: Int
        if fields.count > expected {
            position = fields[max(expected, 0)].sourceStart
        } else {
            // The end of the record's text, before its line break.
            var end = recordEnd
            while end > window.start, window.bytes[end - 1] == 0x0A || window.bytes[end - 1] == 0x0D { end -= 1 }
            position = end
        }
        let found = fields.count == 1 ? "1 field" : "\(fields.count) fields"
        return fault(.malformedCSV, "\(found) where \(expected) are expected", at: position)
    }

    private func place(at position: Int) -> String {
        let (lines, column) = window.place(of: position)
        return "\(window.name):\(lineNumber + lines):\(column)"
    }

    private func fault(_ code: ErrorCode, _ message: String, at position: Int, hint: String? = nil) -> Diagnostic {
        Diagnostic(code, message, hint: hint, place: place(at: position))
    }
}
