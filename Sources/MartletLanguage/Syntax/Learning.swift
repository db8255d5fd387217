// TRAIN, EVALUATE, PREDICT and DEPLOY.

package import MartletCore

/// `FROM table [WHERE …]` or `FROM (SELECT …)`
package enum DataSource: Hashable, Sendable {
    case table(QualifiedName, filter: Expression?, Location)
    case select(Select, Location)

    package var range: SourceRange {
        switch self {
        case .table(_, _, let location), .select(_, let location): location.range
        }
    }
}

package struct Train: Hashable, Sendable {
    package enum Shards: Hashable, Sendable {
        case count(Int)
        case automatic
    }

    package enum Aggregate: String, Hashable, Sendable, CaseIterable { case mean, ensemble }

    package var name: Identifier
    package var kind: Identifier
    /// `ON docs (title, body)`
    package var target: Target?
    package var source: DataSource?
    package var label: Identifier?
    package var shards: Shards?
    package var shardsBy: Identifier?
    package var aggregate: Aggregate?
    package var rounds: Int?
    package var options: [Option]
    package var isAsync: Bool
    package var location: Location

    package struct Target: Hashable, Sendable {
        package var table: QualifiedName
        package var columns: [Identifier]

        package init(table: QualifiedName, columns: [Identifier]) {
            self.table = table
            self.columns = columns
        }
    }

    package init(
        name: Identifier, kind: Identifier, target: Target? = nil, source: DataSource? = nil, label: Identifier? = nil,
        shards: Shards? = nil, shardsBy: Identifier? = nil, aggregate: Aggregate? = nil, rounds: Int? = nil,
        options: [Option] = [], isAsync: Bool = false, location: Location
    ) {
        self.name = name
        self.kind = kind
        self.target = target
        self.source = source
        self.label = label
        self.shards = shards
        self.shardsBy = shardsBy
        self.aggregate = aggregate
        self.rounds = rounds
        self.options = options
        self.isAsync = isAsync
        self.location = location
    }
}

package struct Evaluate: Hashable, Sendable {
    package var model: ModelReference
    package var source: DataSource?
    package var by: [Identifier]
    package var into: QualifiedName?
    package var options: [Option]
    package var location: Location

    package init(
        model: ModelReference, source: DataSource?, by: [Identifier], into: QualifiedName? = nil, options: [Option],
        location: Location
    ) {
        self.model = model
        self.source = source
        self.by = by
        self.into = into
        self.options = options
        self.location = location
    }
}

package struct Predict: Hashable, Sendable {
    package var model: ModelReference
    package var source: DataSource
    package var into: QualifiedName?
    package var options: [Option]
    package var location: Location

    package init(
        model: ModelReference, source: DataSource, into: QualifiedName?, options: [Option], location: Location
    ) {
        self.model = model
        self.source = source
        self.into = into
        self.options = options
        self.location = location
    }
}

/// `DEPLOY model[@v] AS name [REPLICAS a [TO b]] [WHEN expression] [WITH (…)]`
package struct Deploy: Hashable, Sendable {
    package struct Replicas: Hashable, Sendable {
        package var minimum: Int
        package var maximum: Int

        package init(minimum: Int, maximum: Int) {
            self.minimum = minimum
            self.maximum = maximum
        }
    }

    package var model: ModelReference
    package var name: Identifier
    package var replicas: Replicas?
    package var gate: Expression?
    package var options: [Option]
    package var location: Location

    package init(
        model: ModelReference, name: Identifier, replicas: Replicas?, gate: Expression?, options: [Option],
        location: Location
    ) {
        self.model = model
        self.name = name
        self.replicas = replicas
        self.gate = gate
        self.options = options
        self.location = location
    }
}
