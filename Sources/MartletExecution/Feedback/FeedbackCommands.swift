// UPVOTE, DOWNVOTE, LOG CLICK and ASSOCIATE.

import MartletCatalog
import MartletCore
import MartletExpressions
import MartletPlanning
import MartletRetrieval

enum FeedbackCommands {
    /// Longer questions and phrases are refused.
    private static let phraseLimitBytes = 64 << 10

    /// Stores the feedback; one row with its id.
    ///
    /// - Throws: `invalidFeedback`, `unknownObject` for a document that is not in the table.
    static func record(_ plan: FeedbackPlan, _ context: ExecutionContext) throws(Diagnostic) -> Batch {
        var row = [Value](repeating: .null, count: SystemTable.feedback.columns.count)
        row[FeedbackStore.Place.deployment] = .text(plan.deployment)
        row[FeedbackStore.Place.model] = .text(plan.model)
        row[FeedbackStore.Place.kind] = .text(plan.kind)
        let isQuery = if case .document = plan.subject { true } else { false }
        let query = try phrase(plan.query, isQuery ? "a query" : "a phrase", context)
        row[FeedbackStore.Place.query] = .text(query)
        row[FeedbackStore.Place.at] = .timestamp(context.evaluation.statementTime)
        switch plan.subject {
        case .document(let key, let table, let rank):
            var values: [Value] = []
            for expression in key {
                let value = try context.value(expression)
                if value.isNull {
                    throw Diagnostic(.invalidFeedback, "feedback needs a document, not NULL", at: expression.range)
                }
                values.append(value)
            }
            let bytes = DocumentKey.bytes(values, table)
            guard try DocumentKey.rowID(bytes, table, context) != nil else {
                let shown = values.map { BoundExpression.literal($0) }.joined(separator: ", ")
                throw Diagnostic(
                    .unknownObject, "table \(table.name) has no document \(shown)",
                    at: key.dropFirst().reduce(key[0].range) { $0.union($1.range) })
            }
            row[FeedbackStore.Place.document] = .text(DocumentKey.text(values))
            row[FeedbackStore.Place.key] = .blob(bytes)
            if let rank {
                guard case .integer(let number) = try context.value(rank), number > 0 else {
                    throw Diagnostic(.invalidFeedback, "RANK is a whole number from 1 up", at: rank.range)
                }
                row[FeedbackStore.Place.rank] = .integer(number)
            }
        case .phrase(let other):
            let phrase = try phrase(other, "a phrase", context)
            if FeedbackIndex.folded(phrase) == FeedbackIndex.folded(query) {
                throw Diagnostic(.invalidFeedback, "ASSOCIATE takes two different phrases", at: other.range)
            }
            row[FeedbackStore.Place.phrase] = .text(phrase)
        }
        let id = try FeedbackStore.append(row, context)
        return Batch(
            rows: [[.integer(id), .text(plan.deployment), .text(plan.kind)]],
            types: StatementResult.feedback.map(\.type))
    }

    private static func phrase(
        _ expression: BoundExpression, _ what: String, _ context: ExecutionContext
    ) throws(Diagnostic) -> String {
        guard case .text(let text) = try context.value(expression), text.contains(where: { !$0.isWhitespace }) else {
            throw Diagnostic(.invalidFeedback, "feedback needs \(what) that is not empty", at: expression.range)
        }
        guard text.utf8.count <= phraseLimitBytes else {
            throw Diagnostic(
                .limitExceeded, "\(what) of feedback has at most \(phraseLimitBytes) bytes", at: expression.range)
        }
        return text
    }
}
