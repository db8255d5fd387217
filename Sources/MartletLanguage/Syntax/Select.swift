// SELECT and what stands in a FROM clause.

package struct Select: Hashable, Sendable {
    package var commonTables: [CommonTable]
    package var isRecursive: Bool
    package var body: SelectBody
    package var orderBy: [OrderTerm]
    package var limit: Expression?
    package var offset: Expression?
    package var location: Location

    package init(
        commonTables: [CommonTable] = [], isRecursive: Bool = false, body: SelectBody, orderBy: [OrderTerm] = [],
        limit: Expression? = nil, offset: Expression? = nil, location: Location
    ) {
        self.commonTables = commonTables
        self.isRecursive = isRecursive
        self.body = body
        self.orderBy = orderBy
        self.limit = limit
        self.offset = offset
        self.location = location
    }
}

extension Select {
    /// `SELECT * FROM table`: what `IN table` and a bare table in other places stand for.
    static func all(of table: QualifiedName) -> Select {
        let core = SelectCore(
            items: [.all(Location(table.range))], from: .table(table, alias: nil), location: Location(table.range))
        return Select(body: .core(core), location: Location(table.range))
    }
}

package struct CommonTable: Hashable, Sendable {
    package var name: Identifier
    package var columns: [Identifier]
    package var select: Select

    package init(name: Identifier, columns: [Identifier], select: Select) {
        self.name = name
        self.columns = columns
        self.select = select
    }
}

package indirect enum SelectBody: Hashable, Sendable {
    case core(SelectCore)
    /// `VALUES (…), (…)`
    case values([[Expression]], Location)
    case compound(SelectBody, SetOperator, SelectBody, Location)
    /// A parenthesised SELECT with its own ORDER BY or LIMIT, as an operand of a compound.
    case nested(Select)
}

package enum SetOperator: String, Hashable, Sendable, CaseIterable {
    case union = "UNION"
    case unionAll = "UNION ALL"
    case intersect = "INTERSECT"
    case except = "EXCEPT"
}

package struct SelectCore: Hashable, Sendable {
    package var isDistinct: Bool
    package var items: [SelectItem]
    package var from: TableReference?
    package var filter: Expression?
    package var groupBy: [Expression]
    package var having: Expression?
    /// `WINDOW name AS (…), …`
    package var windows: [NamedWindow]
    package var location: Location

    package init(
        isDistinct: Bool = false, items: [SelectItem], from: TableReference? = nil, filter: Expression? = nil,
        groupBy: [Expression] = [], having: Expression? = nil, windows: [NamedWindow] = [], location: Location
    ) {
        self.windows = windows
        self.isDistinct = isDistinct
        self.items = items
        self.from = from
        self.filter = filter
        self.groupBy = groupBy
        self.having = having
        self.location = location
    }
}

/// One definition of a WINDOW clause.
package struct NamedWindow: Hashable, Sendable {
    package var name: Identifier
    package var window: Window

    package init(name: Identifier, window: Window) {
        self.name = name
        self.window = window
    }
}

package enum SelectItem: Hashable, Sendable {
    /// `*`
    case all(Location)
    /// `docs.*`
    case allOf(Identifier, Location)
    case expression(Expression, alias: Identifier?)
}

package indirect enum TableReference: Hashable, Sendable {
    case table(QualifiedName, alias: Identifier?)
    case select(Select, alias: Identifier?, Location)
    case search(Search, alias: Identifier?, Location)
    /// `chunk(body, 100, 20) AS c`
    case function(FunctionCall, alias: Identifier?)
    /// INSERT, UPDATE and other statements that return rows may stand in FROM in parentheses too: `(EVALUATE …)`.
    case statement(Statement, alias: Identifier?, Location)
    case join(TableReference, JoinKind, TableReference, JoinCondition, Location)
}

package enum JoinKind: String, Hashable, Sendable, CaseIterable {
    case inner = "INNER JOIN"
    case left = "LEFT JOIN"
    case right = "RIGHT JOIN"
    case full = "FULL JOIN"
    case cross = "CROSS JOIN"
}

package enum JoinCondition: Hashable, Sendable {
    case none
    case on(Expression)
    case using([Identifier])
    case natural
}

package struct OrderTerm: Hashable, Sendable {
    package var expression: Expression
    package var isDescending: Bool
    /// nil: NULLs count as smallest (first when ascending, last when descending), as in SQLite.
    package var nullsFirst: Bool?

    package init(expression: Expression, isDescending: Bool = false, nullsFirst: Bool? = nil) {
        self.expression = expression
        self.isDescending = isDescending
        self.nullsFirst = nullsFirst
    }
}
