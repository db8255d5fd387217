// Runs the dot-commands.

import MartletCore
import MartletFormats

extension ShellSession {
    func runDotCommand(_ line: String, _ source: StatementSource) -> ShellOutcome {
        let text = Self.withoutBlanks(line)
        if settings.echoes {
            do throws(Diagnostic) { try write(text + "\n") } catch { return writingFailed(error) }
        }
        var words = DotCommand.words(of: text)
        // A semicolon at the end is a habit, not a mistake.
        if words.count > 0, words[words.count - 1].hasSuffix(";") {
            words[words.count - 1].removeLast()
            if words[words.count - 1].isEmpty { words.removeLast() }
        }
        guard let first = words.first else { return .done }
        let name = String(first.dropFirst()).foldedName
        do throws(Diagnostic) {
            guard let command = DotCommand(rawValue: name) else {
                throw Diagnostic(
                    .syntax, "unknown command '\(first)'", at: SourceRange(0, first.utf8.count),
                    hint: Suggestion.nearest(to: name, among: DotCommand.allCases.map(\.rawValue))
                        .map { "did you mean '.\($0)'?" } ?? "see .help")
            }
            let arguments = Array(words.dropFirst())
            if command == .help {
                try showHelp(String(text.dropFirst(first.count)))
                return .done
            }
            return try run(command, arguments)
        } catch {
            if error.code == .cannotWriteFile, output == nil, streams.isClosed() { return .closed }
            show(error, text, source)
            return .failed
        }
    }

    private func run(_ command: DotCommand, _ arguments: [String]) throws(Diagnostic) -> ShellOutcome {
        if arguments.count > (command == .quit || command == .exit ? 0 : 1) {
            throw Diagnostic(.syntax, "too many words after '.\(command.rawValue)'", hint: "usage: \(command.usage)")
        }
        switch command {
        case .help: break
        case .tables:
            for row in try rows(
                "SELECT name FROM (SELECT name FROM sys.tables UNION ALL SELECT name FROM sys.views) WHERE name LIKE ? ORDER BY name",
                [.text(arguments.first ?? "%")])
            {
                if let name = row.first { try write(ValueText.text(name) + "\n") }
            }
        case .schema:
            try write(try SchemaText.text(of: arguments.first) { (text) throws(Diagnostic) in try rows(text) })
        case .mode:
            if let word = arguments.first {
                settings.mode = try mode(word)
            } else {
                try write(settings.mode.rawValue + "\n")
            }
        case .headers: settings.showsHeader = try onOrOff(command, arguments)
        case .timer: settings.showsTime = try onOrOff(command, arguments)
        case .echo: settings.echoes = try onOrOff(command, arguments)
        case .progress: settings.showsProgress = try onOrOff(command, arguments)
        case .read:
            guard let path = arguments.first else { throw missing("a file", command) }
            return runFile(path)
        case .output:
            try closeOutput()
            if let path = arguments.first {
                output = try ByteSink(path: path)
                outputPath = path
            }
        case .quit, .exit: return .quit
        }
        return .done
    }

    private func mode(_ word: String) throws(Diagnostic) -> RenderMode {
        if let mode = RenderMode(rawValue: word.foldedName) { return mode }
        let names = RenderMode.allCases.map(\.rawValue)
        throw Diagnostic(
            .unknownOption, "unknown mode '\(word)'",
            hint: Suggestion.hint(for: word, among: names) ?? "the modes are \(names.joined(separator: ", "))")
    }

    private func onOrOff(_ command: DotCommand, _ arguments: [String]) throws(Diagnostic) -> Bool {
        switch arguments.first?.foldedName {
        case "on": return true
        case "off": return false
        default: throw missing("on or off", command)
        }
    }

    private func missing(_ what: String, _ command: DotCommand) -> Diagnostic {
        Diagnostic(.syntax, "'.\(command.rawValue)' needs \(what)", hint: "usage: \(command.usage)")
    }

    private func showHelp(_ words: String) throws(Diagnostic) {
        var topic = Self.withoutBlanks(words)
        while topic.hasSuffix(";") { topic.removeLast() }
        if topic.isEmpty { return try write(DotCommand.list) }
        let name = topic.hasPrefix(".") ? String(topic.dropFirst()) : topic
        if topic.hasPrefix(".") || name.foldedName == "quit", let command = DotCommand(rawValue: name.foldedName) {
            return try write(command.page)
        }
        try write(try help.answer(topic) ?? "nothing found about '\(topic)'; .help lists the commands of the shell\n")
    }

    static func withoutBlanks(_ text: String) -> String {
        guard let first = text.firstIndex(where: { !$0.isWhitespace }),
            let last = text.lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return String(text[first...last])
    }
}
