// A trained retriever over its live text index.

import MartletCatalog
import MartletCore
import MartletPlanning
import MartletRetrieval
import MartletText

/// Candidates come from the index as it is now; the ranking is as trained. Rows that were added or changed since are ranked
/// by what they say now.
final class RetrieverSearch {
    private let context: ExecutionContext
    private let table: Table
    private let search: TextSearch
    private let version: ModelVersion
    private let cache: RetrieverCache
    private let searcher: RetrievalSearcher
    private let isUnchanged: Bool

    /// nil where the index is all there is.
    init?(
        _ context: ExecutionContext, _ table: Table, _ part: SearchPlan.TextPart, _ search: TextSearch
    ) throws(Diagnostic) {
        guard let version = part.retriever else { return nil }
        let cache = context.retrievers ?? RetrieverCache()
        do throws(Diagnostic) {
            guard let searcher = try cache.take(version, context.view) else { return nil }
            self.searcher = searcher
        } catch {
            throw error.inIndex(part.index.name)
        }
        self.context = context
        self.table = table
        self.search = search
        self.version = version
        self.cache = cache
        isUnchanged = search.isUnchanged(since: version)
    }

    deinit { cache.put(searcher, version) }

    var model: RetrievalModel { searcher.model }

    /// The best rows, never fewer than `limit` when as many hold a word of the text.
    func hits(_ text: String, limit: Int, filter: [Int64]? = nil) throws(Diagnostic) -> [SearchHit] {
        let rows = LiveRows(context: context, table: table, search: search, filter: filter)
        let found = try searcher.search(text, count: limit, rows, areUnchanged: isUnchanged && filter == nil)
        return found.map { SearchHit(rowID: $0.rowID, score: Double($0.score)) }
    }

    /// The members of a JSON object that tell the stages of a row's score.
    func why(_ rowID: Int64, _ text: String) throws(Diagnostic) -> String {
        let rows = LiveRows(context: context, table: table, search: search, filter: nil)
        let explanation = try searcher.explain(text, row: rowID, rows, areUnchanged: isUnchanged)
        func number(_ value: Float) -> String { "\(TextExplanation.rounded(Double(value)))" }
        func object(_ parts: [(name: String, value: Float)]) -> String {
            "{\(parts.map { "\"\($0.name)\":\(number($0.value))" }.joined(separator: ","))}"
        }
        var members = ["\"method\":\"\(explanation.method)\"", "\"base\":\(object(explanation.base))"]
        if let similarity = explanation.similarity { members.append("\"embedding\":\(number(similarity))") }
        if !explanation.contributions.isEmpty {
            let votes = explanation.votes.map { "{\"similarity\":\(number($0.similarity))}" }
            members.append("\"past_queries\":[\(votes.joined(separator: ","))]")
            members.append("\"ranker\":\(object(explanation.contributions))")
        }
        return members.joined(separator: ",")
    }
}

/// The rows of the table that the index knows.
private struct LiveRows: LiveDocuments {
    let context: ExecutionContext
    let table: Table
    let search: TextSearch
    /// Ascending.
    let filter: [Int64]?

    func hits(_ query: String, count: Int) throws(Diagnostic) -> [LexicalHit] {
        try search.hits(search.words(query), limit: count, filter: filter.map { .rowids($0) } ?? .all).map {
            LexicalHit(rowID: $0.rowid, score: $0.score)
        }
    }

    func isServed(_ row: Int64) throws(Diagnostic) -> Bool {
        if let filter, !filter.containsSorted(row) { return false }
        return try search.holds(row)
    }

    func document(_ row: Int64, unless checksum: UInt32?) throws(Diagnostic) -> RetrievalDocument? {
        let scan = Scan(table: table, alias: table.name, columns: search.index.columns, includesRowID: false)
        let batch = try context.rows(scan, [row])
        let texts: [String?] = batch.columns.map { column in
            if column.count > 0, case .text(let text) = column[0] { text } else { nil }
        }
        let document = RetrievalDocument(rowID: row, texts: texts)
        return document.checksum == checksum ? nil : document
    }
}
