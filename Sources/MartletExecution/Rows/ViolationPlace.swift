// Where in its statement a row stands that a constraint refuses.

import MartletCore
import MartletExpressions
import MartletPlanning

extension TableWriter {
    /// The error with the place of the value that is refused, if the statement wrote it, or of the table's name.
    ///
    /// - Parameter row: Of the VALUES that the rows come from.
    func located(_ error: Diagnostic, _ plan: InsertPlan, row: Int) -> Diagnostic {
        guard error.isViolation, case .values(let rows, _) = plan.source, !rows.isEmpty else {
            return located(error, plan.target)
        }
        // With rows of parameters, one row stands for all.
        let values = rows[rows.count == 1 ? 0 : min(row, rows.count - 1)]
        let refused = refusedColumns.first { $0 < values.count && !values[$0].range.isNone }
        // A row without the refused column is refused as a whole.
        let written = values.map(\.range).filter { !$0.isNone }
        let place = refused.map { values[$0].range } ?? written.dropFirst().reduce(written.first) { $0?.union($1) }
        return error.located(at: place ?? plan.target.range)
    }

    /// The error with the place of the assignment of a refused column, or of the table's name.
    func located(_ error: Diagnostic, _ plan: UpdatePlan) -> Diagnostic {
        guard error.isViolation else { return error }
        let assignment = plan.assignments.first { refusedColumns.contains($0.column) && !$0.value.range.isNone }
        return error.located(at: assignment?.value.range ?? plan.target.range)
    }

    func located(_ error: Diagnostic, _ target: WriteTarget) -> Diagnostic {
        error.isViolation ? error.located(at: target.range) : error
    }
}

extension Diagnostic {
    /// Whether a constraint or a limit of rows refuses.
    fileprivate var isViolation: Bool {
        [.notNull, .unique, .check, .foreignKey, .rowTooLarge, .keyTooLong].contains(code)
    }
}

extension SourceRange {
    fileprivate var isNone: Bool { self == .none }
}
