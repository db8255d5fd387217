// One text index, open for searching in one transaction.

import MartletCatalog
import MartletCore
import MartletPlanning
import MartletText

final class TextSearch {
    let index: Index
    private let reader: TextIndexReader
    private let searcher: TextSearcher
    private let workspaces: TextWorkspaces
    private let workspace: TextWorkspace
    private var analyzer: Analyzer { workspace.analyzer }

    /// - Parameter statistics: of an earlier search for the same words, whose scores are to be kept.
    init(
        _ context: ExecutionContext, _ part: SearchPlan.TextPart, statistics: TextStatistics? = nil
    ) throws(Diagnostic) {
        index = part.index
        let options = part.index.textOptions ?? TextOptions()
        workspaces = context.textWorkspaces ?? TextWorkspaces()
        do throws(Diagnostic) {
            (reader, workspace) = try workspaces.open(part.index.id, in: context.view)
            searcher = try reader.searcher(
                TextParameters(
                    k1: Float(options.k1), b: Float(options.b), weights: part.weights.map { Float($0) }),
                scratch: workspace.scratch, statistics: statistics)
        } catch {
            throw error.inIndex(part.index.name)
        }
    }

    deinit { workspaces.put(workspace) }

    /// A person's words as terms of the index.
    func words(_ text: String) -> TextQuery { TextQuery(text, analyzer: analyzer) }

    func hits(
        _ query: TextQuery, limit: Int, filter: TextFilter = .all, range: TextHitRange = .all
    ) throws(Diagnostic) -> [TextHit] {
        do throws(Diagnostic) {
            return try searcher.search(query, k: limit, filter: filter, range: range)
        } catch {
            throw error.inIndex(index.name)
        }
    }

    func statistics(_ query: TextQuery) throws(Diagnostic) -> TextStatistics { try searcher.statistics(query) }

    /// The primary key by which equal scores are ordered; empty where that is the row id.
    func key(_ rowID: Int64) throws(Diagnostic) -> [UInt8] {
        guard let (segment, document) = try reader.locate(rowid: rowID) else { return [] }
        return try searcher.key(TextHit(rowid: rowID, score: 0, segment: segment, document: document))
    }

    /// The passage of `body` that matches best, with the matches marked.
    func snippet(_ body: String, _ query: TextQuery) -> String {
        TextSnippet.make(body, query: query, analyzer: analyzer)
    }

    /// The whole of `body`, with the matches marked.
    func highlighted(_ body: String, _ query: TextQuery) -> String {
        TextSnippet.highlight(body, query: query, analyzer: analyzer)
    }

    /// The terms that made a row's score, as the members of a JSON object.
    func why(_ rowID: Int64, _ query: TextQuery, _ table: Table) throws(Diagnostic) -> String {
        guard let (segment, document) = try reader.locate(rowid: rowID) else { return "\"score\":0.0,\"terms\":[]" }
        return try searcher.explain(
            query, TextHit(rowid: rowID, score: 0, segment: segment, document: document)
        ).members(fields: index.columns.map { table.columns[$0].name })
    }
}
