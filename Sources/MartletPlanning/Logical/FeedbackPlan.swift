// Bound UPVOTE, DOWNVOTE, LOG CLICK and ASSOCIATE.

package import MartletCatalog
package import MartletExpressions

package struct FeedbackPlan: Sendable {
    package enum Subject: Sendable {
        /// A document by the values of its primary key, in the key's order, each of its column's type.
        case document(key: [BoundExpression], of: Table, rank: BoundExpression?)
        case phrase(BoundExpression)
    }

    /// `upvote`, `downvote`, `click` or `association`.
    package var kind: String
    package var deployment: String
    /// The model that the deployment serves.
    package var model: String
    package var query: BoundExpression
    package var subject: Subject

    package init(kind: String, deployment: String, model: String, query: BoundExpression, subject: Subject) {
        self.kind = kind
        self.deployment = deployment
        self.model = model
        self.query = query
        self.subject = subject
    }
}
