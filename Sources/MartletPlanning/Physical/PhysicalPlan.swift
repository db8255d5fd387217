// How a statement is run: the tree that execution turns into operators and EXPLAIN prints.

package import MartletCatalog
package import MartletCore
package import MartletExpressions

/// One operator with its inputs. Immutable; shared by every execution of a prepared statement.
package final class PhysicalPlan: Sendable {
    package enum Operation: Sendable {
        case scan(Scan, AccessPath, filter: BoundExpression?)
        case systemScan(SystemScan)
        case values([[BoundExpression]])
        case tableFunction(TableFunctionPlan)
        case filter(BoundExpression)
        case project([BoundExpression])
        case aggregate(keys: [BoundExpression], [AggregateCall])
        case window(partition: [BoundExpression], order: [OrderKey], [WindowCall])
        case sort([OrderKey])
        case topRows([OrderKey], count: BoundExpression, offset: BoundExpression?)
        case limit(count: BoundExpression?, offset: BoundExpression?)
        case distinct
        /// Builds on the right input, probes with the left. The residual is over both inputs' columns.
        case hashJoin(Join.Kind, left: [BoundExpression], right: [BoundExpression], residual: BoundExpression?)
        case nestedLoopJoin(Join.Kind, condition: BoundExpression?)
        case combine(SetOperation)
        /// The start, and the step that is run anew for each round.
        case recursion(id: Int, isDistinct: Bool)
        case workingTable(id: Int)
        /// With an input, that gives the row ids that pass the filter.
        case search(SearchPlan)
        case insert(InsertPlan)
        case update(UpdatePlan)
        case delete(DeletePlan)
        case copyFrom(CopyFromPlan)
        case copyTo(CopyToPlan)
        case createTableAs(CreateTableAsPlan)
        case train(TrainPlan)
        case evaluate(EvaluatePlan)
        case deploy(DeployPlan)
        case command(Command)
    }

    package let operation: Operation
    package let inputs: [PhysicalPlan]
    package let output: [OutputColumn]

    package init(_ operation: Operation, inputs: [PhysicalPlan] = [], output: [OutputColumn]) {
        self.operation = operation
        self.inputs = inputs
        self.output = output
    }

    package var types: [DataType] { output.map(\.type) }
}

/// How a table's rows are reached.
package enum AccessPath: Sendable {
    case full
    /// The rows with these row ids.
    case keys([BoundExpression])
    /// A range of row ids.
    case keyRange(lower: Bound?, upper: Bound?)
    /// Rows whose index columns equal the prefix, and whose next index column lies within the bounds.
    case index(Index, prefix: [BoundExpression], lower: Bound?, upper: Bound?)

    package struct Bound: Sendable {
        package var value: BoundExpression
        package var isInclusive: Bool

        package init(value: BoundExpression, isInclusive: Bool) {
            self.value = value
            self.isInclusive = isInclusive
        }
    }
}
