// The ranking of a table, a model or a deployment, for many texts one after the other.

import MartletCatalog
import MartletCore
import MartletPlanning
import MartletText

final class ServedSearch {
    private let context: ExecutionContext
    private let table: Table
    private let search: TextSearch
    private let retriever: RetrieverSearch?
    private let feedback: DeploymentFeedback?

    /// - Parameter parameters: those whose k1 and b count instead of the index's.
    init(
        _ context: ExecutionContext, _ table: Table, _ part: SearchPlan.TextPart, parameters: TextOptions? = nil
    ) throws(Diagnostic) {
        self.context = context
        self.table = table
        search = try TextSearch(context, table, part, parameters: parameters)
        retriever = try RetrieverSearch(context, table, part, search)
        feedback = try DeploymentFeedback(context, table, part, search, retriever)
    }

    /// The best rows, as SEARCH finds them: by score, equal ones by primary key.
    func hits(_ text: String, limit: Int) throws(Diagnostic) -> [SearchHit] {
        let guidance = try feedback?.guidance(for: text)
        search.expansion = guidance?.expansion
        func unguided(_ limit: Int) throws(Diagnostic) -> [SearchHit] {
            if let retriever { return try retriever.hits(text, limit: limit) }
            return try search.hits(search.pattern(text), limit: limit).map {
                SearchHit(rowID: $0.rowid, score: Double($0.score))
            }
        }
        guard retriever != nil || guidance != nil else { return try unguided(limit) }
        var hits =
            if let guidance {
                try guidance.hits(limit: limit, filter: nil, unguided)
            } else {
                try unguided(limit)
            }
        try context.rank(&hits, of: table)
        return Array(hits.prefix(limit))
    }
}
