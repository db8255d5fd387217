// EVALUATE a retriever against judgements.

import MartletCatalog
import MartletCore
import MartletLearning
import MartletPlanning
import MartletText

/// One row: the model, the number of judged queries, and the mean of each metric; with a baseline its means, the
/// differences and their probability by chance. Or one row a query.
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
        let table = plan.search.table
        let search = try ServedSearch(context, table, leg.parts[0])
        let baseline = try plan.baseline.map { baseline throws(Diagnostic) in
            try ServedSearch(context, table, baseline.part, parameters: baseline.parameters)
        }
        var evaluation = RetrievalEvaluation(metrics: plan.metrics)
        var compared = RetrievalEvaluation(metrics: plan.metrics)
        for (number, query) in judgements.queries.enumerated() {
            try context.cancellation.check()
            evaluation.add(query: query, results: try results(query, search), judgements: judgements[query: query])
            if let baseline {
                compared.add(query: query, results: try results(query, baseline), judgements: judgements[query: query])
            }
            if number % 32 == 31 {
                context.progress?(
                    Progress(stage: "evaluate", rowsDone: number + 1, rowsTotal: judgements.queries.count))
            }
        }
        let rows = plan.isPerQuery ? perQuery(evaluation, compared) : [summary(evaluation, compared)]
        return rows.isEmpty ? nil : Batch(rows: rows, types: plan.output.map(\.type))
    }

    private func results(_ query: String, _ search: ServedSearch) throws(Diagnostic) -> [ScoredDocument] {
        let hits = try search.hits(query, limit: plan.depth)
        let scan = Scan(
            table: plan.search.table, alias: plan.search.alias, columns: [plan.documentColumn], includesRowID: false)
        let documents = try context.rows(scan, hits.map(\.rowID), namedBy: "a search index").columns[0]
        return hits.indices.map { index in
            ScoredDocument(document: Self.name(documents[index]) ?? "", score: hits[index].score)
        }
    }

    private func summary(_ evaluation: RetrievalEvaluation, _ compared: RetrievalEvaluation) -> [Value] {
        var row: [Value] = [.text(plan.modelLabel), .integer(Int64(evaluation.queries.count))]
        row += evaluation.means.map { .real($0) }
        guard plan.baseline != nil else { return row }
        let means = evaluation.means
        let others = compared.means
        row += others.map { .real($0) }
        row += plan.metrics.indices.map { .real(means[$0] - others[$0]) }
        row += plan.metrics.indices.map { metric in
            let differences = zip(evaluation.queries, compared.queries).map { $0.values[metric] - $1.values[metric] }
            return PairedTest.probability(differences).map { .real($0) } ?? .null
        }
        return row
    }

    private func perQuery(_ evaluation: RetrievalEvaluation, _ compared: RetrievalEvaluation) -> [[Value]] {
        evaluation.queries.enumerated().map { place, query in
            var row: [Value] = [.text(query.query)]
            row += query.values.map { .real($0) }
            if plan.baseline != nil { row += compared.queries[place].values.map { .real($0) } }
            return row
        }
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
