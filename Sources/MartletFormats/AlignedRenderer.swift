// Tables with aligned columns: box, table and markdown.

import MartletCore

/// Lines and separators of an aligned mode.
struct AlignedStyle: Sendable {
    /// The left end, a piece under a cell, the joint between columns, and the right end of a rule.
    struct Rule: Sendable {
        let left, fill, joint, right: String
    }

    let top, middle, bottom: Rule?
    let bar: String
    /// Whether cells are cut to the terminal's width, and `|` is escaped.
    let isCut, isMarkdown: Bool

    static let box = AlignedStyle(
        top: Rule(left: "┌", fill: "─", joint: "┬", right: "┐"),
        middle: Rule(left: "├", fill: "─", joint: "┼", right: "┤"),
        bottom: Rule(left: "└", fill: "─", joint: "┴", right: "┘"), bar: "│", isCut: true, isMarkdown: false)
    static let table = AlignedStyle(
        top: Rule(left: "+", fill: "-", joint: "+", right: "+"),
        middle: Rule(left: "+", fill: "-", joint: "+", right: "+"),
        bottom: Rule(left: "+", fill: "-", joint: "+", right: "+"), bar: "|", isCut: false, isMarkdown: false)
    static let markdown = AlignedStyle(
        top: nil, middle: Rule(left: "|", fill: "-", joint: "|", right: "|"), bottom: nil, bar: "|", isCut: false,
        isMarkdown: true)
}

/// Measures the first rows, fixes the column widths, then streams: memory is bounded by the measured rows. A later cell
/// that is wider is cut in a mode that cuts, and else moves its row's bars.
final class AlignedRenderer: ResultRenderer {
    private let sink: ByteSink
    private let style: AlignedStyle
    private let options: RenderOptions
    private var columns: [RenderColumn] = []
    private var header: [String] = []
    private var waiting: [[String]] = []
    private var waitingByteCount = 0
    /// nil while rows are still being measured.
    private var widths: [Int]?

    /// Cells longer than any screen are not kept whole.
    private static let cellCharacterLimit = 10_000
    private static let waitingByteLimit = 16 << 20

    init(_ sink: ByteSink, style: AlignedStyle, options: RenderOptions) {
        self.sink = sink
        self.style = style
        self.options = options
    }

    func begin(_ columns: [RenderColumn]) throws(Diagnostic) {
        self.columns = columns
        header = columns.map { cell($0.name) }
        waiting = []
        waitingByteCount = 0
        widths = nil
    }

    func row(_ values: [Value]) throws(Diagnostic) {
        let cells = values.map { $0.isNull ? options.nullText : cell(ValueText.text($0)) }
        if let widths {
            try write(cells, widths)
            return
        }
        waiting.append(cells)
        for cell in cells { waitingByteCount += cell.utf8.count }
        if waiting.count >= options.measuredRowCount || waitingByteCount > Self.waitingByteLimit { try fixWidths() }
    }

    func finish() throws(Diagnostic) {
        if widths == nil { try fixWidths() }
        if let rule = style.bottom, let widths { try write(rule, widths) }
        columns = []
        try sink.flush()
    }

    private func cell(_ text: String) -> String {
        var text = text
        if style.isCut, options.terminalWidth != nil, text.utf8.count > Self.cellCharacterLimit {
            text = String(text.prefix(Self.cellCharacterLimit))
        }
        let escaped = DisplayWidth.escaped(text)
        guard style.isMarkdown, escaped.utf8.contains(UInt8(ascii: "|")) else { return escaped }
        return escaped.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|")
    }

    /// Writes the head and the rows that waited for it.
    private func fixWidths() throws(Diagnostic) {
        var widths = header.map { max(DisplayWidth.of($0), style.isMarkdown ? 3 : 1) }
        for row in waiting {
            for (index, cell) in row.enumerated() where index < widths.count {
                widths[index] = max(widths[index], DisplayWidth.of(cell))
            }
        }
        if style.isCut, let terminalWidth = options.terminalWidth { Self.fit(&widths, into: terminalWidth) }
        self.widths = widths
        if let rule = style.top { try write(rule, widths) }
        try write(header, widths)
        if let rule = style.middle { try write(rule, widths) }
        for row in waiting { try write(row, widths) }
        waiting = []
    }

    /// Caps the widest columns, all at the same width, so that a line fits; narrow columns keep theirs.
    private static func fit(_ widths: inout [Int], into terminalWidth: Int) {
        let available = terminalWidth - widths.count * 3 - 1
        func total(_ cap: Int) -> Int { widths.reduce(0) { $0 + min($1, cap) } }
        guard let widest = widths.max(), total(widest) > available else { return }
        var low = 4
        var high = max(widest, 4)
        while low < high {
            let middle = (low + high + 1) / 2
            if total(middle) <= available { low = middle } else { high = middle - 1 }
        }
        var spare = available - total(low)
        for index in widths.indices where widths[index] > low {
            widths[index] = low + (spare > 0 ? 1 : 0)
            spare -= 1
        }
    }

    private func write(_ cells: [String], _ widths: [Int]) throws(Diagnostic) {
        var line = style.bar
        for (index, width) in widths.enumerated() {
            var cell = index < cells.count ? cells[index] : ""
            if style.isCut, options.terminalWidth != nil { cell = DisplayWidth.truncated(cell, to: width) }
            let padding = String(repeating: " ", count: max(0, width - DisplayWidth.of(cell)))
            let isRight = index < columns.count && columns[index].type.isNumeric
            line += isRight ? " \(padding)\(cell) " : " \(cell)\(padding) "
            line += style.bar
        }
        try sink.write(line + "\n")
    }

    private func write(_ rule: AlignedStyle.Rule, _ widths: [Int]) throws(Diagnostic) {
        var pieces: [String] = []
        for (index, width) in widths.enumerated() {
            // Markdown marks a right-aligned column with a colon.
            let isMarked = style.isMarkdown && columns[index].type.isNumeric
            pieces.append(String(repeating: rule.fill, count: width + (isMarked ? 1 : 2)) + (isMarked ? ":" : ""))
        }
        try sink.write(rule.left + pieces.joined(separator: rule.joint) + rule.right + "\n")
    }
}
