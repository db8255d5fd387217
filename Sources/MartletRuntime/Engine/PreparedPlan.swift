// A statement, planned.

import MartletCatalog
import MartletCore
package import MartletExecution
import MartletExpressions
import MartletLanguage
import MartletPlanning
import MartletStorage

/// The plan of one statement for one catalog and the types of its parameters.
package final class PreparedPlan: Sendable {
    enum Kind: Sendable {
        case read
        case write
        case train
        case durability(String?)
        /// PRAGMA division_by_zero.
        case zeroDivision(isNull: Bool?)
        /// PRAGMA ungrouped_columns.
        case ungroupedColumns(areTaken: Bool?)
    }

    let plan: PhysicalPlan
    let kind: Kind
    /// The plan as a lookup of one row, if it is one.
    package let lookup: PointLookup?
    /// The plan as an INSERT of one row, if it is one.
    let insertion: RowInsertion?
    let columns: ResultColumns
    let catalog: Catalog
    let parameters: ParameterTypes
    /// Of the functions that it was bound to.
    let functionVersion: Int
    /// The sizes of tables for which the plan was chosen.
    let assumptions: TableSizes.Assumptions
    /// For EXPLAIN, which plans the subqueries once more: the row counts of all tables.
    private let rowCounts: [UInt32: Int64]
    /// For EXPLAIN.
    let explain: Explain?
    /// Stored: it is asked for with every run, and looking at `explain` copies the statement in it.
    let isExplained: Bool
    private let usesOptimizer: Bool

    init(
        _ statement: Statement, text: String, catalog: Catalog, parameters: ParameterTypes, functions: FunctionSet,
        sizes: TableSizes, usesOptimizer: Bool = true, takesUngroupedColumns: Bool = false
    ) throws(Diagnostic) {
        var statement = statement
        var explain: Explain?
        if case .explain(let outer) = statement {
            if case .explain(let inner) = outer.statement {
                throw Diagnostic(.misplaced, "EXPLAIN cannot explain itself", at: inner.location.range)
            }
            explain = outer
            statement = outer.statement
        }
        let logical = try Binder(
            catalog: catalog, text: text, parameters: parameters, functions: functions, usesOptimizer: usesOptimizer,
            takesUngroupedColumns: takesUngroupedColumns
        ).bind(statement)
        columns = ResultColumns(
            explain?.measuresRecall == true
                ? RecallPlan.columns.map { ResultColumn(name: $0.name, type: $0.type) }
                : explain != nil
                    ? [ResultColumn(name: "plan", type: explain?.format == .json ? .json : .text)]
                    : Self.columns(logical.output))
        plan = PhysicalPlanner(catalog: catalog, sizes: sizes, choosesPaths: usesOptimizer)
            .plan(usesOptimizer ? try Optimizer.optimize(logical) : logical)
        lookup = explain == nil ? PointLookup(plan) : nil
        kind = Self.kind(of: plan)
        if case .write = kind, explain == nil, usesOptimizer {
            insertion = RowInsertion(plan, catalog)
        } else {
            insertion = nil
        }
        assumptions = sizes.assumptions
        rowCounts = explain == nil ? [:] : sizes.rowCounts(of: catalog)
        self.catalog = catalog
        self.parameters = parameters
        functionVersion = functions.version
        self.explain = explain
        isExplained = explain != nil
        self.usesOptimizer = usesOptimizer
        if let explain, explain.measuresRecall {
            guard case .read = kind, !RecallPlan.searches(of: plan).isEmpty else {
                throw Diagnostic(
                    .misplaced, "EXPLAIN (RECALL) measures a SEARCH with NEAR", at: explain.location.range,
                    hint: "other searches, and ORDER BY a distance, miss nothing")
            }
        }
    }

    /// Whether the plan is shown and nothing is run.
    var isOnlyShown: Bool { explain.map { !$0.isAnalyze && !$0.measuresRecall } ?? false }

    /// Whether a new plan for what the view shows, with this catalog, would be the same.
    func fits(_ catalog: Catalog, _ view: TransactionView) throws(Diagnostic) -> Bool {
        guard catalog === self.catalog else { return false }
        return try TableSizes.hold(assumptions, in: view)
    }

    /// Whether this is an INSERT of one row of VALUES, which can take its parameters from many rows at once.
    var insertsOneRow: Bool {
        guard case .insert = plan.operation, let source = plan.inputs.first, case .values(let rows) = source.operation
        else { return false }
        return rows.count == 1 && !rows[0].contains(where: \.containsSubquery)
    }

    /// Whether the result is the number of rows that the statement changed.
    var countsChanges: Bool {
        guard explain == nil else { return false }
        switch plan.operation {
        case .insert(let insert): return insert.returning == nil
        case .update(let update): return update.returning == nil
        case .delete(let delete): return delete.returning == nil
        case .copyFrom, .createTableAs: return true
        default: return false
        }
    }

    /// As EXPLAIN prints it, with the plans of subqueries.
    ///
    /// - Parameter training: the plan of a TRAIN with what its rows are like.
    func text(
        measurements: [OperatorMeasurement]? = nil, subqueries: [Int: [OperatorMeasurement]] = [:],
        training: TrainPlan? = nil
    ) -> PlanText {
        var inner = SubqueryPlans(
            PhysicalPlanner(
                catalog: catalog, sizes: TableSizes { [rowCounts] in rowCounts[$0] ?? 0 },
                choosesPaths: usesOptimizer), measurements: subqueries)
        let shown = training.map { PhysicalPlan(.train($0), inputs: plan.inputs, output: plan.output) } ?? plan
        return shown.text(measurements: measurements, &inner)
    }

    /// Those that a result shows.
    private static func columns(_ output: [OutputColumn]) -> [ResultColumn] {
        var columns: [ResultColumn] = []
        columns.reserveCapacity(output.count)
        for column in output where !column.isHidden {
            columns.append(ResultColumn(name: column.name, type: column.type))
        }
        return columns
    }

    private static func kind(of plan: PhysicalPlan) -> Kind {
        switch plan.operation {
        case .insert, .update, .delete, .copyFrom, .createTableAs, .deploy: return .write
        case .train: return .train
        case .command(.pragma(.durability(let value))): return .durability(value)
        case .command(.pragma(.divisionByZero(let isNull))): return .zeroDivision(isNull: isNull)
        case .command(.pragma(.ungroupedColumns(let areTaken))): return .ungroupedColumns(areTaken: areTaken)
        case .command(.pragma), .command(.nothing), .command(.exportModel): return .read
        case .command: return .write
        default: return .read
        }
    }
}
