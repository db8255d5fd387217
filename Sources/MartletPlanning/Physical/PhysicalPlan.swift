// How a statement is run: the tree that execution turns into operators and EXPLAIN prints.

package import MartletCore
package import MartletExpressions

/// One operator with its inputs. Immutable; shared by every execution of a prepared statement.
package final class PhysicalPlan: Sendable {
    /// Large ones are kept apart, so that the small ones, of which most plans are made, take little memory.
    package enum Operation: Sendable {
        case scan(Scan, AccessPath, filter: BoundExpression?)
        indirect case systemScan(SystemScan)
        case values([[BoundExpression]])
        indirect case tableFunction(TableFunctionPlan)
        /// For each row of the input.
        indirect case lateral(TableFunctionPlan, isOuter: Bool)
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
        /// The input is the left side.
        indirect case indexJoin(IndexJoin)
        case nestedLoopJoin(Join.Kind, condition: BoundExpression?)
        case combine(SetOperation)
        /// The start, and the step that is run anew for each round.
        case recursion(id: Int, isDistinct: Bool)
        case workingTable(id: Int)
        /// With an input, that gives the row ids that pass the filter.
        indirect case search(SearchPlan)
        /// With an input, that gives the row ids that pass the filter.
        indirect case nearest(NearestScan)
        indirect case insert(InsertPlan)
        indirect case update(UpdatePlan)
        indirect case delete(DeletePlan)
        indirect case copyFrom(CopyFromPlan)
        indirect case copyTo(CopyToPlan)
        indirect case createTableAs(CreateTableAsPlan)
        indirect case train(TrainPlan)
        indirect case evaluate(EvaluatePlan)
        indirect case evaluateRows(EvaluateRowsPlan)
        indirect case deploy(DeployPlan)
        indirect case command(Command)
    }

    package let operation: Operation
    package let inputs: [PhysicalPlan]
    package let output: [OutputColumn]
    /// The whole condition of a scan, however much of it the path makes sure of: for estimates.
    let condition: BoundExpression?

    package init(
        _ operation: Operation, inputs: [PhysicalPlan] = [], output: [OutputColumn], condition: BoundExpression? = nil
    ) {
        self.operation = operation
        self.inputs = inputs
        self.output = output
        self.condition = condition
    }

    package var types: [DataType] { output.map(\.type) }
}
