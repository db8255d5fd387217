// Stored feedback as examples of a TRAIN.

import MartletCatalog
import MartletCore
import MartletPlanning
import MartletRetrieval

extension RetrieverExamples {
    /// The grade of a document that was only clicked.
    private static let clickGrade: Float = 0.3

    /// Adds what was said of the deployments of a model: a document with more upvotes than downvotes answers the question,
    /// one with more downvotes does not, whatever the given examples say; one that was only clicked answers it a little.
    /// Documents that are gone, and associations, say nothing.
    mutating func addFeedback(
        ofModel name: String, _ table: Table, _ context: ExecutionContext
    ) throws(Diagnostic) {
        let catalog = context.catalog
        let deployments = catalog.deployments.filter { catalog.model(id: $0.modelID)?.name.matches(name) ?? false }
        let names = Set(deployments.map(\.name.foldedName))
        struct Pair: Hashable {
            var query: String
            var document: [UInt8]
        }
        var places: [Pair: Int] = [:]
        var tallies: [(pair: Pair, tally: FeedbackTally)] = []
        try FeedbackStore.read(after: .min, context.view) { row in
            guard case .text(let deployment) = row[FeedbackStore.Place.deployment],
                case .text(let model) = row[FeedbackStore.Place.model],
                model.matches(name) || names.contains(deployment.foldedName),
                let record = FeedbackStore.record(row, documentsOf: table), record.kind != .association
            else { return }
            let pair = Pair(query: record.query, document: record.document)
            if places[pair] == nil {
                places[pair] = tallies.count
                tallies.append((pair, FeedbackTally()))
            }
            tallies[places[pair] ?? 0].tally.add(record.kind, rank: record.rank)
        }
        for (pair, tally) in tallies {
            guard let rowID = try DocumentKey.rowID(pair.document, table, context) else { continue }
            if tally.upvotes != tally.downvotes {
                examples.add(query: pair.query, rowID: rowID, grade: tally.upvotes > tally.downvotes ? 1 : 0)
            } else if tally.clicks > 0, examples.grade(of: rowID, query: pair.query) == nil {
                examples.add(query: pair.query, rowID: rowID, grade: Self.clickGrade)
            } else {
                continue
            }
            feedbackCount += 1
        }
    }
}
