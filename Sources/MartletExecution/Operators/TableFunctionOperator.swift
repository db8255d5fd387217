// generate_series and json_each.

import MartletCore
import MartletExpressions
import MartletPlanning

/// A NULL argument gives no row.
final class TableFunctionOperator: Operator {
    private let context: ExecutionContext
    private let plan: TableFunctionPlan
    private var isStarted = false
    /// Of a series: what comes next, nil at the end.
    private var nextNumber: Int64?
    private var last: Int64 = 0
    private var step: Int64 = 1

    init(_ context: ExecutionContext, _ plan: TableFunctionPlan) {
        self.context = context
        self.plan = plan
    }

    func next() throws(Diagnostic) -> Batch? {
        try context.cancellation.check()
        switch plan.function {
        case .generateSeries:
            if !isStarted { try startSeries() }
            isStarted = true
            return series()
        case .jsonEach:
            if isStarted { return nil }
            isStarted = true
            return try members()
        }
    }

    private func arguments() throws(Diagnostic) -> [Value]? {
        var values: [Value] = []
        for argument in plan.arguments { values.append(try context.value(argument)) }
        return values.contains(where: \.isNull) ? nil : values
    }

    private func startSeries() throws(Diagnostic) {
        guard let values = try arguments(), case .integer(let first) = values[0], case .integer(let end) = values[1]
        else { return }
        if values.count > 2, case .integer(let number) = values[2] { step = number }
        if step == 0 {
            throw Diagnostic(.outOfRange, "the step of generate_series() must not be 0", at: plan.arguments[2].range)
        }
        last = end
        nextNumber = step > 0 ? (first <= end ? first : nil) : (first >= end ? first : nil)
    }

    private func series() -> Batch? {
        var numbers: [Int64] = []
        while let number = nextNumber, numbers.count < Limits.rowsPerBatch {
            numbers.append(number)
            let (following, isOver) = number.addingReportingOverflow(step)
            nextNumber = isOver || (step > 0 ? following > last : following < last) ? nil : following
        }
        if numbers.isEmpty { return nil }
        return Batch(columns: [Column(type: .integer, storage: .integers(numbers))], count: numbers.count)
    }

    private func members() throws(Diagnostic) -> Batch? {
        guard let values = try arguments() else { return nil }
        do throws(Diagnostic) {
            let rows = try JSONMembers.rows(values)
            return rows.isEmpty ? nil : Batch(rows: rows, types: plan.columns.map(\.type))
        } catch {
            throw error.located(at: plan.arguments.first?.range ?? SourceRange.none)
        }
    }
}
