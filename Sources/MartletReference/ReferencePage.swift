// One document of the reference.

package struct ReferencePage: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        case statement, clause, function, option, type, error, table, shell, guide
    }

    /// The kind, a slash and a word: `statement/train`.
    package let id: String
    package let kind: Kind
    package let title: String
    /// Plain text with Markdown's paragraphs, lists, `code` and fenced examples; `sql` fences parse.
    package let body: String
    /// Words that a person may look for and that the text does not use, separated by spaces.
    package let keywords: String
    /// False for what the language has and this version cannot run yet; the body's last line says so.
    package let isAvailable: Bool

    init(
        _ kind: Kind, _ name: String, _ title: String, keywords: String = "", isAvailable: Bool = true, _ body: String
    ) {
        id = "\(kind.rawValue)/\(name)"
        self.kind = kind
        self.title = title
        self.body = isAvailable ? body : body + "\n\nNot available in this version."
        self.keywords = keywords
        self.isAvailable = isAvailable
    }

    /// The examples: the text of each fenced block marked `sql`, without the fences.
    package var examples: [String] {
        var examples: [String] = []
        var current: [Substring]?
        for line in body.split(separator: "\n", omittingEmptySubsequences: false) {
            if let lines = current {
                if line == "```" {
                    examples.append(lines.joined(separator: "\n"))
                    current = nil
                } else {
                    current = lines + [line]
                }
            } else if line == "```sql" {
                current = []
            }
        }
        return examples
    }
}
