// The commands to the shell itself: names, usage and help.

package enum DotCommand: String, CaseIterable, Sendable {
    case help, tables, schema, mode, headers, timer, echo, progress, read, output, quit, exit

    /// How it is written, with its arguments.
    package var usage: String {
        switch self {
        case .help: ".help [COMMAND or question]"
        case .tables: ".tables [PATTERN]"
        case .schema: ".schema [TABLE]"
        case .mode: ".mode [MODE]"
        case .headers: ".headers on|off"
        case .timer: ".timer on|off"
        case .echo: ".echo on|off"
        case .progress: ".progress on|off"
        case .read: ".read FILE"
        case .output: ".output [FILE]"
        case .quit: ".quit"
        case .exit: ".exit"
        }
    }

    package var summary: String {
        switch self {
        case .help: "list these commands, explain one, or answer a question"
        case .tables: "list the tables and views, or those whose names are LIKE the pattern"
        case .schema: "show the CREATE statements of all tables and views, or of one"
        case .mode: "show or choose how results look"
        case .headers: "whether csv and tsv start with the column names"
        case .timer: "whether to show the time that each statement took"
        case .echo: "whether to show each statement before its result"
        case .progress: "whether to show the progress of long statements on a terminal"
        case .read: "run the statements of a file up to the first error"
        case .output: "send results to a file, or back to the screen"
        case .quit: "leave the shell"
        case .exit: "leave the shell"
        }
    }

    /// What `.help` says beyond the summary.
    package var details: String? {
        switch self {
        case .help:
            """
            .help            lists the commands of the shell
            .help .mode      explains one of them
            .help how do I load a csv file
                             searches the reference, and shows the best page and the titles of others
            """
        case .tables: "% in the pattern stands for any text and _ for one character: .tables doc%"
        case .schema: "What it prints, run on an empty database, makes the same tables, indexes and views without rows."
        case .mode:
            """
            box        lines around the cells; cut to the width of a terminal
            table      the same in ASCII, never cut
            markdown   a Markdown table
            line       one value a line
            csv, tsv   values with separators, column names first (see .headers)
            json       one array of objects
            jsonl      one object a line
            """
        case .read: "A script may have dot-commands and may read other scripts."
        case .output: "The file appears under its name when it is complete: at the next .output or at the end."
        case .quit, .exit: "Ctrl-D does the same. What was not committed is undone."
        default: nil
        }
    }

    /// `.help` alone.
    package static var list: String {
        let width = allCases.map(\.usage.count).max() ?? 0
        var text = ""
        for command in allCases where command != .exit {
            let padding = String(repeating: " ", count: width - command.usage.count)
            text += "\(command.usage)\(padding)  \(command.summary)\n"
        }
        return text + "\nAnything else is a statement and ends with a semicolon. Ask: .help how do I load a csv file\n"
    }

    /// `.help .mode`
    package var page: String {
        "\(usage)\n    \(summary)\n" + (details.map { "\n\($0)\n" } ?? "")
    }

    /// The words of a line; a word in quotes may have blanks.
    package static func words(of line: String) -> [String] {
        var words: [String] = []
        var current: String?
        var quote: Character?
        for character in line {
            if let open = quote {
                if character == open { quote = nil } else { current?.append(character) }
            } else if character == "'" || character == "\"", current == nil {
                quote = character
                current = ""
            } else if character.isWhitespace {
                if let word = current { words.append(word) }
                current = nil
            } else {
                current = (current ?? "") + String(character)
            }
        }
        if let word = current { words.append(word) }
        return words
    }
}
