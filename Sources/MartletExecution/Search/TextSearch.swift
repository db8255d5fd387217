// One text index, open for searching in one transaction.

import MartletCatalog
import MartletCore
import MartletPlanning
import MartletText

final class TextSearch {
    private let name: String
    private let searcher: TextSearcher
    private let workspaces: TextWorkspaces
    private let workspace: TextWorkspace
    private var analyzer: Analyzer { workspace.analyzer }

    init(_ context: ExecutionContext, _ leg: SearchPlan.Leg) throws(Diagnostic) {
        let options = leg.index.textOptions ?? TextOptions()
        name = leg.index.name
        workspaces = context.textWorkspaces ?? TextWorkspaces()
        let reader: TextIndexReader
        do throws(Diagnostic) {
            (reader, workspace) = try workspaces.open(leg.index.id, in: context.view)
        } catch {
            throw error.inIndex(leg.index.name)
        }
        searcher = try reader.searcher(
            TextParameters(
                k1: Float(options.k1), b: Float(options.b), weights: leg.weights.map { Float($0) }),
            scratch: workspace.scratch)
    }

    deinit { workspaces.put(workspace) }

    func hits(_ text: String, limit: Int, filter: TextFilter = .all) throws(Diagnostic) -> [TextHit] {
        do throws(Diagnostic) {
            return try searcher.search(TextQuery(text, analyzer: analyzer), k: limit, filter: filter)
        } catch {
            throw error.inIndex(name)
        }
    }

    /// The passage of `body` that matches best, with the matches in `**`.
    func snippet(_ body: String, _ text: String) -> String {
        TextSnippet.make(body, query: TextQuery(text, analyzer: analyzer), analyzer: analyzer)
    }

    /// The whole of `body`, with the matches in `**`.
    func highlighted(_ body: String, _ text: String) -> String {
        TextSnippet.highlight(body, query: TextQuery(text, analyzer: analyzer), analyzer: analyzer)
    }

    /// The terms that made a hit's score, as JSON.
    func why(_ hit: TextHit, _ text: String, _ table: Table, _ index: Index) throws(Diagnostic) -> String {
        try searcher.explain(TextQuery(text, analyzer: analyzer), hit)
            .json(fields: index.columns.map { table.columns[$0].name })
    }
}
