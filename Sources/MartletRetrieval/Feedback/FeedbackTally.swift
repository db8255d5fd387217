// What people said of one document as the answer to one question.

/// Votes and clicks, counted.
package struct FeedbackTally: Sendable, Hashable {
    package private(set) var upvotes = 0
    package private(set) var downvotes = 0
    package private(set) var clicks = 0
    private var clickWeight: Float = 0

    package init() {}

    package mutating func add(_ kind: FeedbackKind, rank: Int?) {
        switch kind {
        case .upvote: upvotes += 1
        case .downvote: downvotes += 1
        case .click:
            clicks += 1
            clickWeight += Self.weight(ofClickAt: rank)
        case .association: break
        }
    }

    /// People click what stands on top, so a click further down says more: a tenth of √rank, up to .3 (the inverse of the
    /// chance that the place is looked at; Joachims, Swaminathan and Schnabel 2017).
    package static func weight(ofClickAt rank: Int?) -> Float { 0.1 * min(3, Float(max(1, rank ?? 1)).squareRoot()) }

    /// Upvotes less downvotes, and the clicks, which together never count as much as one upvote.
    package var net: Float { Float(upvotes - downvotes) + clickWeight / (1 + clickWeight) }

    /// The net votes, saturated: 1 for one upvote, below 2 for any number; as much below 0 for downvotes.
    package var strength: Float { 2 * net / (1 + abs(net)) }
}

package enum FeedbackKind: String, Sendable, Hashable, CaseIterable {
    case upvote, downvote, click, association
}
