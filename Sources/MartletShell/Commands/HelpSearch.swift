// Answers `.help how do I …` from the reference, with the engine's own search.

import MartletCore
import MartletFormats
import MartletRuntime

/// Searches the pages of sys.reference in a temporary database, which is made for the first question.
final class HelpSearch {
    private var known: EngineSession?

    private static let otherTitleCount = 5

    /// The best page and the titles of the next ones; nil if nothing fits.
    func answer(_ question: String) throws(Diagnostic) -> String? {
        let session = try prepared()
        // Who gives a page's name or title wants that page.
        let named = try session.rows(
            """
            SELECT id, title, body FROM pages
            WHERE lower(title) = lower(?1) OR id LIKE '%/' || lower(?1) OR id = lower(?1) ORDER BY id
            """, question)
        let found = try session.rows(
            "SEARCH pages FOR ?1 RETURN id, title, body LIMIT \(Self.otherTitleCount + 1)", question)
        var pages: [[Value]] = []
        for page in named + found where !pages.contains(where: { $0.first == page.first }) { pages.append(page) }
        guard let best = pages.first, best.count == 3 else { return nil }
        var text = "\(ValueText.text(best[1]))\n\n\(ValueText.text(best[2]))\n"
        let others = pages.dropFirst().prefix(Self.otherTitleCount).map { "  \(ValueText.text($0[1]))\n" }
        if !others.isEmpty { text += "\nSee also (.help and the title):\n" + others.joined() }
        return text
    }

    private func prepared() throws(Diagnostic) -> EngineSession {
        if let known { return known }
        let session = EngineSession(try Engine.temporary())
        try session.run("CREATE TABLE pages (id TEXT PRIMARY KEY, kind TEXT, title TEXT, keywords TEXT, body TEXT)")
            .close()
        try session.run("INSERT INTO pages SELECT id, kind, title, keywords, body FROM sys.reference").close()
        try session.run(
            "CREATE INDEX pages_text ON pages USING text (title WEIGHT 3, keywords, body) WITH (language = 'english')"
        ).close()
        known = session
        return session
    }
}

extension EngineSession {
    fileprivate func rows(_ statement: String, _ parameter: String) throws(Diagnostic) -> [[Value]] {
        let stream = try run(statement, parameters: ParameterValues(positional: [.text(parameter)]))
        defer { stream.close() }
        return try stream.rows()
    }
}
