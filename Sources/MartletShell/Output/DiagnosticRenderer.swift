// Shows an error with its place in the text and a mark under it.

package import MartletCore
import MartletFormats

/// Where a statement stands in what it was read from.
package struct StatementSource: Hashable, Sendable {
    /// A script's path, `-c` or `<stdin>`; nil for what a person types.
    package var name: String?
    /// The line and column of the statement's first character, from 1. Columns count characters.
    package var line: Int
    package var column: Int

    package init(name: String? = nil, line: Int = 1, column: Int = 1) {
        self.name = name
        self.line = line
        self.column = column
    }
}

/// Makes the text of an error:
/// ```
/// error[E0102]: unknown column 'boddy' in table docs
///   query.sql:3:41 | SEARCH docs FOR boddy MATCH 'x'
///                                    ^^^^^ did you mean 'body'?
/// ```
package struct DiagnosticRenderer: Sendable {
    /// The longest line in cells; a longer source line is cut around the mark.
    package var widthLimit: Int
    package var isColoured: Bool

    package init(widthLimit: Int = 120, isColoured: Bool = false) {
        self.widthLimit = widthLimit
        self.isColoured = isColoured
    }

    private static let tabWidth = 4
    private static let smallestWindow = 30

    /// The error's lines, each with its line break. O(length of the statement).
    package func text(of diagnostic: Diagnostic, statement: String = "", source: StatementSource = .init()) -> String {
        let title = colour("error[\(diagnostic.code.rawValue)]", "1;31")
        var text = "\(title): \(DisplayWidth.escaped(diagnostic.message))\n"
        var hint = diagnostic.hint.map { DisplayWidth.escaped($0) }
        if let range = diagnostic.range, !statement.isEmpty {
            text += excerpt(range, statement, source, hint: hint)
            hint = nil
        }
        if let place = diagnostic.place, !diagnostic.message.contains(place) {
            text += "  \(DisplayWidth.escaped(place))\n"
        }
        if let hint { text += "  \(hint)\n" }
        return text
    }

    private struct Cell {
        var text: String
        var width: Int
        /// Bytes of the line from here to the next cell.
        var byteCount: Int
    }

    private func excerpt(_ range: SourceRange, _ statement: String, _ source: StatementSource, hint: String?) -> String
    {
        let bytes = Array(statement.utf8)
        let newline = UInt8(ascii: "\n")
        let start = min(max(range.start, 0), bytes.count)
        let lineStart = bytes[..<start].lastIndex(of: newline).map { $0 + 1 } ?? 0
        let lineEnd = bytes[start...].firstIndex(of: newline) ?? bytes.count
        let end = min(max(range.end, start), lineEnd)

        let cells = cells(of: String(decoding: bytes[lineStart..<lineEnd], as: UTF8.self))
        let first = index(ofByte: start - lineStart, in: cells)
        let last = max(first, end > start ? index(ofByte: end - 1 - lineStart, in: cells) : first)

        let linesBefore = bytes[..<lineStart].reduce(0) { $0 + ($1 == newline ? 1 : 0) }
        let column = first + (linesBefore == 0 ? source.column : 1)
        let name = source.name.map { DisplayWidth.escaped($0) + ":" } ?? ""
        let prefix = "  \(name)\(source.line + linesBefore):\(column) | "
        let prefixWidth = DisplayWidth.of(prefix)

        let window = window(around: first...last, in: cells, limit: widthLimit - prefixWidth)
        var line = window.lowerBound > 0 ? "…" : ""
        for cell in cells[window] { line += cell.text }
        if window.upperBound < cells.count { line += "…" }

        let padding =
            prefixWidth + (window.lowerBound > 0 ? 1 : 0)
            + cells[window.lowerBound..<min(first, cells.count)].reduce(0) { $0 + $1.width }
        let marked = first < cells.count ? cells[first..<min(last + 1, window.upperBound)] : []
        let carets = String(repeating: "^", count: max(1, marked.reduce(0) { $0 + $1.width }))
        let mark = colour(carets, "1;32") + (hint.map { " " + $0 } ?? "")
        return "\(prefix)\(line)\n\(String(repeating: " ", count: padding))\(mark)\n"
    }

    private func cells(of line: String) -> [Cell] {
        var cells: [Cell] = []
        var position = 0
        for character in line {
            var text = String(character)
            let byteCount = text.utf8.count
            if character == "\t" {
                text = String(repeating: " ", count: Self.tabWidth - position % Self.tabWidth)
            } else {
                text = DisplayWidth.escaped(text)
            }
            let width = DisplayWidth.of(text)
            position += width
            cells.append(Cell(text: text, width: width, byteCount: byteCount))
        }
        // A carriage return before the line break is no part of the line.
        if cells.last?.text == "\\r" { cells.removeLast() }
        return cells
    }

    /// The cell that holds a byte of the line; the number of cells for what lies behind them.
    private func index(ofByte offset: Int, in cells: [Cell]) -> Int {
        var position = 0
        for (index, cell) in cells.enumerated() {
            position += cell.byteCount
            if offset < position { return index }
        }
        return cells.count
    }

    /// The cells to show: all if they fit, else the mark with what is around it, more of it before than behind.
    private func window(around mark: ClosedRange<Int>, in cells: [Cell], limit: Int) -> Range<Int> {
        // Two cells are kept for the signs of a cut.
        let limit = max(limit, Self.smallestWindow) - 2
        if cells.reduce(0, { $0 + $1.width }) <= limit + 2 { return 0..<cells.count }
        var lower = min(mark.lowerBound, cells.count)
        var upper = lower
        var width = 0
        while upper < min(mark.upperBound + 1, cells.count), width + cells[upper].width <= limit / 2 {
            width += cells[upper].width
            upper += 1
        }
        while lower > 0, width + cells[lower - 1].width <= limit * 3 / 4 {
            lower -= 1
            width += cells[lower].width
        }
        while upper < cells.count, width + cells[upper].width <= limit {
            width += cells[upper].width
            upper += 1
        }
        while lower > 0, width + cells[lower - 1].width <= limit {
            lower -= 1
            width += cells[lower].width
        }
        return lower..<upper
    }

    private func colour(_ text: String, _ code: String) -> String {
        isColoured ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }
}
