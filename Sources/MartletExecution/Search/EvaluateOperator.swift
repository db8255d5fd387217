// EVALUATE a retriever against judgements.

import MartletCore
import MartletLearning
import MartletPlanning
import MartletText

/// One row: the model, the number of judged queries, and the mean of each metric.
final class EvaluateOperator: Operator {
    private let context: ExecutionContext
    private let input: any Operator
    private let plan: EvaluatePlan
    private var isDone = false

    init(_ context: ExecutionContext, _ input: any Operator, _ plan: EvaluatePlan) throws(Diagnostic) {
        self.context = context
        self.input = input
        self.plan = plan
    }

    func next() throws(Diagnostic) -> Batch? {
        if isDone { return nil }
        isDone = true
        var judgements = Judgements()
        while let batch = try input.next() {
            for row in 0..<batch.count {
                guard case .text(let query) = batch.columns[0][row],
                    case .integer(let grade) = batch.columns[2][row]
                else {
                    throw Diagnostic(.invalidJudgement, "a judgement has no query or no grade")
                }
                guard let document = Self.name(batch.columns[1][row]) else {
                    throw Diagnostic(.invalidJudgement, "a judgement of query '\(query)' has no document")
                }
                try judgements.add(query: query, document: document, grade: Int(grade))
            }
        }
        guard case .text(let leg) = plan.search.legs[0].source else {
            throw Diagnostic(.corrupt, "EVALUATE has no text to look for")
        }
        let search = try TextSearch(context, plan.search.table, leg.parts[0])
        let retriever = try RetrieverSearch(context, plan.search.table, leg.parts[0], search)
        let scan = Scan(
            table: plan.search.table, alias: plan.search.alias, columns: [plan.documentColumn], includesRowID: false)
        var evaluation = RetrievalEvaluation(metrics: plan.metrics)
        for (number, query) in judgements.queries.enumerated() {
            try context.cancellation.check()
            var hits: [SearchHit] = []
            if let retriever {
                hits = try retriever.hits(query, limit: plan.depth)
                try context.rank(&hits, of: plan.search.table)
            } else {
                hits = try search.hits(search.words(query), limit: plan.depth).map {
                    SearchHit(rowID: $0.rowid, score: Double($0.score))
                }
            }
            let documents = try context.rows(scan, hits.map(\.rowID)).columns[0]
            let results = hits.indices.map { index in
                ScoredDocument(document: Self.name(documents[index]) ?? "", score: hits[index].score)
            }
            evaluation.add(query: query, results: results, judgements: judgements[query: query])
            if number % 32 == 31 {
                context.progress?(
                    Progress(stage: "evaluate", rowsDone: number + 1, rowsTotal: judgements.queries.count))
            }
        }
        let values: [Value] =
            [.text(plan.modelLabel), .integer(Int64(evaluation.queries.count))] + evaluation.means.map { .real($0) }
        return Batch(rows: [values], types: plan.output.map(\.type))
    }

    /// A key as the text by which judgements and results are compared.
    private static func name(_ value: Value) -> String? {
        switch value {
        case .text(let text): text
        case .integer(let number): String(number)
        case .null: nil
        default: "\(value)"
        }
    }
}
