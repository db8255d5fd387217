// The feedback of the deployment that a statement searches.

import MartletCatalog
import MartletCore
import MartletPlanning
import MartletRetrieval
import MartletText

final class DeploymentFeedback {
    /// How much a term of an associated phrase counts against one of the question's own.
    private static let associationWeight: Float = 0.5

    private let context: ExecutionContext
    private let table: Table
    private let search: TextSearch
    private let cache: FeedbackCache
    private let key: FeedbackCache.Key
    private let feedback: LoadedFeedback

    /// nil where nothing was said of its answers, or it is searched by another name.
    init?(
        _ context: ExecutionContext, _ table: Table, _ part: SearchPlan.TextPart, _ search: TextSearch,
        _ retriever: RetrieverSearch?
    ) throws(Diagnostic) {
        guard let deployment = part.deployment else { return nil }
        let cache = context.feedback ?? FeedbackCache()
        let key = FeedbackCache.Key(
            deployment: deployment.foldedName, table: table.id, index: part.index.id,
            digest: retriever == nil ? "" : part.retriever?.digest ?? "")
        guard
            let feedback = try cache.take(
                key, table, context.view, search.analyzerDefinition,
                model: { retriever?.model })
        else { return nil }
        self.context = context
        self.table = table
        self.search = search
        self.cache = cache
        self.key = key
        self.feedback = feedback
    }

    deinit { cache.put(feedback, key) }

    /// What feedback says of the answers to a text; nil where it has nothing to do with it.
    func guidance(for text: String) throws(Diagnostic) -> FeedbackGuidance? {
        if feedback.isEmpty { return nil }
        var opinions: [Int64: FeedbackOpinion] = [:]
        for relation in feedback.related(to: text) {
            for (document, tally) in relation.tallies {
                guard let row = try DocumentKey.rowID(document, table, context), try search.holds(row) else { continue }
                opinions[row, default: FeedbackOpinion()].add(relation, tally)
            }
        }
        let additions = feedback.additions(to: text)
        if opinions.isEmpty, additions.isEmpty { return nil }
        return FeedbackGuidance(
            opinions: opinions,
            expansion: additions.isEmpty
                ? nil : TextSearch.Expansion(terms: additions, weight: Self.associationWeight))
    }
}

/// What feedback changes about the answers to one text.
struct FeedbackGuidance {
    /// By row, of documents that are there.
    var opinions: [Int64: FeedbackOpinion]
    var expansion: TextSearch.Expansion?

    /// A document that the ranking has not among so many is taken for the last of them.
    private static let depth = 200

    /// The best rows by the scores that feedback leaves them, not in order; never fewer than `limit` when as many can be
    /// found. A score does not depend on the limit.
    ///
    /// - Parameter base: the best rows without votes, best first.
    func hits(
        limit: Int, filter: [Int64]?, _ base: (_ limit: Int) throws(Diagnostic) -> [SearchHit]
    ) throws(Diagnostic) -> [SearchHit] {
        if opinions.isEmpty || limit == 0 { return try base(limit) }
        let (sum, overflow) = limit.addingReportingOverflow(opinions.count)
        var hits = try base(max(overflow ? limit : sum, Self.depth))
        let best = hits.first.map { max($0.score, 0) } ?? 1
        // No document below has more.
        let floor = hits.count >= Self.depth ? max(hits[Self.depth - 1].score, 0) : 0
        var missing = opinions
        for place in hits.indices {
            guard let opinion = missing.removeValue(forKey: hits[place].rowID) else { continue }
            let score = place >= Self.depth && opinion.value > 0 ? floor : hits[place].score
            hits[place].score = opinion.adjusted(max(score, 0), best: best > 0 ? best : 1)
        }
        for (rowID, opinion) in missing where opinion.value > 0 {
            if let filter, !filter.containsSorted(rowID) { continue }
            hits.append(SearchHit(rowID: rowID, score: opinion.adjusted(floor, best: best > 0 ? best : 1)))
        }
        return hits
    }

    /// The members of a JSON object that tell which feedback had a say in a row's score.
    func why(_ row: Int64) -> String? {
        var members: [String] = []
        if let opinion = opinions[row] {
            func number(_ value: Float) -> String { "\(TextExplanation.rounded(Double(value)))" }
            let votes = opinion.votes.map { vote in
                "{\"query\":\(TextExplanation.quoted(vote.query)),\"similarity\":\(number(vote.similarity)),"
                    + "\"upvotes\":\(vote.tally.upvotes),\"downvotes\":\(vote.tally.downvotes),"
                    + "\"clicks\":\(vote.tally.clicks),\"share\":\(number(vote.share))}"
            }
            members.append("\"sum\":\(number(opinion.value)),\"votes\":[\(votes.joined(separator: ","))]")
        }
        if let expansion {
            let terms = expansion.terms.map { TextExplanation.quoted(String(decoding: $0, as: UTF8.self)) }
            members.append("\"associated\":[\(terms.joined(separator: ","))]")
        }
        return members.isEmpty ? nil : "\"feedback\":{\(members.joined(separator: ","))}"
    }
}
