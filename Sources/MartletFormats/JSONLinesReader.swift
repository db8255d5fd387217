// Reads JSON lines: one JSON value a line, in a stream.

package import MartletCore

/// Lines of JSON, one at a time, in constant memory (but for the longest line). Blank lines are skipped.
///
/// Members of an object stay slices of the input until they are asked for. Given column names, each line must be an
/// object, and its members are matched to them: `value(ofColumn:as:)`.
package final class JSONLinesReader {
    private var window: ByteWindow
    private var lineEnd = 0
    private var nextLine = 1
    private var valueRange = 0..<0
    private var members: [Member] = []
    /// The line, from 1, of the current value.
    package private(set) var lineNumber = 1

    private let columns: [[UInt8]]?
    /// For each column, the place of its member in the line, or -1.
    private var memberOfColumn: [Int] = []
    /// For each member's place, the column that was there in the line before: lines tend to be alike.
    private var guesses: [Int] = []
    private var columnsByName: [[UInt8]: Int] = [:]
    /// The place of the first member that is none of the columns.
    private var unknownMember: Int?

    private struct Member {
        var key: JSONScanner.Text
        var value: Range<Int>
        /// What is between the quotes of a string without escapes.
        var plainText: Range<Int>?
    }

    package init(_ source: ByteSource, columns: [String]? = nil) {
        window = ByteWindow(source)
        self.columns = columns.map { $0.map { Array($0.utf8) } }
        for (index, name) in (self.columns ?? []).enumerated() { columnsByName[name] = index }
    }

    package var consumedByteCount: Int { window.consumedByteCount }

    /// How many bytes the source has; nil for a pipe.
    package var totalByteCount: Int? { window.sourceByteCount }

    /// Moves to the next value; false at the end.
    ///
    /// - Throws: `malformedJSON`, `notUTF8`, `limitExceeded`, each with file, line and column as its place;
    ///   `cannotOpenFile` when reading fails.
    package func next() throws(Diagnostic) -> Bool {
        while true {
            window.advance(to: lineEnd)
            lineNumber = nextLine
            guard try findLine() else {
                members = []
                return false
            }
            nextLine += 1
            do throws(JSONFault) {
                if try scanLine() { return true }
            } catch {
                throw fault(error)
            }
        }
    }

    /// True when the value is an object, whose members can be asked for.
    package var isObject: Bool {
        !valueRange.isEmpty && window.bytes[valueRange.lowerBound] == UInt8(ascii: "{")
    }

    package var memberCount: Int { members.count }

    package func key(at index: Int) -> String {
        guard members.indices.contains(index) else { return "" }
        let key = members[index].key
        return window.withBytes(0..<window.end) { JSONScanner.unescaped($0, key) }
    }

    /// Calls `body` with the JSON text of a member's value, without copying it.
    package func withMember<Result>(
        at index: Int, _ body: (Span<UInt8>) throws(Diagnostic) -> Result
    ) throws(Diagnostic) -> Result {
        guard members.indices.contains(index) else { return try body([UInt8]().span) }
        return try window.withBytes(members[index].value, body)
    }

    /// A member's value converted to `type`.
    ///
    /// - Throws: what `ValueParser` throws, with the value's place.
    package func value(at index: Int, as type: DataType) throws(Diagnostic) -> Value {
        do throws(Diagnostic) {
            return try withMember(at: index) { bytes throws(Diagnostic) in try ValueParser.parse(json: bytes, as: type)
            }
        } catch {
            var located = error
            if located.place == nil { located.place = place(ofMember: index) }
            throw located
        }
    }

    /// The value of one of the columns given at the start, converted to `type`; nil when the line does not have it.
    package func value(ofColumn column: Int, as type: DataType) throws(Diagnostic) -> Value? {
        guard memberOfColumn.indices.contains(column), memberOfColumn[column] >= 0 else { return nil }
        return try value(at: memberOfColumn[column], as: type)
    }

    /// Calls `body` with the text of one of the columns given at the start, if it is a string that is written without
    /// escapes: it is UTF-8 without zeros then.
    ///
    /// - Returns: whether it is one.
    package func withPlainText(ofColumn column: Int, _ body: (UnsafeRawBufferPointer) -> Void) -> Bool {
        guard memberOfColumn.indices.contains(column), memberOfColumn[column] >= 0,
            let range = members[memberOfColumn[column]].plainText
        else { return false }
        window.withBytes(range) { text in text.withUnsafeBytes(body) }
        return true
    }

    /// The first key of the line that is none of the columns, and its place.
    package var unknownKey: (key: String, place: String)? {
        unknownMember.map { (key(at: $0), place(at: members[$0].key.range.lowerBound - 1)) }
    }

    /// The whole value.
    package func value() throws(Diagnostic) -> JSONValue {
        do throws(JSONFault) {
            return try window.withBytes(valueRange) { bytes throws(JSONFault) in try JSONValue.parse(bytes) }
        } catch {
            throw fault(JSONFault(reason: error.reason, offset: error.offset + valueRange.lowerBound - window.start))
        }
    }

    /// `file:line:column` of a member's value.
    package func place(ofMember index: Int) -> String {
        place(at: members.indices.contains(index) ? members[index].value.lowerBound : window.start)
    }

    /// `file:line:column` of the current value.
    package var place: String { place(at: valueRange.lowerBound) }

    /// Finds the end of the line that starts the window; false at the end of the source.
    private func findLine() throws(Diagnostic) -> Bool {
        var searched = 0
        while true {
            let start = window.start
            if let end = window.withBytes(0..<window.end, { Self.lineFeed($0, from: start + searched) }) {
                lineEnd = end + 1
                return true
            }
            searched = window.end - start
            if window.isComplete {
                lineEnd = window.end
                return start < window.end
            }
            if searched > Limits.rowBytes {
                throw Diagnostic(
                    .limitExceeded, "a line has at most \(Limits.rowBytes) bytes", place: place(at: start))
            }
            try window.extend()
        }
    }

    private static func lineFeed(_ bytes: Span<UInt8>, from start: Int) -> Int? {
        var position = start
        let lineFeeds = ByteWord.repeating(UInt8(ascii: "\n"))
        while position + 8 <= bytes.count, ByteWord.zeroBytes(ByteWord.load(bytes, at: position) ^ lineFeeds) == 0 {
            position += 8
        }
        while position < bytes.count {
            if bytes[position] == UInt8(ascii: "\n") { return position }
            position += 1
        }
        return nil
    }

    /// Checks the line and finds the members; false when it is blank. Offsets of faults count from the line's start.
    private func scanLine() throws(JSONFault) -> Bool {
        members.removeAll(keepingCapacity: true)
        unknownMember = nil
        let start = window.start
        do throws(JSONFault) {
            let range = try window.withBytes(0..<lineEnd) { bytes throws(JSONFault) in
                try Self.scan(bytes, from: start, &members)
            }
            guard let range else { return false }
            valueRange = range
            if let columns {
                guard isObject else { throw JSONFault(reason: .expectedObject, offset: range.lowerBound) }
                matchColumns(columns)
            }
            return true
        } catch {
            throw JSONFault(reason: error.reason, offset: error.offset - start)
        }
    }

    private static func scan(
        _ bytes: Span<UInt8>, from start: Int, _ members: inout [Member]
    ) throws(JSONFault) -> Range<Int>? {
        var position = start
        JSONScanner.skipWhitespace(bytes, &position)
        guard position < bytes.count else { return nil }
        let valueStart = position
        if bytes[position] == UInt8(ascii: "{") {
            if try JSONScanner.enter(UInt8(ascii: "}"), bytes, &position, depth: 0) {
                repeat {
                    let key = try JSONScanner.skipKey(bytes, &position)
                    let memberStart = position
                    var plainText: Range<Int>?
                    if position < bytes.count, bytes[position] == UInt8(ascii: "\"") {
                        let text = try JSONScanner.skipString(bytes, &position)
                        if !text.hasEscapes { plainText = text.range }
                    } else {
                        try JSONScanner.skipValue(bytes, &position, depth: 1)
                    }
                    members.append(Member(key: key, value: memberStart..<position, plainText: plainText))
                } while try JSONScanner.hasNext(UInt8(ascii: "}"), bytes, &position)
            }
        } else {
            try JSONScanner.skipValue(bytes, &position)
        }
        let valueEnd = position
        JSONScanner.skipWhitespace(bytes, &position)
        if position < bytes.count { throw JSONFault(reason: .textAfterEnd, offset: position) }
        return valueStart..<valueEnd
    }

    /// Of equal keys the last one counts.
    private func matchColumns(_ columns: [[UInt8]]) {
        memberOfColumn.removeAll(keepingCapacity: true)
        memberOfColumn.append(contentsOf: repeatElement(-1, count: columns.count))
        for (place, member) in members.enumerated() {
            if place >= guesses.count { guesses.append(-1) }
            var column = guesses[place]
            var isGuessed = false
            if column >= 0, !member.key.hasEscapes {
                let name = columns[column]
                isGuessed = window.withBytes(member.key.range) { $0.isEqual(to: name.span) }
            }
            if !isGuessed {
                let name = window.withBytes(member.key.range) { content in
                    member.key.hasEscapes ? JSONScanner.unescapedBytes(content) : content.copied
                }
                column = columnsByName[name] ?? -1
                guesses[place] = column
            }
            if column >= 0 {
                memberOfColumn[column] = place
            } else if unknownMember == nil {
                unknownMember = place
            }
        }
    }

    private func place(at position: Int) -> String {
        "\(window.name):\(lineNumber):\(window.place(of: position).column)"
    }

    private func fault(_ fault: JSONFault) -> Diagnostic {
        let place = place(at: window.start + fault.offset)
        return switch fault.reason {
        case .notUTF8: Diagnostic(.notUTF8, "the text is not UTF-8", place: place)
        case .tooDeep:
            Diagnostic(.nestingTooDeep, "JSON may be nested \(Limits.nestingDepth) deep at most", place: place)
        default: Diagnostic(.malformedJSON, "malformed JSON: \(fault.reason.rawValue)", place: place)
        }
    }
}
