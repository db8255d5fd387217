// The shell at a terminal: prompts, statements over several lines, history.

import MartletCore
import MartletFormats
import MartletLanguage

final class InteractiveShell {
    private let shell: ShellSession
    private let name: String
    private let history: HistoryFile?
    /// The lines of a statement that is not complete yet.
    private var pending: [String] = []

    private static let shownCandidateLimit = 200

    init(_ shell: ShellSession, path: String?, history: HistoryFile?) {
        self.shell = shell
        self.history = history
        name = path.map { Self.name(ofFile: $0) } ?? "martlet"
    }

    /// Runs until `.quit`, the end of the input or a screen that went away; returns the exit code.
    func run() -> Int32 {
        guard let editor = LineEditor(historyLimit: HistoryFile.entryLimit) else {
            shell.show(Diagnostic(.inputOutput, "the terminal cannot be used for editing"))
            return MartletProgram.ExitCode.usage
        }
        let completer = Completer(
            ask: { [shell] in (try? shell.rows($0)) ?? [] }, list: { System.names(inDirectory: $0) })
        editor.complete = { [unowned self] line in completer.complete((pending + [line]).joined(separator: "\n")) }
        editor.show = { [unowned self] in show($0) }
        for entry in history?.load() ?? [] { editor.addHistory(entry) }

        shell.message("martlet \(MartletVersion.current). Statements end with a semicolon; .help lists commands.\n")
        if name == "martlet" { shell.message("The database is temporary; `martlet FILE` keeps one.\n") }
        while true {
            switch editor.read(prompt: pending.isEmpty ? prompt : continuationPrompt) {
            case .end:
                shell.message("\n")
                return end()
            case .interrupted: pending = []
            case .text(let line):
                switch take(line, editor) {
                case .quit, .closed: return end()
                case .done, .failed: break
                }
            }
        }
    }

    private func end() -> Int32 {
        shell.finish() == .failed ? MartletProgram.ExitCode.statementFailed : MartletProgram.ExitCode.success
    }

    private func take(_ line: String, _ editor: LineEditor) -> ShellOutcome {
        if pending.isEmpty, line.first(where: { !$0.isWhitespace }) == "." {
            remember([line], editor)
            return shell.run(.dotCommand(line, StatementSource()))
        }
        pending.append(line)
        let text = pending.joined(separator: "\n")
        switch StatementSplitter.state(of: text) {
        case .empty:
            pending = []
            return .done
        case .incomplete, .open: return .done
        case .complete:
            remember(pending, editor)
            pending = []
            return shell.run(text: text, name: nil)
        }
    }

    /// Keeps a statement as one entry on one line if its line breaks mean nothing, else as it was typed.
    private func remember(_ lines: [String], _ editor: LineEditor) {
        let entry = Self.historyEntry(lines)
        if entry.isEmpty { return }
        editor.addHistory(entry)
        history?.append(entry)
    }

    static func historyEntry(_ lines: [String]) -> String {
        var text = ""
        for (index, line) in lines.enumerated() {
            if index > 0 {
                let isOpen = if case .open = StatementSplitter.state(of: text) { true } else { false }
                text += isOpen || text.contains("--") ? "\n" : " "
            }
            text += line
        }
        return ShellSession.withoutBlanks(text)
    }

    // MARK: On the screen

    private var prompt: String { name + (shell.isInTransaction ? "*> " : "> ") }

    private var continuationPrompt: String {
        let width = DisplayWidth.of(prompt) - 1
        return String(repeating: " ", count: max(0, width - 3)) + "... "
    }

    private func show(_ candidates: [String]) {
        let shown = candidates.prefix(Self.shownCandidateLimit)
        let width = (shown.map { DisplayWidth.of($0) }.max() ?? 0) + 2
        let perLine = max(1, (shell.streams.terminalWidth() ?? 80) / width)
        var text = "\n"
        for (index, candidate) in shown.enumerated() {
            let isLast = index % perLine == perLine - 1 || index == shown.count - 1
            text += candidate
            text += isLast ? "\n" : String(repeating: " ", count: width - DisplayWidth.of(candidate))
        }
        if candidates.count > shown.count { text += "and \(candidates.count - shown.count) more\n" }
        try? shell.streams.results.write(text)
        try? shell.streams.results.flush()
    }

    /// The file's name without folders and extension, made fit for a prompt.
    static func name(ofFile path: String) -> String {
        let last = path.split(separator: "/").last.map(String.init) ?? path
        let stem = last.lastIndex(of: ".").map { $0 > last.startIndex ? String(last[..<$0]) : last } ?? last
        return DisplayWidth.truncated(DisplayWidth.escaped(stem), to: 24)
    }
}
