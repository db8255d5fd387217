// A plan that reads a table and treats each row by itself: what threads can share out.

import MartletCore
import MartletExpressions
import MartletPlanning

/// Filters and projections over a scan of row ids.
struct ScanChain: Sendable {
    private enum Step: Sendable {
        case filter(CompiledExpression)
        case project([CompiledExpression])
    }

    let scan: Scan
    private let lower: AccessPath.Bound?
    private let upper: AccessPath.Bound?
    private let scanFilter: CompiledExpression?
    /// From the scan upwards.
    private let steps: [Step]

    /// nil for a plan of another shape, or one that must see all rows in their order: `random()` gives each row its own
    /// number, and subqueries belong to one thread.
    init?(_ plan: PhysicalPlan) throws(Diagnostic) {
        var steps: [Step] = []
        var plan = plan
        while true {
            switch plan.operation {
            case .filter(let condition) where condition.isIndependent:
                steps.append(.filter(try ExpressionCompiler.compile(condition)))
                plan = plan.inputs[0]
            case .project(let expressions) where expressions.allSatisfy(\.isIndependent):
                steps.append(.project(try ExpressionCompiler.compile(expressions)))
                plan = plan.inputs[0]
            case .scan(let scan, let path, let filter) where filter?.isIndependent ?? true:
                switch path {
                case .full: (lower, upper) = (nil, nil)
                case .keyRange(let low, let high, false): (lower, upper) = (low, high)
                case .keyRange, .keys, .index, .union: return nil
                }
                self.scan = scan
                scanFilter = if let filter { try ExpressionCompiler.compile(filter) } else { nil }
                self.steps = steps.reversed()
                return
            default: return nil
            }
        }
    }

    /// How many operators the plan has.
    var operatorCount: Int { steps.count + 1 }

    func range(_ context: ExecutionContext) throws(Diagnostic) -> RowIDRange {
        try RowIDRange(context, lower: lower, upper: upper)
    }

    /// The operators for a part of the rows.
    ///
    /// - Parameter meters: gets a meter for each operator, parents before their inputs, unless it is nil.
    func build(_ context: ExecutionContext, _ range: RowIDRange, _ meters: inout [OperatorMeter]?) -> any Operator {
        func metered(_ built: any Operator) -> any Operator {
            guard meters != nil else { return built }
            let meter = OperatorMeter(built)
            meters?.insert(meter, at: 0)
            return meter
        }
        var source = metered(TableScanOperator(context, scan, range, where: scanFilter))
        for step in steps {
            switch step {
            case .filter(let condition): source = metered(FilterOperator(context, source, condition))
            case .project(let expressions): source = metered(ProjectOperator(context, source, expressions))
            }
        }
        return source
    }
}

extension BoundExpression {
    /// Whether its value for a row does not depend on which rows were seen before, nor on the thread.
    var isIndependent: Bool { !isVolatile && !containsSubquery }
}

extension AggregateCall {
    /// As for its expressions; and its rows need not be put in order first.
    var isIndependent: Bool {
        order.isEmpty && arguments.allSatisfy(\.isIndependent) && filter?.isIndependent ?? true
    }
}
