// One user of a database: its transaction, and the way of its statements.

import MartletCatalog
package import MartletCore
import MartletExecution
import MartletExpressions
package import MartletLanguage
import MartletPlanning
package import MartletStorage
import Synchronization

/// Runs statements one after the other. Used from one thread at a time; `cancel` may come from any.
///
/// `@unchecked Sendable`: the state is the user's thread's alone; `cancellation` is safe from any.
package final class EngineSession: @unchecked Sendable {
    package let engine: Engine
    let cancellation = Cancellation()
    private let isOver = Atomic<Bool>(false)
    package var progress: ProgressHandler?
    private var transaction: SessionTransaction = .none {
        didSet {
            transactionCatalog = nil
            isOpenedBySavepoint = false
        }
    }
    /// Whether the open transaction began with a SAVEPOINT, not with BEGIN.
    private var isOpenedBySavepoint = false
    /// What the open write transaction was last seen to define. Forgotten whenever changes are undone: the version may
    /// then come again for other definitions.
    private var transactionCatalog: Catalog?
    /// PRAGMA division_by_zero.
    private var dividesByZeroToNull = false
    /// PRAGMA ungrouped_columns.
    private var takesUngroupedColumns = false
    /// Plans for what only the open transaction defines.
    private var plans = PlanCache()
    private var lookupTemplates = RecentTemplates()

    enum SessionTransaction {
        case none
        case reading(ResultStream.Snapshot)
        case writing(InteractiveTransaction)
    }

    package init(_ engine: Engine) { self.engine = engine }

    /// How many statements this database has planned since it was opened: those that were run again are not among them.
    package var plannedStatementCount: Int { engine.plannedStatementCount }

    package var isInTransaction: Bool {
        if case .none = transaction { false } else { true }
    }

    /// Ends the running statement with `cancelled`.
    package func cancel() { cancellation.cancel() }

    /// Ends the running statement and refuses all later ones but ROLLBACK and COMMIT of a read-only transaction.
    package func cancelForGood() {
        isOver.store(true, ordering: .relaxed)
        cancellation.cancel()
    }

    /// Runs exactly one statement, with or without `;` at its end.
    ///
    /// - Throws: the statement's diagnostic, with ranges into `text`. Outside of a transaction nothing of a failed
    ///   statement remains; inside of one, its own changes are undone and the transaction goes on.
    ///
    /// - Parameter memo: of a prepared statement; the same one for the same text.
    package func run(
        _ text: String, parameters: ParameterValues = .none, memo: PlanMemo? = nil
    ) throws(Diagnostic) -> ResultStream {
        do throws(Diagnostic) {
            return try runStatement(text, parameters, memo)
        } catch {
            // An expression that the catalog keeps has no place in this text.
            guard error.range == SourceRange.none, !text.isEmpty else { throw error }
            var error = error
            error.range = nil
            throw error
        }
    }

    private func runStatement(
        _ text: String, _ parameters: ParameterValues, _ memo: PlanMemo?
    ) throws(Diagnostic) -> ResultStream {
        try engine.checkOpen()
        if isOver.load(ordering: .relaxed) { return try runWhenOver(text) }
        cancellation.reset()
        // A cancellation between the two lines above must not be lost.
        if isOver.load(ordering: .relaxed) { return try runWhenOver(text) }
        if let known = memo?.plan, parameters.fit(known.parameters), let result = try runKnown(known, parameters) {
            return result
        }
        let key = PlanCache.Key(text: text, types: parameters.types)
        if let own = plans.find(key), let result = try runKnown(own, parameters) { return result }
        if let shared = engine.knownPlan(key), let result = try runKnown(shared, parameters) {
            memo?.plan = shared
            return result
        }
        let bytes = Array(text.utf8)
        let template = memo == nil && parameters.isEmpty ? LiteralTemplate(bytes) : nil
        if let template, let result = try run(template) { return result }
        let statement = try Parser.parseStatement(bytes: bytes)
        switch statement {
        case .begin(let readOnly, _): return try begin(readOnly: readOnly)
        case .commit: return try commit()
        case .rollback: return try rollBack()
        case .savepoint(let name, _): return try savepoint(name.name)
        case .release(let name, _): return try release(name.name)
        case .rollbackTo(let name, _):
            transactionCatalog = nil
            try writing("ROLLBACK TO").rollback(to: name.name)
            return status("rolled back to \(name.name)")
        case .pragma(let name, nil, _) where name.name.lowercased() == "integrity_check" && !isInTransaction:
            // Before anything is read through LMDB, even the catalog: it trusts the pages.
            let damage = try engine.environment.damagedPages()
            if damage.isEmpty { return try run(statement, key, parameters, memo) }
            return ResultStream(
                columns: ResultColumns([ResultColumn(name: "integrity_check", type: .text)]),
                batches: [Batch(rows: damage.map { [.text($0)] }, types: [.text])])
        case .service(.run(let action, let number, let options, _)):
            if let option = options.first {
                throw Diagnostic(.unknownOption, "\(action.rawValue) RUN has no options", at: option.name.range)
            }
            return try runAgain(action, try integer(number, parameters), at: number.range)
        default: return try run(statement, key, parameters, memo, template)
        }
    }

    /// The number that a literal or a parameter gives.
    private func integer(_ expression: Expression, _ parameters: ParameterValues) throws(Diagnostic) -> Int64 {
        var value: Value?
        switch expression {
        case .literal(.integer(let number), _): value = Int64(exactly: number).map { .integer($0) }
        case .parameter(.positional(let number), _), .parameter(.numbered(let number), _):
            if parameters.positional.indices.contains(number - 1) { value = parameters.positional[number - 1] }
        case .parameter(.named(let name), _): value = parameters.named[name]
        default: break
        }
        guard case .integer(let number) = value else {
            throw Diagnostic(.typeMismatch, "the number of a run must be an INTEGER", at: expression.range)
        }
        return number
    }

    private func runWhenOver(_ text: String) throws(Diagnostic) -> ResultStream {
        switch (try Parser.parseStatement(text), transaction) {
        case (.rollback, _), (.commit, .reading): return try rollBack()
        default: throw Diagnostic(.cancelled, "the statement was cancelled")
        }
    }

    // MARK: Transactions

    private func begin(readOnly: Bool) throws(Diagnostic) -> ResultStream {
        if isInTransaction {
            throw Diagnostic(.transactionActive, "a transaction is active already", hint: "use SAVEPOINT inside it")
        }
        if readOnly || engine.environment.isReadOnly {
            transaction = .reading(ResultStream.Snapshot(try engine.environment.read()))
        } else {
            transaction = .writing(try engine.environment.beginInteractive())
        }
        return status("transaction begun")
    }

    private func commit() throws(Diagnostic) -> ResultStream {
        let ending = transaction
        transaction = .none
        switch ending {
        case .none: throw Diagnostic(.noTransaction, "no transaction is active")
        case .reading: break
        case .writing(let interactive): try interactive.commit()
        }
        return status("committed")
    }

    private func rollBack() throws(Diagnostic) -> ResultStream {
        let ending = transaction
        transaction = .none
        switch ending {
        case .none: throw Diagnostic(.noTransaction, "no transaction is active")
        case .reading: break
        case .writing(let interactive): try interactive.rollback()
        }
        return status("rolled back")
    }

    /// Outside of a transaction it opens one, which the release of this savepoint commits.
    private func savepoint(_ name: String) throws(Diagnostic) -> ResultStream {
        if isInTransaction {
            try writing("SAVEPOINT").savepoint(name)
        } else {
            if engine.environment.isReadOnly {
                throw Diagnostic(.readOnlyTransaction, "the database is open for reading only")
            }
            let interactive = try engine.environment.beginInteractive()
            try interactive.savepoint(name)
            transaction = .writing(interactive)
            isOpenedBySavepoint = true
        }
        return status("savepoint \(name)")
    }

    private func release(_ name: String) throws(Diagnostic) -> ResultStream {
        let remaining = try writing("RELEASE").release(name)
        if remaining == 0, isOpenedBySavepoint { _ = try commit() }
        return status("savepoint \(name) released")
    }

    private func writing(_ statement: String) throws(Diagnostic) -> InteractiveTransaction {
        switch transaction {
        case .writing(let interactive): return interactive
        case .reading: throw Diagnostic(.readOnlyTransaction, "\(statement) needs a transaction that writes")
        case .none: throw Diagnostic(.noTransaction, "no transaction is active", hint: "BEGIN first")
        }
    }

    private func status(_ text: String) -> ResultStream {
        ResultStream(
            columns: ResultColumns([ResultColumn(name: "status", type: .text)]),
            batches: [Batch(rows: [[.text(text)]], types: [.text])])
    }

    // MARK: Statements

    /// Runs a statement whose plan is known, if the plan still fits; else nil.
    private func runKnown(
        _ prepared: PreparedPlan, _ parameters: ParameterValues
    ) throws(Diagnostic) -> ResultStream? {
        guard !prepared.isExplained, prepared.functionVersion == engine.functionVersion else { return nil }
        func batches(_ view: TransactionView) throws(Diagnostic) -> [Batch]? {
            guard try prepared.fits(try catalog(view), view) else { return nil }
            return try collect(prepared, parameters, view)
        }
        let rows: [Batch]?
        switch (transaction, prepared.kind) {
        case (.none, .read):
            let snapshot = ResultStream.Snapshot(try engine.environment.read())
            let view = snapshot.transaction.view
            guard try prepared.fits(try engine.catalog(view), view) else { return nil }
            return try stream(prepared, parameters, snapshot)
        case (.reading(let snapshot), .read):
            let view = snapshot.transaction.view
            guard try prepared.fits(try engine.catalog(view), view) else { return nil }
            return try stream(prepared, parameters, snapshot)
        case (.none, .write):
            rows = try engine.environment.write { (transaction) throws(Diagnostic) in try batches(transaction.view) }
        case (.writing(let interactive), .read):
            rows = try interactive.read { (view) throws(Diagnostic) in try batches(view) }
        case (.writing(let interactive), .write):
            rows = try perform(interactive) { (view) throws(Diagnostic) in try batches(view) }
        default: return nil
        }
        guard let rows else { return nil }
        return ResultStream(columns: prepared.columns, batches: rows, countsChanges: prepared.countsChanges)
    }

    /// Runs a statement as one with parameters in place of its literals, if such a one is known to be a lookup.
    private func run(_ template: LiteralTemplate) throws(Diagnostic) -> ResultStream? {
        guard
            let known = engine.knownPlan(template.key),
            known.isLookup(byParameters: template.values.positional.count)
        else { return nil }
        return try runKnown(known, template.values)
    }

    /// Plans a lookup by literals as one by parameters, for later ones by others, once a second one is met.
    private func keep(_ template: LiteralTemplate, of prepared: PreparedPlan, _ view: TransactionView) {
        guard let literals = prepared.lookup?.constantCount, literals > 0, engine.options.usesOptimizer,
            template.values.positional.count == literals, lookupTemplates.meet(template.key)
        else { return }
        do throws(Diagnostic) {
            let statement = try Parser.parseStatement(template.key.text)
            let general = try prepare(statement, template.key.text, template.values, view)
            if general.isLookup(byParameters: literals) { keep(general, template.key, nil) }
        } catch {
            // A literal may stand where a parameter may not: the statement is planned each time.
        }
    }

    /// A statement that writes, nested in the open transaction.
    private func perform<R>(
        _ interactive: InteractiveTransaction, _ body: (WriteView) throws(Diagnostic) -> R
    ) throws(Diagnostic) -> R {
        do throws(Diagnostic) {
            return try interactive.perform { (transaction) throws(Diagnostic) in try body(transaction.view) }
        } catch {
            transactionCatalog = nil
            throw error
        }
    }

    /// The catalog that a view of this session shows.
    private func catalog(_ view: TransactionView) throws(Diagnostic) -> Catalog {
        guard case .writing = transaction else { return try engine.catalog(view) }
        if let transactionCatalog, transactionCatalog.version == (try CatalogStore.version(view)) {
            return transactionCatalog
        }
        let catalog = try engine.catalog(view)
        transactionCatalog = catalog
        return catalog
    }

    /// Keeps a plan for later statements if they may meet its catalog again: those of all sessions if it is committed.
    private func keep(_ prepared: PreparedPlan, _ key: PlanCache.Key, _ memo: PlanMemo?) {
        // Other sessions may refuse it.
        if takesUngroupedColumns { return }
        memo?.plan = prepared
        if !engine.keep(prepared, key), prepared.catalog === transactionCatalog { plans.insert(key, prepared) }
    }

    // MARK: Many rows of parameters

    /// Runs a statement once for each row of positional values: all of them or, if one fails, none.
    ///
    /// An INSERT of one row of VALUES takes the rows batch by batch, as if they came from a table; other statements run
    /// row by row.
    ///
    /// - Returns: the rows of all runs.
    package func run(_ text: String, parameterRows: ParameterRows) throws(Diagnostic) -> ResultStream {
        try engine.checkOpen()
        cancellation.reset()
        if isOver.load(ordering: .relaxed) { return try runWhenOver(text) }
        let statement = try Parser.parseStatement(text)
        var columns = ResultColumns([])
        var countsChanges = true
        func batches(_ view: TransactionView) throws(Diagnostic) -> [Batch] {
            var results: [Batch] = []
            for rows in parameterRows.batches {
                let first = ParameterValues(positional: rows.row(0), types: rows.columns.map(\.type))
                let prepared = try prepare(statement, text, first, view)
                guard case .write = prepared.kind, !prepared.isExplained else {
                    throw Diagnostic(.misplaced, "only INSERT, UPDATE and DELETE take many rows of parameters")
                }
                columns = prepared.columns
                countsChanges = prepared.countsChanges
                if prepared.insertsOneRow {
                    results += try collect(prepared, first, view, parameterRows: rows)
                    continue
                }
                for row in 0..<rows.count {
                    let values = ParameterValues(positional: rows.row(row), types: first.types.positional)
                    results += try collect(prepared, values, view)
                }
            }
            return results
        }
        let results: [Batch]
        switch transaction {
        case .none:
            results = try engine.environment.write { (transaction) throws(Diagnostic) in
                try batches(transaction.view)
            }
        case .reading: throw Diagnostic(.readOnlyTransaction, "a read-only transaction cannot change anything")
        case .writing(let interactive):
            results = try perform(interactive) { (view) throws(Diagnostic) in try batches(view) }
        }
        return ResultStream(columns: columns, batches: results, countsChanges: countsChanges)
    }

    private func run(
        _ statement: Statement, _ key: PlanCache.Key, _ parameters: ParameterValues, _ memo: PlanMemo?,
        _ template: LiteralTemplate? = nil
    ) throws(Diagnostic) -> ResultStream {
        let text = key.text
        switch transaction {
        case .reading(let snapshot):
            let view = snapshot.transaction.view
            let prepared = try prepare(statement, text, parameters, view)
            if let result = setting(prepared) { return result }
            return try stream(prepared, parameters, snapshot)
        case .writing(let interactive):
            // Planned on what the transaction sees; run in a nested transaction of its own if it writes.
            let prepared = try interactive.read { (view) throws(Diagnostic) in
                try prepare(statement, text, parameters, view)
            }
            keep(prepared, key, memo)
            if let result = setting(prepared) { return result }
            switch prepared.kind {
            case .read, .zeroDivision, .ungroupedColumns:
                let batches = try interactive.read { (view) throws(Diagnostic) in
                    try collect(prepared, parameters, view)
                }
                return ResultStream(columns: prepared.columns, batches: batches)
            case .write:
                let batches = try perform(interactive) { (view) throws(Diagnostic) in
                    try collect(prepared, parameters, view)
                }
                return ResultStream(
                    columns: prepared.columns, batches: batches, countsChanges: prepared.countsChanges)
            case .train:
                if prepared.isExplained {
                    let text = try interactive.read { (view) throws(Diagnostic) in
                        try planText(prepared, parameters, view)
                    }
                    return explained(prepared, text)
                }
                throw Diagnostic(.misplaced, "TRAIN cannot run inside a transaction", hint: "COMMIT first")
            case .durability:
                throw Diagnostic(.misplaced, "the durability cannot change inside a transaction")
            }
        case .none:
            let snapshot = ResultStream.Snapshot(try engine.environment.read())
            let prepared = try prepare(statement, text, parameters, snapshot.transaction.view)
            keep(prepared, key, memo)
            if let template { keep(template, of: prepared, snapshot.transaction.view) }
            if let result = setting(prepared) { return result }
            if try IndexBuilding.suits(prepared, snapshot.transaction.view) {
                // It would keep what others free for as long as the index is built.
                _ = consume snapshot
                let name = try IndexBuilding(self).run { (view) throws(Diagnostic) in
                    try current(prepared, statement, text, parameters, view)
                }
                if let name { return status("index \(name) created") }
                return try writeAlone(prepared, statement, text, parameters)
            }
            return try runAlone(prepared, statement, text, parameters, snapshot)
        }
    }

    /// A PRAGMA that concerns this session only; nil for other statements.
    private func setting(_ prepared: PreparedPlan) -> ResultStream? {
        if prepared.isExplained { return nil }
        let value: String
        switch prepared.kind {
        case .zeroDivision(let isNull):
            if let isNull { dividesByZeroToNull = isNull }
            value = dividesByZeroToNull ? "null" : "error"
        case .ungroupedColumns(let areTaken):
            if let areTaken { takesUngroupedColumns = areTaken }
            value = takesUngroupedColumns ? "first" : "error"
        default: return nil
        }
        return ResultStream(
            columns: prepared.columns, batches: [Batch(rows: [[.text(value)]], types: [.text])])
    }

    private func runAlone(
        _ prepared: PreparedPlan, _ statement: Statement, _ text: String, _ parameters: ParameterValues,
        _ snapshot: ResultStream.Snapshot
    ) throws(Diagnostic) -> ResultStream {
        if prepared.isOnlyShown {
            return explained(prepared, try planText(prepared, parameters, snapshot.transaction.view))
        }
        switch prepared.kind {
        case .read, .zeroDivision, .ungroupedColumns: return try stream(prepared, parameters, snapshot)
        case .write: return try writeAlone(prepared, statement, text, parameters)
        case .train:
            let run = TrainingRun(self, statement: statement, text: text, parameters: parameters)
            let result = try run.run()
            if prepared.isExplained { return explained(prepared, prepared.text().measured(run.measurements)) }
            return ResultStream(columns: prepared.columns, batches: [result])
        case .durability(let value):
            if let value, let durability = Durability(rawValue: value) {
                try engine.environment.setDurability(durability)
                engine.durability = durability
            }
            return ResultStream(
                columns: prepared.columns,
                batches: [Batch(rows: [[.text(engine.durability.rawValue)]], types: [.text])])
        }
    }

    private func writeAlone(
        _ prepared: PreparedPlan, _ statement: Statement, _ text: String, _ parameters: ParameterValues
    ) throws(Diagnostic) -> ResultStream {
        let batches = try engine.environment.write { (transaction) throws(Diagnostic) -> [Batch] in
            try collect(
                try current(prepared, statement, text, parameters, transaction.view), parameters, transaction.view)
        }
        return ResultStream(columns: prepared.columns, batches: batches, countsChanges: prepared.countsChanges)
    }

    /// The plan, made again if another commit has changed the catalog meanwhile.
    private func current(
        _ prepared: PreparedPlan, _ statement: Statement, _ text: String, _ parameters: ParameterValues,
        _ view: TransactionView
    ) throws(Diagnostic) -> PreparedPlan {
        let catalog = try engine.catalog(view)
        return try prepared.fits(catalog, view) ? prepared : try prepare(statement, text, parameters, view)
    }

    package func prepare(
        _ statement: Statement, _ text: String, _ parameters: ParameterValues, _ view: TransactionView
    ) throws(Diagnostic) -> PreparedPlan {
        engine.countPlan()
        return try PreparedPlan(
            statement, text: text, catalog: try catalog(view), parameters: parameters.types,
            functions: engine.functions, sizes: TableSizes(in: view),
            usesOptimizer: engine.options.usesOptimizer, takesUngroupedColumns: takesUngroupedColumns)
    }

    func context(
        _ view: TransactionView, _ catalog: Catalog, _ parameters: ParameterValues
    ) -> ExecutionContext {
        let context = ExecutionContext(
            view: view, catalog: catalog, parameters: parameters.values, statementTime: engine.options.clock(),
            cancellation: cancellation, memoryLimitBytes: engine.options.statementMemoryBytes,
            usesOptimizer: engine.options.usesOptimizer, progress: progress)
        context.evaluation.dividesByZeroToNull = dividesByZeroToNull
        context.textWorkspaces = engine.textWorkspaces
        context.functions = engine.functions
        context.vectorWorkspaces = engine.vectorWorkspaces
        context.retrievers = engine.retrievers
        context.feedback = engine.feedback
        context.threads = engine.workerCount
        context.modelCache = engine.modelCache
        if case .none = transaction, !view.isWritable, !engine.environment.isReadOnly {
            context.writeApart = { [environment = engine.environment] (body) throws(Diagnostic) in
                try environment.write { (transaction) throws(Diagnostic) in try body(transaction.view) }
            }
        }
        if view.isWritable { context.maintain = { [weak engine] in engine?.maintain($0) } }
        context.temporaryDirectory = engine.options.temporaryDirectory
        let environment = engine.environment
        context.storageProblems = { () throws(Diagnostic) in try environment.integrityCheck() }
        return context
    }

    /// Lazily, over a snapshot.
    private func stream(
        _ prepared: PreparedPlan, _ parameters: ParameterValues, _ snapshot: ResultStream.Snapshot
    ) throws(Diagnostic) -> ResultStream {
        let view = snapshot.transaction.view
        if prepared.isExplained {
            return ResultStream(columns: prepared.columns, batches: try collect(prepared, parameters, view))
        }
        if let lookup = prepared.lookup {
            return ResultStream(columns: prepared.columns, row: try lookup.row(parameters.values, view))
        }
        let context = context(view, prepared.catalog, parameters)
        return ResultStream(
            columns: prepared.columns,
            source: ContextHolder(try OperatorBuilder(context).build(prepared.plan), context),
            snapshot: snapshot)
    }

    /// At once, in a transaction that goes on.
    private func collect(
        _ prepared: PreparedPlan, _ parameters: ParameterValues, _ view: TransactionView, parameterRows: Batch? = nil
    ) throws(Diagnostic) -> [Batch] {
        if let explain = prepared.explain {
            if prepared.isOnlyShown { return [explainBatch(explain, try planText(prepared, parameters, view))] }
            if explain.measuresRecall {
                return [try RecallReport.batch(prepared.plan, context(view, prepared.catalog, parameters))]
            }
        }
        if let lookup = prepared.lookup {
            let row = try lookup.row(parameters.values, view)
            return row.map { [Batch(rows: [$0], types: prepared.plan.types)] } ?? []
        }
        if let insertion = prepared.insertion, parameterRows == nil, let view = view as? WriteView,
            let result = try insertion.run(parameters.values, view)
        {
            return [result]
        }
        let context = context(view, prepared.catalog, parameters)
        context.parameterRows = parameterRows
        if prepared.isExplained { context.subqueryMeasurements = [:] }
        let builder = OperatorBuilder(context, measuring: prepared.isExplained)
        let source = try builder.build(prepared.plan)
        var batches: [Batch] = []
        while let batch = try source.next() { batches.append(batch) }
        if let explain = prepared.explain {
            let text = prepared.text(
                measurements: builder.measurements, subqueries: context.subqueryMeasurements ?? [:])
            return [explainBatch(explain, text)]
        }
        return batches
    }

    /// The plan as EXPLAIN prints it; of a TRAIN, with what its rows are like.
    private func planText(
        _ prepared: PreparedPlan, _ parameters: ParameterValues, _ view: TransactionView
    ) throws(Diagnostic) -> PlanText {
        guard case .train(var train) = prepared.plan.operation, case .rows(let subject) = train.subject,
            let source = prepared.plan.inputs.first
        else { return prepared.text() }
        if train.shards == 0 { train.shards = engine.workerCount }
        let training = RowTraining(
            train, subject, source: source, memoryLimitBytes: engine.options.statementMemoryBytes)
        return prepared.text(training: try training.profiled(context(view, prepared.catalog, parameters)))
    }

    private func explained(_ prepared: PreparedPlan, _ text: PlanText) -> ResultStream {
        guard let explain = prepared.explain else { return ResultStream(columns: prepared.columns, batches: []) }
        return ResultStream(columns: prepared.columns, batches: [explainBatch(explain, text)])
    }

    private func explainBatch(_ explain: Explain, _ text: PlanText) -> Batch {
        switch explain.format {
        case .json: Batch(rows: [[.json(text.json)]], types: [.json])
        case .text: Batch(rows: text.lines.map { [.text($0)] }, types: [.text])
        }
    }
}
