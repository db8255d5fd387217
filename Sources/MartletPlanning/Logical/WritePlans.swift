// Bound INSERT, UPDATE, DELETE and CREATE TABLE AS.

package import MartletCatalog
package import MartletCore
package import MartletExpressions

/// RETURNING, over the table's columns after the change.
package struct Returning: Sendable {
    package var expressions: [BoundExpression]
    package var columns: [OutputColumn]

    package init(expressions: [BoundExpression], columns: [OutputColumn]) {
        self.expressions = expressions
        self.columns = columns
    }
}

/// A table that is written, with all that must be kept true about it.
package struct WriteTarget: Sendable {
    package let table: Table
    /// Where the table's columns lie in its rows; made here, so that a plan that runs often makes it once.
    package let layout: RowLayout
    package var indexes: [BoundIndex]
    /// CHECK constraints over the table's columns, with their text.
    package var checks: [(expression: BoundExpression, text: String)]
    /// Where the statement names the table.
    package var range: SourceRange?

    package init(
        table: Table, indexes: [BoundIndex], checks: [(expression: BoundExpression, text: String)],
        range: SourceRange? = nil
    ) {
        self.range = range
        self.table = table
        layout = table.layout
        self.indexes = indexes
        self.checks = checks
    }
}

package struct InsertPlan: Sendable {
    package enum Conflict: Sendable {
        case fail
        case ignore
        /// The rows in the way are removed.
        case replace
        /// Expressions over the existing row's columns, then the refused row's.
        case update([(column: Int, value: BoundExpression)], filter: BoundExpression?)
    }

    package var target: WriteTarget
    /// Gives one value for each column of the table, in order.
    package var source: LogicalPlan
    package var conflict: Conflict
    /// The unique index that ON CONFLICT names; nil: any.
    package var conflictColumns: [Int]?
    package var returning: Returning?

    package init(
        target: WriteTarget, source: LogicalPlan, conflict: Conflict, conflictColumns: [Int]?, returning: Returning?
    ) {
        self.target = target
        self.source = source
        self.conflict = conflict
        self.conflictColumns = conflictColumns
        self.returning = returning
    }
}

package struct UpdatePlan: Sendable {
    package var target: WriteTarget
    /// Gives every column of the table, then its row id, for the rows to change; with FROM, what they are joined with
    /// behind that, and a row perhaps several times, of which the first counts.
    package var source: LogicalPlan
    package var isJoined: Bool
    package var assignments: [(column: Int, value: BoundExpression)]
    package var conflict = Conflict.fail

    /// What happens to a row whose new values another row has already.
    package enum Conflict: Sendable {
        case fail
        /// The row stays as it is.
        case ignore
        /// The other row is removed.
        case replace
    }

    package var returning: Returning?

    package init(
        target: WriteTarget, source: LogicalPlan, isJoined: Bool = false,
        assignments: [(column: Int, value: BoundExpression)], returning: Returning?
    ) {
        self.target = target
        self.source = source
        self.isJoined = isJoined
        self.assignments = assignments
        self.returning = returning
    }
}

package struct DeletePlan: Sendable {
    package var target: WriteTarget
    /// Gives every column of the table, then its row id, for the rows to remove.
    package var source: LogicalPlan
    package var returning: Returning?

    package init(target: WriteTarget, source: LogicalPlan, returning: Returning?) {
        self.target = target
        self.source = source
        self.returning = returning
    }
}

/// `CREATE TABLE … AS SELECT …`
package struct CreateTableAsPlan: Sendable {
    /// Without its id.
    package var table: Table
    /// Gives one value for each column of the table, in order.
    package var source: LogicalPlan

    package init(table: Table, source: LogicalPlan) {
        self.table = table
        self.source = source
    }
}
