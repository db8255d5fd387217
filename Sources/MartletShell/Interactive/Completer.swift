// What Tab offers.

package import MartletCore
import MartletFormats
import MartletLanguage

/// Words that may stand at the cursor.
package struct Completion: Hashable, Sendable {
    /// How many characters before the cursor a candidate replaces.
    package var replacedCount: Int
    /// Sorted, each once.
    package var candidates: [String]

    /// What all candidates start with.
    package var commonPrefix: String {
        guard var prefix = candidates.first else { return "" }
        for candidate in candidates.dropFirst() {
            prefix = String(zip(prefix, candidate).prefix { $0.0 == $0.1 }.map(\.0))
        }
        return prefix
    }
}

/// Finds candidates from the grammar and from the names in the database.
package struct Completer {
    /// Rows of a question to the database; none if it fails.
    package var ask: (String) -> [[Value]]
    /// The names in a directory, directories with a slash.
    package var list: (String) -> [String]

    package init(ask: @escaping (String) -> [[Value]], list: @escaping (String) -> [String]) {
        self.ask = ask
        self.list = list
    }

    /// - Parameter text: all of the statement that was typed so far, up to the cursor.
    package func complete(_ text: String) -> Completion {
        let trimmed = ShellSession.withoutBlanks(text)
        if trimmed.hasPrefix(".") { return dotCommand(text) }
        if StatementSplitter.state(of: text) == .open("'") { return file(in: text) }
        let context = CompletionContext(text: text, cursor: text.utf8.count)
        let bytes = Array(text.utf8)
        guard context.word.start >= 0, context.word.end <= bytes.count else {
            return Completion(replacedCount: 0, candidates: [])
        }
        let word = String(decoding: bytes[context.word.start..<context.word.end], as: UTF8.self)
        let before = String(decoding: bytes[..<context.word.start], as: UTF8.self)
        if before.hasSuffix(".") {
            return completion(of: word, names: members(of: qualifier(before)), keywords: [])
        }
        // The names of functions stand before a parenthesis, where no keyword does: never in quotes.
        let isFunction = context.names == .column || context.names == .function
        return completion(
            of: word, names: context.names.map { names($0) } ?? [],
            plain: (isFunction ? functions : []) + (context.names == .table ? ["sys"] : []),
            keywords: context.keywords)
    }

    private func completion(
        of word: String, names: [String], plain: [String] = [], keywords: [String]
    ) -> Completion {
        var candidates: Set<String> = []
        for name in plain where starts(name, with: word) { candidates.insert(name) }
        for name in names where starts(name, with: word) { candidates.insert(Printer.quoted(name)) }
        // Keywords follow the case that is being typed.
        let isLower = word.utf8.contains { $0 >= 97 && $0 <= 122 }
        for keyword in keywords where starts(keyword, with: word) {
            candidates.insert(isLower ? keyword.lowercased() : keyword)
        }
        return Completion(replacedCount: word.count, candidates: candidates.sorted())
    }

    private func starts(_ name: String, with word: String) -> Bool {
        name.utf8.count >= word.utf8.count
            && String(decoding: name.utf8.prefix(word.utf8.count), as: UTF8.self).matches(word)
    }

    // MARK: Names

    private func names(_ role: NameRole) -> [String] {
        switch role {
        case .table: return tables + deployments
        case .column: return texts("SELECT DISTINCT name FROM sys.columns")
        case .model: return texts("SELECT DISTINCT model FROM sys.models")
        case .deployment: return deployments
        case .function, .other: return []
        }
    }

    private var tables: [String] { texts("SELECT name FROM sys.tables") }
    private var deployments: [String] { texts("SELECT deployment FROM sys.deployments") }
    private var functions: [String] { texts("SELECT DISTINCT name FROM sys.functions") }

    private static let systemTables = [
        "columns", "deployment_events", "deployments", "foreign_keys", "functions", "indexes", "models", "reference",
        "runs", "settings", "shards", "statistics", "status", "tables", "views",
    ]

    /// What may follow `name.`: the columns of that table, or of any if the name is an alias.
    private func members(of name: String) -> [String] {
        if name.matches("sys") { return Self.systemTables }
        let columns = ask(#"SELECT "table", name FROM sys.columns"#).filter { $0.count == 2 }
        let own = columns.filter { ValueText.text($0[0]).matches(name) }
        return (own.isEmpty ? columns : own).map { ValueText.text($0[1]) }
    }

    private func texts(_ question: String) -> [String] {
        ask(question).compactMap { $0.first.map { ValueText.text($0) } }
    }

    private func qualifier(_ before: String) -> String {
        let name = before.dropLast()
        let start = name.lastIndex { !($0.isLetter || $0.isNumber || $0 == "_" || $0 == "\"") }
        let word = start.map { name[name.index(after: $0)...] } ?? name
        return String(word.filter { $0 != "\"" })
    }

    // MARK: Files and dot-commands

    /// Inside the text after COPY … FROM or TO.
    private func file(in text: String) -> Completion {
        let nothing = Completion(replacedCount: 0, candidates: [])
        guard let quote = text.lastIndex(of: "'") else { return nothing }
        let before = text[..<quote].split { $0.isWhitespace }
        guard let verb = before.last, verb.lowercased() == "from" || verb.lowercased() == "to",
            before.contains(where: { ["copy", "import", "export"].contains($0.lowercased()) })
        else { return nothing }
        return file(startingWith: String(text[text.index(after: quote)...]))
    }

    private func file(startingWith path: String) -> Completion {
        let slash = path.lastIndex(of: "/")
        let directory = slash.map { String(path[...$0]) } ?? ""
        let word = slash.map { String(path[path.index(after: $0)...]) } ?? path
        let names = list(directory.isEmpty ? "." : directory).filter {
            $0.hasPrefix(word) && (!$0.hasPrefix(".") || word.hasPrefix("."))
        }
        return Completion(replacedCount: word.count, candidates: names.sorted())
    }

    private func dotCommand(_ text: String) -> Completion {
        let words = text.split(omittingEmptySubsequences: true) { $0.isWhitespace }
        let isNewWord = text.last?.isWhitespace ?? true
        let word = isNewWord ? "" : String(words.last ?? "")
        if words.count < (isNewWord ? 1 : 2) {
            let names = DotCommand.allCases.map { "." + $0.rawValue }.filter { $0.hasPrefix(word) }
            return Completion(replacedCount: word.count, candidates: names.sorted())
        }
        let candidates: [String]
        switch DotCommand(rawValue: String((words.first ?? "").dropFirst())) {
        case .mode: candidates = RenderMode.allCases.map(\.rawValue)
        case .schema, .tables: candidates = tables
        case .timer, .echo, .headers, .progress: candidates = ["off", "on"]
        case .help: candidates = DotCommand.allCases.map { "." + $0.rawValue }
        case .read, .output: return file(startingWith: word)
        case .quit, .exit, nil: candidates = []
        }
        return Completion(replacedCount: word.count, candidates: candidates.filter { $0.hasPrefix(word) }.sorted())
    }
}
