// RERANK BY: the best hits in the order of another model.

import MartletCatalog
import MartletCore
import MartletPlanning

struct Reranking {
    private let context: ExecutionContext
    private let table: Table
    private let plan: SearchPlan.Reranking

    init(_ context: ExecutionContext, _ table: Table, _ plan: SearchPlan.Reranking) {
        self.context = context
        self.table = table
        self.plan = plan
    }

    /// How many hits take part.
    func top(limit: Int) throws(Diagnostic) -> Int {
        let top = try plan.top.map { top throws(Diagnostic) in try context.count(top, "TOP") }
        return max((top ?? nil) ?? SearchPlan.Reranking.defaultTop, limit)
    }

    /// The same rows with the model's scores and in their order; rows to which the model gives none come last, in the order
    /// that they had, with a score of 0.
    func run(_ hits: [SearchHit]) throws(Diagnostic) -> [SearchHit] {
        let leg = SearchPlan.Text(text: plan.text, parts: [plan.part])
        guard let model = try TextLeg(context, table, leg) else { return hits }
        let scores = try model.scores(hits.map(\.rowID).sorted())
        var ranked: [SearchHit] = []
        var rest: [SearchHit] = []
        for hit in hits {
            if let score = scores[hit.rowID] {
                ranked.append(SearchHit(rowID: hit.rowID, score: score))
            } else {
                rest.append(SearchHit(rowID: hit.rowID, score: 0))
            }
        }
        try context.rank(&ranked, of: table)
        return ranked + rest
    }
}
