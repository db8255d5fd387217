// Cuts a stream of text into statements and dot-commands as it arrives.

package import MartletCore
package import MartletFormats
import MartletLanguage

/// One thing to do from a script.
package enum ScriptPiece: Hashable, Sendable {
    /// A statement without its semicolon.
    case statement(String, StatementSource)
    /// A line that starts with a period, without its line break.
    case dotCommand(String, StatementSource)
}

/// Reads a script piece by piece: memory for a buffer and the longest statement.
package final class StatementStream {
    private let source: ByteSource
    private let name: String?
    private var buffer: [UInt8] = []
    /// Bytes of the buffer that were handed out.
    private var position = 0
    private var isAtEnd = false
    /// Statements of the buffer that are certain to be whole, in order.
    private var waiting: ArraySlice<SourceRange> = []
    private var line = 1
    private var column = 1

    private static let chunkByteCount = 64 << 10

    package init(_ source: ByteSource, name: String?) {
        self.source = source
        self.name = name
    }

    /// The next statement or dot-command; nil at the end.
    ///
    /// - Throws: `statementTooLong`, `notUTF8` with its line, and what the source throws.
    package func next() throws(Diagnostic) -> ScriptPiece? {
        while true {
            if let range = waiting.popFirst() {
                let bytes = buffer[range.start..<range.end]
                if bytes.first == UInt8(ascii: ".") {
                    // The lexer took the line for a statement, so what follows was cut wrongly.
                    waiting = []
                    return try dotCommand(at: range.start)
                }
                advance(to: range.start)
                let place = StatementSource(name: name, line: line, column: column)
                guard let text = String(validating: bytes, as: UTF8.self) else {
                    throw Diagnostic(
                        .notUTF8, "the script is not UTF-8", place: "\(name ?? "line"):\(line)")
                }
                advance(to: range.end)
                return .statement(text, place)
            }
            try scan()
            if waiting.isEmpty, isAtEnd { return nil }
        }
    }

    /// Finds whole statements, reading until there is one or the end. Each scan sees at least twice the bytes of the
    /// one before, so that a long statement takes linear time.
    private func scan() throws(Diagnostic) {
        var scannedByteCount = 0
        while true {
            let ranges = rangesFromPosition()
            if let first = ranges.first, buffer[first.start] == UInt8(ascii: ".") {
                waiting = [first]
                return
            }
            if isAtEnd {
                waiting = ranges[...]
                return
            }
            if let last = ranges.last {
                let whole = isEnded(last) ? ranges[...] : ranges.dropLast()
                if !whole.isEmpty {
                    waiting = whole
                    return
                }
            }
            if buffer.count - position > Limits.statementBytes {
                throw Diagnostic(
                    .statementTooLong, "the statement has more than \(Limits.statementBytes) bytes",
                    place: "\(name ?? "line"):\(line)")
            }
            scannedByteCount = buffer.count - position
            repeat {
                try readMore()
            } while !isAtEnd && buffer.count - position < 2 * scannedByteCount && !endsWithSemicolon
        }
    }

    /// A statement that someone types or pipes in slowly ends with a semicolon, and must not wait for more.
    private var endsWithSemicolon: Bool {
        buffer.last { $0 > 0x20 } == UInt8(ascii: ";")
    }

    private func rangesFromPosition() -> [SourceRange] {
        if position > 0 {
            buffer.removeFirst(position)
            position = 0
        }
        return StatementSplitter.ranges(in: buffer)
    }

    private func isEnded(_ range: SourceRange) -> Bool {
        var lexer = Lexer(buffer, at: range.end)
        return lexer.next().kind == .semicolon
    }

    private func readMore() throws(Diagnostic) {
        var chunk = [UInt8](repeating: 0, count: Self.chunkByteCount)
        let count = try source.read(into: &chunk, at: 0)
        if count == 0 { isAtEnd = true } else { buffer.append(contentsOf: chunk[..<count]) }
    }

    private func dotCommand(at start: Int) throws(Diagnostic) -> ScriptPiece {
        advance(to: start)
        let place = StatementSource(name: name, line: line, column: column)
        var searched = start
        while true {
            if let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                let text = String(decoding: buffer[start..<end], as: UTF8.self)
                advance(to: end + 1)
                return .dotCommand(text, place)
            }
            searched = buffer.count
            if isAtEnd {
                let text = String(decoding: buffer[start...], as: UTF8.self)
                advance(to: buffer.count)
                return .dotCommand(text, place)
            }
            if buffer.count - start > Limits.statementBytes {
                throw Diagnostic(.statementTooLong, "a dot-command of more than \(Limits.statementBytes) bytes")
            }
            try readMore()
        }
    }

    /// Moves on, counting lines and columns. Columns count code points here: cheap, and the same for almost all text.
    private func advance(to end: Int) {
        for byte in buffer[position..<end] {
            if byte == UInt8(ascii: "\n") {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
        }
        position = end
    }
}
