// CREATE, ALTER and DROP of tables, indexes and views.

package struct ColumnDefinition: Hashable, Sendable {
    package var name: Identifier
    package var type: DataTypeName
    package var constraints: [ColumnConstraint]

    package init(name: Identifier, type: DataTypeName, constraints: [ColumnConstraint]) {
        self.name = name
        self.type = type
        self.constraints = constraints
    }
}

package enum ColumnConstraint: Hashable, Sendable {
    case notNull(Location)
    /// An explicit NULL.
    case nullable(Location)
    case primaryKey(Location)
    case unique(Location)
    case defaultValue(Expression)
    case check(Expression, name: Identifier?)
    case references(ForeignKey)
    /// `GENERATED ALWAYS AS (…) STORED`
    case generated(Expression, Location)
}

package enum TableConstraint: Hashable, Sendable {
    case primaryKey([Identifier], Location)
    case unique([Identifier], Location)
    case check(Expression, name: Identifier?)
    case foreignKey([Identifier], ForeignKey)
}

package struct ForeignKey: Hashable, Sendable {
    package enum Action: String, Hashable, Sendable, CaseIterable {
        case noAction = "NO ACTION"
        case restrict = "RESTRICT"
        case cascade = "CASCADE"
        case setNull = "SET NULL"
        case setDefault = "SET DEFAULT"
    }

    package var table: Identifier
    package var columns: [Identifier]
    package var onDelete: Action?
    package var onUpdate: Action?
    package var location: Location

    package init(
        table: Identifier, columns: [Identifier], onDelete: Action?, onUpdate: Action?, location: Location
    ) {
        self.table = table
        self.columns = columns
        self.onDelete = onDelete
        self.onUpdate = onUpdate
        self.location = location
    }
}

package struct CreateTable: Hashable, Sendable {
    package var name: Identifier
    package var ifNotExists: Bool
    package var isTemporary: Bool
    package var columns: [ColumnDefinition]
    package var constraints: [TableConstraint]
    /// `CREATE TABLE x AS SELECT …`
    package var select: Select?
    package var location: Location

    package init(
        name: Identifier, ifNotExists: Bool, isTemporary: Bool = false, columns: [ColumnDefinition],
        constraints: [TableConstraint], select: Select?, location: Location
    ) {
        self.name = name
        self.ifNotExists = ifNotExists
        self.isTemporary = isTemporary
        self.columns = columns
        self.constraints = constraints
        self.select = select
        self.location = location
    }
}

package struct CreateIndex: Hashable, Sendable {
    package struct Part: Hashable, Sendable {
        /// A plain column is a column reference.
        package var expression: Expression
        package var isDescending: Bool
        /// `WEIGHT 3`
        package var weight: Expression?

        package init(expression: Expression, isDescending: Bool, weight: Expression?) {
            self.expression = expression
            self.isDescending = isDescending
            self.weight = weight
        }
    }

    package var name: Identifier
    package var ifNotExists: Bool
    package var isUnique: Bool
    package var table: Identifier
    /// `USING text`; nil is an ordered index.
    package var method: Identifier?
    package var parts: [Part]
    package var options: [Option]
    /// `WHERE …` of a partial index.
    package var filter: Expression?
    package var location: Location

    package init(
        name: Identifier, ifNotExists: Bool, isUnique: Bool, table: Identifier, method: Identifier?, parts: [Part],
        options: [Option], filter: Expression?, location: Location
    ) {
        self.name = name
        self.ifNotExists = ifNotExists
        self.isUnique = isUnique
        self.table = table
        self.method = method
        self.parts = parts
        self.options = options
        self.filter = filter
        self.location = location
    }
}

package struct CreateView: Hashable, Sendable {
    package var name: Identifier
    package var ifNotExists: Bool
    package var columns: [Identifier]
    package var select: Select
    package var location: Location

    package init(name: Identifier, ifNotExists: Bool, columns: [Identifier], select: Select, location: Location) {
        self.name = name
        self.ifNotExists = ifNotExists
        self.columns = columns
        self.select = select
        self.location = location
    }
}

package struct AlterTable: Hashable, Sendable {
    package enum Action: Hashable, Sendable {
        case addColumn(ColumnDefinition)
        case dropColumn(Identifier)
        case renameColumn(Identifier, to: Identifier)
        case rename(to: Identifier)
    }

    package var table: Identifier
    package var action: Action
    package var location: Location

    package init(table: Identifier, action: Action, location: Location) {
        self.table = table
        self.action = action
        self.location = location
    }
}

/// `DROP TABLE | INDEX | VIEW | MODEL | … [IF EXISTS] name [RESTRICT | CASCADE]`
package struct Drop: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        case table = "TABLE"
        case index = "INDEX"
        case view = "VIEW"
        case model = "MODEL"
        case project = "PROJECT"
        case experiment = "EXPERIMENT"
        case dataset = "DATASET"
        case user = "USER"
        case team = "TEAM"
        case schedule = "SCHEDULE"
        case monitor = "MONITOR"
    }

    package enum Behavior: String, Hashable, Sendable, CaseIterable { case restrict = "RESTRICT", cascade = "CASCADE" }

    package var kind: Kind
    /// Only a model may carry a version: `DROP MODEL finder@2`.
    package var name: ModelReference
    package var ifExists: Bool
    package var behavior: Behavior?
    package var location: Location

    package init(kind: Kind, name: ModelReference, ifExists: Bool, behavior: Behavior?, location: Location) {
        self.kind = kind
        self.name = name
        self.ifExists = ifExists
        self.behavior = behavior
        self.location = location
    }
}
