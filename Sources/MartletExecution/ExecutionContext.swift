// The surroundings of one running statement.

package import MartletCatalog
package import MartletCore
package import MartletExpressions
package import MartletPlanning
package import MartletStorage
package import MartletText
package import MartletVectors

/// One transaction, the catalog that it sees, and what the statement needs from outside. Used by one thread at a time.
package final class ExecutionContext: SubqueryEvaluator {
    package let view: TransactionView
    package let catalog: Catalog
    package let evaluation: EvaluationContext
    package let progress: ProgressHandler?
    private let usesOptimizer: Bool
    /// Shared by the statements of one database.
    package var textWorkspaces: TextWorkspaces?
    /// What `sys.functions` lists.
    package var functions = FunctionSet.standard
    package var vectorWorkspaces: VectorWorkspaces?
    package var retrievers: RetrieverCache?
    package var feedback: FeedbackCache?
    /// Told the id of each index whose upkeep is due after this commit.
    package var maintain: (@Sendable (UInt32) -> Void)?
    /// How many threads a statement may use.
    package var threads = 1
    /// Shared by the statements of one database.
    package var modelCache: ModelCache? {
        didSet { evaluation.models = modelCache.map { StatementModels(self, $0, threads: threads) } }
    }
    /// Writes what a statement that only reads leaves behind, in a transaction of its own; nil where it cannot.
    package var writeApart: ((_ body: (WriteView) throws(Diagnostic) -> Void) throws(Diagnostic) -> Void)?
    /// With rows of parameters, VALUES gives one row for each of them.
    package var parameterRows: Batch?
    /// What the storage finds wrong below the rows, for PRAGMA integrity_check.
    package var storageProblems: (() throws(Diagnostic) -> [String])?
    /// The folder for what does not fit into memory; nil: the system's.
    package var temporaryDirectory: String?
    /// The last round of the recursions whose steps run now.
    var workingTables: [Int: [Batch]] = [:]
    private var subqueries: [Int: PhysicalPlan] = [:]
    /// For EXPLAIN ANALYZE: what the operators of each subquery did in all its runs, by its id; nil without it.
    package var subqueryMeasurements: [Int: [OperatorMeasurement]]?

    package init(
        view: TransactionView, catalog: Catalog, parameters: [Value] = [], statementTime: Int64,
        cancellation: Cancellation = Cancellation(), memoryLimitBytes: Int = 1 << 30, seed: UInt64 = 0,
        usesOptimizer: Bool = true, progress: ProgressHandler? = nil
    ) {
        self.usesOptimizer = usesOptimizer
        self.view = view
        self.catalog = catalog
        self.progress = progress
        evaluation = EvaluationContext(
            parameters: parameters, statementTime: statementTime, seed: seed, cancellation: cancellation,
            memoryLimitBytes: memoryLimitBytes)
        evaluation.subqueryEvaluator = self
    }

    /// For part `number` of the work on one other thread: without subqueries, and on a read transaction.
    func forWorker(_ number: Int) -> ExecutionContext {
        ExecutionContext(workerOf: self, evaluation.forWorker(number))
    }

    private init(workerOf context: ExecutionContext, _ evaluation: EvaluationContext) {
        view = context.view
        catalog = context.catalog
        usesOptimizer = context.usesOptimizer
        progress = nil
        self.evaluation = evaluation
        modelCache = context.modelCache
        evaluation.models = modelCache.map { StatementModels(self, $0, threads: 1) }
    }

    /// - Throws: `cannotWriteFile`.
    func makeTemporaryFile() throws(Diagnostic) -> TemporaryFile {
        try TemporaryFile(directory: temporaryDirectory ?? TemporaryFile.systemDirectory)
    }

    package var cancellation: Cancellation { evaluation.cancellation }

    /// The transaction as a writable one.
    ///
    /// - Throws: `readOnlyTransaction`.
    func writable() throws(Diagnostic) -> WriteView {
        guard let writable = view as? WriteView else {
            throw Diagnostic(.readOnlyTransaction, "a read-only transaction cannot change anything")
        }
        return writable
    }

    /// Has the upkeep of an index looked at once this transaction is committed.
    func maintainAfterCommit(_ index: UInt32, _ view: WriteView) {
        guard let maintain else { return }
        view.onCommit { _ in maintain(index) }
    }

    /// The value of an expression over no row.
    func value(_ expression: BoundExpression) throws(Diagnostic) -> Value {
        if let direct = DirectValue(expression) { return try direct.value(evaluation.parameters) }
        return try ExpressionCompiler.compile(expression).value(evaluation)
    }

    /// LIMIT, OFFSET: a number that is not negative; nil for NULL.
    func count(_ expression: BoundExpression, _ clause: String) throws(Diagnostic) -> Int? {
        switch try value(expression) {
        case .integer(let number) where number >= 0: return Int(clamping: number)
        case .integer:
            throw Diagnostic(.outOfRange, "\(clause) must not be negative", at: expression.range)
        default: return nil
        }
    }

    /// A logical plan that is run inside of another statement's work.
    func planned(_ plan: LogicalPlan) -> PhysicalPlan {
        PhysicalPlanner(catalog: catalog, sizes: TableSizes(in: view), choosesPaths: usesOptimizer).plan(plan)
    }

    // MARK: Subqueries

    private func rows(
        of subquery: any SubqueryReference, _ body: (Batch) throws(Diagnostic) -> Bool
    ) throws(Diagnostic) {
        guard let planned = subquery as? PlannedSubquery else {
            throw Diagnostic(.notSupported, "a subquery of an unknown kind")
        }
        let plan: PhysicalPlan
        if let known = subqueries[planned.id] {
            plan = known
        } else {
            plan = PhysicalPlanner(catalog: catalog, sizes: TableSizes(in: view), choosesPaths: usesOptimizer)
                .plan(planned.plan)
            subqueries[planned.id] = plan
        }
        let builder = OperatorBuilder(self, measuring: subqueryMeasurements != nil)
        defer { measure(planned.id, builder.measurements) }
        let source = try builder.build(plan)
        while let batch = try source.next() {
            if try !body(batch) { return }
        }
    }

    private func measure(_ id: Int, _ run: [OperatorMeasurement]) {
        guard let known = subqueryMeasurements?[id] else {
            subqueryMeasurements?[id] = run
            return
        }
        subqueryMeasurements?[id] = zip(known, run).map { $0 + $1 }
    }

    package func scalar(_ subquery: any SubqueryReference, _ context: EvaluationContext) throws(Diagnostic) -> Value {
        var result: Value?
        try rows(of: subquery) { batch throws(Diagnostic) in
            guard batch.count > 0 else { return true }
            if result != nil || batch.count > 1 {
                throw Diagnostic(.tooManyRows, "a scalar subquery gave more than one row")
            }
            result = batch.columns[0][0]
            return true
        }
        return result ?? .null
    }

    package func exists(_ subquery: any SubqueryReference, _ context: EvaluationContext) throws(Diagnostic) -> Bool {
        var found = false
        try rows(of: subquery) { batch throws(Diagnostic) in
            found = batch.count > 0
            return !found
        }
        return found
    }

    package func rows(
        _ subquery: any SubqueryReference, _ context: EvaluationContext
    ) throws(Diagnostic) -> [[Value]] {
        var result: [[Value]] = []
        try rows(of: subquery) { batch throws(Diagnostic) in
            for row in 0..<batch.count { result.append(batch.row(row)) }
            return true
        }
        return result
    }

    package func values(
        _ subquery: any SubqueryReference, _ context: EvaluationContext
    ) throws(Diagnostic) -> [Value] {
        var result: [Value] = []
        try rows(of: subquery) { batch throws(Diagnostic) in
            for row in 0..<batch.count { result.append(batch.columns[0][row]) }
            return true
        }
        return result
    }
}
