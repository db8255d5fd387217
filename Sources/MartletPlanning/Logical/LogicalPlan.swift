// What a statement computes, before it is decided how.

package import MartletCatalog
package import MartletCore
package import MartletExpressions

/// A column that a plan gives to its parent.
package struct OutputColumn: Hashable, Sendable {
    package var name: String
    package var type: DataType
    /// The table or alias by which the column can be qualified.
    package var qualifier: String?
    /// There for the plan's own use: `*` does not expand to it.
    package var isHidden: Bool

    package init(name: String, type: DataType, qualifier: String? = nil, isHidden: Bool = false) {
        self.name = name
        self.type = type
        self.qualifier = qualifier
        self.isHidden = isHidden
    }
}

package indirect enum LogicalPlan: Sendable {
    case scan(Scan)
    /// A table that is computed from the catalog and the engine's state.
    case systemScan(SystemScan)
    case values([[BoundExpression]], columns: [OutputColumn])
    case tableFunction(TableFunctionPlan)
    case lateral(LateralPlan)
    case filter(LogicalPlan, BoundExpression)
    case project(LogicalPlan, [BoundExpression], columns: [OutputColumn])
    case aggregate(Aggregation)
    case window(Windowing)
    case sort(LogicalPlan, [OrderKey])
    case limit(LogicalPlan, count: BoundExpression?, offset: BoundExpression?)
    /// The first rows in the order of the keys: a sort under a limit.
    case topRows(LogicalPlan, [OrderKey], count: BoundExpression, offset: BoundExpression?)
    case distinct(LogicalPlan)
    case join(Join)
    case combine(LogicalPlan, SetOperation, LogicalPlan, columns: [OutputColumn])
    /// WITH RECURSIVE.
    case recursion(Recursion)
    /// Inside a recursion's step: the rows that the step before it gave.
    case workingTable(id: Int, columns: [OutputColumn])
    case search(SearchPlan)

    // Statements that change something, or tell about it.
    case insert(InsertPlan)
    case update(UpdatePlan)
    case delete(DeletePlan)
    case copyFrom(CopyFromPlan)
    case copyTo(CopyToPlan)
    case createTableAs(CreateTableAsPlan)
    case train(TrainPlan)
    case evaluate(EvaluatePlan)
    case evaluateRows(EvaluateRowsPlan)
    case deploy(DeployPlan)
    case command(Command)
}

package struct Scan: Sendable {
    /// What does not change, in one object: plans are copied while they are made.
    private final class Source: Sendable {
        let table: Table
        let alias: String
        let layout: RowLayout
        let output: [OutputColumn]

        init(_ table: Table, _ alias: String, _ layout: RowLayout) {
            self.table = table
            self.alias = alias
            self.layout = layout
            var output: [OutputColumn] = []
            output.reserveCapacity(table.columns.count + 1)
            for column in table.columns {
                output.append(OutputColumn(name: column.name, type: column.type, qualifier: alias))
            }
            output.append(OutputColumn(name: Scan.rowIDName, type: .integer, qualifier: alias, isHidden: true))
            self.output = output
        }
    }

    private let source: Source
    /// Which columns are decoded, as indices into the table's.
    package var columns: [Int]
    /// The row id as a last, hidden column.
    package var includesRowID: Bool

    /// - Parameter layout: the table's, where it is known already.
    package init(table: Table, alias: String, columns: [Int], includesRowID: Bool, layout: RowLayout? = nil) {
        source = Source(table, alias, layout ?? table.layout)
        self.columns = columns
        self.includesRowID = includesRowID
    }

    package static let rowIDName = "rowid"

    package var table: Table { source.table }
    package var alias: String { source.alias }
    /// Where the table's columns lie in its rows; made once, for a plan that runs often.
    package var layout: RowLayout { source.layout }

    // Parts of the table, without a copy of it.
    package var tableID: UInt32 { source.table.id }
    package var tableName: String { source.table.name }
    /// See `Table.rowIDColumn`.
    var rowIDColumn: Int? { source.table.rowIDColumn }

    /// Leaves out the other columns.
    mutating func keep(_ positions: PositionSet) {
        var kept: [Int] = []
        kept.reserveCapacity(columns.count)
        for (position, column) in columns.enumerated() where positions.contains(position) { kept.append(column) }
        columns = kept
    }

    package var output: [OutputColumn] {
        if includesRowID, columns.elementsEqual(table.columns.indices) { return source.output }
        var output: [OutputColumn] = []
        output.reserveCapacity(columns.count + 1)
        for column in columns { output.append(source.output[column]) }
        if includesRowID { output.append(source.output[table.columns.count]) }
        return output
    }
}

package struct SystemScan: Sendable {
    package var table: Table
    package var alias: String

    package init(table: Table, alias: String) {
        self.table = table
        self.alias = alias
    }

    package var output: [OutputColumn] {
        table.columns.map { OutputColumn(name: $0.name, type: $0.type, qualifier: alias) }
    }
}

package struct OrderKey: Sendable {
    package var expression: BoundExpression
    package var isDescending: Bool
    package var nullsFirst: Bool

    package init(expression: BoundExpression, isDescending: Bool, nullsFirst: Bool?) {
        self.expression = expression
        self.isDescending = isDescending
        self.nullsFirst = nullsFirst ?? !isDescending
    }
}

/// Groups by the keys; gives the keys, then the aggregates. Without keys there is exactly one group.
package struct Aggregation: Sendable {
    package var input: LogicalPlan
    package var keys: [BoundExpression]
    package var aggregates: [AggregateCall]
    package var columns: [OutputColumn]

    package init(
        input: LogicalPlan, keys: [BoundExpression], aggregates: [AggregateCall], columns: [OutputColumn]
    ) {
        self.input = input
        self.keys = keys
        self.aggregates = aggregates
        self.columns = columns
    }
}

package struct Join: Sendable {
    package enum Kind: String, Sendable { case inner, left, cross }

    package var left: LogicalPlan
    package var right: LogicalPlan
    package var kind: Kind
    /// Over the columns of left, then right; nil is true.
    package var condition: BoundExpression?

    package init(left: LogicalPlan, right: LogicalPlan, kind: Kind, condition: BoundExpression?) {
        self.left = left
        self.right = right
        self.kind = kind
        self.condition = condition
    }
}

package enum SetOperation: String, Sendable { case union, unionAll, intersect, except }

/// The rows of the start, then again and again those that the step makes of the last ones, until it makes none.
package struct Recursion: Sendable {
    /// By which the step's working tables know the recursion.
    package var id: Int
    package var start: LogicalPlan
    package var step: LogicalPlan
    /// UNION: a row that was there before is dropped.
    package var isDistinct: Bool
    package var columns: [OutputColumn]

    package init(id: Int, start: LogicalPlan, step: LogicalPlan, isDistinct: Bool, columns: [OutputColumn]) {
        self.id = id
        self.start = start
        self.step = step
        self.isDistinct = isDistinct
        self.columns = columns
    }
}

extension LogicalPlan {
    package var output: [OutputColumn] {
        switch self {
        case .scan(let scan): scan.output
        case .systemScan(let scan): scan.output
        case .values(_, let columns), .project(_, _, let columns), .combine(_, _, _, let columns): columns
        case .filter(let input, _), .sort(let input, _), .limit(let input, _, _), .topRows(let input, _, _, _),
            .distinct(let input):
            input.output
        case .aggregate(let aggregation): aggregation.columns
        case .window(let windowing): windowing.input.output + windowing.columns
        case .recursion(let recursion): recursion.columns
        case .workingTable(_, let columns): columns
        case .tableFunction(let plan): plan.columns
        case .lateral(let plan): plan.columns
        case .join(let join): join.left.output + join.right.output
        case .search(let search): search.output
        case .insert(let plan): plan.returning?.columns ?? StatementResult.rowCount
        case .update(let plan): plan.returning?.columns ?? StatementResult.rowCount
        case .delete(let plan): plan.returning?.columns ?? StatementResult.rowCount
        case .copyFrom(let plan): plan.output
        case .copyTo, .createTableAs: StatementResult.rowCount
        case .train: StatementResult.train
        case .evaluate(let plan): plan.output
        case .evaluateRows(let plan): plan.output
        case .deploy: StatementResult.deploy
        case .command(let command): command.output
        }
    }
}
