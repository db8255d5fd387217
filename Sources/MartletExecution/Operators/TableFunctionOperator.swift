// A function in FROM by itself.

import MartletCore
import MartletExpressions
import MartletPlanning

final class TableFunctionOperator: Operator {
    private let context: ExecutionContext
    private let plan: TableFunctionPlan
    private var rows: TableFunctionRows?

    init(_ context: ExecutionContext, _ plan: TableFunctionPlan) {
        self.context = context
        self.plan = plan
    }

    func next() throws(Diagnostic) -> Batch? {
        try context.cancellation.check()
        if rows == nil {
            var values: [Value] = []
            for argument in plan.arguments { values.append(try context.value(argument)) }
            rows = try TableFunctionRows(plan, values, context)
        }
        return rows?.next()
    }
}
