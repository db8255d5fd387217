// INSERT, UPDATE, DELETE and COPY.

package struct Assignment: Hashable, Sendable {
    package var column: Identifier
    package var value: Expression

    package init(column: Identifier, value: Expression) {
        self.column = column
        self.value = value
    }
}

/// `WITH [RECURSIVE] name AS (…), …` before an INSERT, UPDATE or DELETE.
package struct WithClause: Hashable, Sendable {
    package var tables: [CommonTable] = []
    package var isRecursive = false

    package init() {}

    package init(tables: [CommonTable], isRecursive: Bool) {
        self.tables = tables
        self.isRecursive = isRecursive
    }
}

package struct Insert: Hashable, Sendable {
    package enum Source: Hashable, Sendable {
        /// VALUES is a Select too.
        case select(Select)
        case defaultValues
    }

    package struct Conflict: Hashable, Sendable {
        package enum Action: Hashable, Sendable {
            case nothing
            /// The rows in the way are removed: `REPLACE INTO`, `INSERT OR REPLACE`.
            case replace
            case update([Assignment], filter: Expression?)
        }

        /// `ON CONFLICT (id)`; empty: any unique constraint.
        package var columns: [Identifier]
        package var action: Action
        package var location: Location

        package init(columns: [Identifier], action: Action, location: Location) {
            self.columns = columns
            self.action = action
            self.location = location
        }
    }

    package var with = WithClause()
    package var table: QualifiedName
    package var columns: [Identifier]
    package var source: Source
    package var conflict: Conflict?
    package var returning: [SelectItem]
    package var location: Location

    package init(
        table: QualifiedName, columns: [Identifier], source: Source, conflict: Conflict?, returning: [SelectItem],
        location: Location
    ) {
        self.table = table
        self.columns = columns
        self.source = source
        self.conflict = conflict
        self.returning = returning
        self.location = location
    }
}

package struct Update: Hashable, Sendable {
    /// What happens to a row whose new values another row has already.
    package enum Resolution: String, Hashable, Sendable {
        /// The row stays as it is.
        case ignore = "IGNORE"
        /// The other row is removed.
        case replace = "REPLACE"
    }

    package var with = WithClause()
    /// `UPDATE OR REPLACE`; nil: the statement fails.
    package var resolution: Resolution?
    package var table: QualifiedName
    package var alias: Identifier?
    package var assignments: [Assignment]
    package var from: TableReference?
    package var filter: Expression?
    package var returning: [SelectItem]
    package var location: Location

    package init(
        table: QualifiedName, alias: Identifier?, assignments: [Assignment], from: TableReference?,
        filter: Expression?, returning: [SelectItem], location: Location
    ) {
        self.table = table
        self.alias = alias
        self.assignments = assignments
        self.from = from
        self.filter = filter
        self.returning = returning
        self.location = location
    }
}

package struct Delete: Hashable, Sendable {
    package var with = WithClause()
    package var table: QualifiedName
    package var alias: Identifier?
    package var filter: Expression?
    package var returning: [SelectItem]
    package var location: Location

    package init(
        table: QualifiedName, alias: Identifier?, filter: Expression?, returning: [SelectItem], location: Location
    ) {
        self.table = table
        self.alias = alias
        self.filter = filter
        self.returning = returning
        self.location = location
    }
}

/// `COPY docs [(a, b)] FROM 'path' [WITH (…)]`
package struct CopyFrom: Hashable, Sendable {
    package var table: QualifiedName
    package var columns: [Identifier]
    /// A text literal or a parameter.
    package var path: Expression
    package var options: [Option]
    package var location: Location

    package init(
        table: QualifiedName, columns: [Identifier], path: Expression, options: [Option], location: Location
    ) {
        self.table = table
        self.columns = columns
        self.path = path
        self.options = options
        self.location = location
    }
}

/// `COPY docs [(a, b)] | (SELECT …) TO 'path' [WITH (…)]`
package struct CopyTo: Hashable, Sendable {
    package enum Source: Hashable, Sendable {
        case table(QualifiedName, columns: [Identifier])
        case select(Select)
    }

    package var source: Source
    package var path: Expression
    package var options: [Option]
    package var location: Location

    package init(source: Source, path: Expression, options: [Option], location: Location) {
        self.source = source
        self.path = path
        self.options = options
        self.location = location
    }
}
