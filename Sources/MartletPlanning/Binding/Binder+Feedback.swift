// Binds UPVOTE, DOWNVOTE, LOG CLICK and ASSOCIATE.

import MartletCatalog
import MartletCore
import MartletExpressions
import MartletLanguage

extension Binder {
    func bindFeedback(_ feedback: Feedback) throws(Diagnostic) -> FeedbackPlan {
        let (deployment, model, table) = try retrieverDeployment(feedback.deployment)
        guard !table.primaryKey.isEmpty else {
            throw Diagnostic(
                .misplaced, "votes name documents by their PRIMARY KEY, and table \(table.name) has none",
                at: feedback.deployment.range)
        }
        guard feedback.document.count == table.primaryKey.count else {
            let names = table.primaryKey.map { table.columns[$0].name }.joined(separator: ", ")
            throw Diagnostic(
                .wrongColumnCount, "the key of table \(table.name) is (\(names))",
                at: feedback.document.dropFirst().reduce(feedback.document[0].range) { $0.union($1.range) })
        }
        let binder = ExpressionBinder(self, columns: [], context: nil, clause: "DOCUMENT")
        var key: [BoundExpression] = []
        for (column, expression) in zip(table.primaryKey, feedback.document) {
            key.append(
                try Coercion.coerce(
                    try binder.bind(expression), to: table.columns[column].type,
                    purpose: .assignment(column: table.columns[column].name)))
        }
        let rank = try feedback.rank.map { rank throws(Diagnostic) in
            try Coercion.coerce(try binder.bind(rank), to: .integer, purpose: .argument("RANK"))
        }
        let kind =
            switch feedback.kind {
            case .upvote: "upvote"
            case .downvote: "downvote"
            case .click: "click"
            }
        return FeedbackPlan(
            kind: kind, deployment: deployment.name, model: model.name, query: try phrase(feedback.query, "FOR"),
            subject: .document(key: key, of: table, rank: rank))
    }

    func bindAssociation(
        _ name: Identifier, _ first: Expression, _ second: Expression
    ) throws(Diagnostic) -> FeedbackPlan {
        let (deployment, model, _) = try retrieverDeployment(name)
        return FeedbackPlan(
            kind: "association", deployment: deployment.name, model: model.name,
            query: try phrase(first, "ASSOCIATE"), subject: .phrase(try phrase(second, "ASSOCIATE")))
    }

    private func phrase(_ expression: Expression, _ clause: String) throws(Diagnostic) -> BoundExpression {
        let bound = try ExpressionBinder(self, columns: [], context: nil, clause: clause).bind(expression)
        guard bound.type == .text || bound.type == .null else {
            throw Diagnostic(.typeMismatch, "\(clause) takes a TEXT, not \(bound.type)", at: bound.range)
        }
        return bound
    }

    private func retrieverDeployment(
        _ name: Identifier
    ) throws(Diagnostic) -> (Deployment, Model, Table) {
        guard let deployment = catalog.deployment(named: name.name) else { throw unknownDeployment(name) }
        guard let model = catalog.model(id: deployment.modelID), let version = model.version(deployment.version) else {
            throw Diagnostic(.unknownVersion, "deployment \(deployment.name) has lost its model", at: name.range)
        }
        guard model.kind == .retriever else {
            throw Diagnostic(
                .wrongModelKind, "\(deployment.name) serves a \(model.kind.rawValue); feedback is for retrievers",
                at: name.range)
        }
        guard let table = version.tableID.flatMap({ catalog.table(id: $0) }) else {
            throw Diagnostic(.corrupt, "model \(model.name)@\(version.number) has lost its table", at: name.range)
        }
        return (deployment, model, table)
    }
}
