// SEARCH.

/// `SEARCH target FOR leg, … [WHERE …] [FUSE BY …] [RERANK BY …] [RETURN …] [LIMIT n] [AFTER cursor] [WITH (…)]`
package struct Search: Hashable, Sendable {
    /// A table, a deployment, or a model with a version.
    package var target: ModelReference
    package var legs: [SearchLeg]
    package var filter: Expression?
    package var fusion: Fusion?
    package var rerank: Rerank?
    package var items: [SelectItem]
    package var orderBy: [OrderTerm]
    package var limit: Expression?
    package var after: Expression?
    package var options: [Option]
    package var location: Location

    package init(
        target: ModelReference, legs: [SearchLeg], filter: Expression? = nil, fusion: Fusion? = nil,
        rerank: Rerank? = nil, items: [SelectItem] = [], orderBy: [OrderTerm] = [], limit: Expression? = nil,
        after: Expression? = nil, options: [Option] = [], location: Location
    ) {
        self.target = target
        self.legs = legs
        self.filter = filter
        self.fusion = fusion
        self.rerank = rerank
        self.items = items
        self.orderBy = orderBy
        self.limit = limit
        self.after = after
        self.options = options
        self.location = location
    }
}

package struct SearchLeg: Hashable, Sendable {
    package enum Condition: Hashable, Sendable {
        /// A bare text: every search index of the target.
        case text(Expression)
        /// `title, body MATCH text`: a person's words.
        case match(columns: [Identifier], Expression)
        /// `title, body QUERY text`: the strict query language.
        case query(columns: [Identifier], Expression)
        /// `emb NEAR expression`: a vector or a text.
        case near(column: Identifier, Expression)
        /// `emb NEAR ROW key`, or `title, body NEAR ROW key`
        case nearRow(columns: [Identifier], Expression)
    }

    package var condition: Condition
    /// `WITHIN number`
    package var within: Expression?
    /// `WEIGHT number`
    package var weight: Expression?
    package var location: Location

    package init(condition: Condition, within: Expression? = nil, weight: Expression? = nil, location: Location) {
        self.condition = condition
        self.within = within
        self.weight = weight
        self.location = location
    }
}

package struct Fusion: Hashable, Sendable {
    package enum Method: String, Hashable, Sendable, CaseIterable { case rrf, linear }

    package var method: Method
    package var options: [Option]
    package var location: Location

    package init(method: Method, options: [Option], location: Location) {
        self.method = method
        self.options = options
        self.location = location
    }
}

package struct Rerank: Hashable, Sendable {
    package var model: ModelReference
    package var top: Expression?
    package var location: Location

    package init(model: ModelReference, top: Expression?, location: Location) {
        self.model = model
        self.top = top
        self.location = location
    }
}
