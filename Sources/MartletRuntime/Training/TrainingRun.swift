// TRAIN: one run, from its record to the published version.

import MartletCatalog
import MartletCore
import MartletExecution
import MartletExpressions
import MartletLanguage
import MartletPlanning
import MartletStorage

/// 1. One transaction records the run and begins what the kind needs; a snapshot is taken at exactly that commit.
/// 2. The rows are spooled from the snapshot, which is closed: long readers keep pages from being used again.
/// 3. The model is fitted, by several threads and without any transaction.
/// 4. One transaction publishes the version, its parameters and the finished record.
///
/// A failure after step 1 takes back what it began and records why; the earlier version serves all the while.
final class TrainingRun {
    private let session: EngineSession
    private let statement: Statement
    private let text: String
    private let parameters: ParameterValues
    private let resumed: Resumed?
    private let clock = ContinuousClock()
    /// Rows and time of the stages, by the first word of their operator in EXPLAIN.
    private(set) var measurements: [String: OperatorMeasurement] = [:]

    /// An earlier run that goes on.
    struct Resumed {
        var run: Int64
        /// What it kept.
        var parts: [String: [UInt8]]
    }

    /// - Parameter resumed: nil for a new run.
    init(
        _ session: EngineSession, statement: Statement, text: String, parameters: ParameterValues,
        resumed: Resumed? = nil
    ) {
        self.resumed = resumed
        self.session = session
        self.statement = statement
        self.text = text
        self.parameters = parameters
    }

    private final class Begun {
        let run: Int64
        let plan: TrainPlan
        let task: any TrainingTask
        let record: RunRecord
        /// The figures that the run has logged before it was resumed.
        let seen: Set<[Value]>

        init(run: Int64, plan: TrainPlan, task: any TrainingTask, record: RunRecord, seen: Set<[Value]>) {
            self.run = run
            self.plan = plan
            self.task = task
            self.record = record
            self.seen = seen
        }
    }

    func run() throws(Diagnostic) -> Batch {
        let start = clock.now
        let engine = session.engine
        let written = try engine.environment.writeWithSnapshot { (transaction) throws(Diagnostic) in
            let begun = try begin(transaction.view)
            // Before the commit: whoever opens the file right after it must not take the run for a dead process's.
            ActiveRuns.insert(engine.environment.path, begun.run)
            return begun
        }
        let begun = written.value
        defer { ActiveRuns.remove(engine.environment.path, begun.run) }
        let observations = ObservationLog(engine, run: begun.run)
        observations.leavesOut(begun.seen)
        do throws(Diagnostic) {
            try spool(begun, ResultStream.Snapshot(written.takeSnapshot()))
            let rows = begun.task.rowCount
            measure("Spool", rows, since: start)
            let fitting = clock.now
            var surroundings = TrainingSurroundings(
                threads: threads(begun.plan), cancellation: session.cancellation, progress: session.progress,
                observe: { observations.add($0) }, checkpointParts: resumed?.parts ?? [:],
                checkpointInterval: .milliseconds(begun.plan.checkpointMilliseconds),
                checkpoint: { [run = begun.run] changes in Self.keep(changes, of: run, engine) })
            surroundings.fault = engine.options.trainingFault
            try begun.task.fit(surroundings)
            measure("Parallel", rows, since: fitting)
            session.progress?(Progress(stage: "publish", rowsDone: rows, rowsTotal: rows))
            let publishing = clock.now
            let result = try engine.environment.write { (transaction) throws(Diagnostic) in
                try publish(begun, observations, seconds: seconds(since: start), transaction.view)
            }
            measure("Publish", rows, since: publishing)
            measure("Train", rows, since: start)
            return result
        } catch {
            // The training's own error is what the user needs; a failure to record it would only hide it.
            _ = try? engine.environment.write { (transaction) throws(Diagnostic) in
                try abandon(begun, observations, error, seconds: seconds(since: start), transaction.view)
            }
            throw error
        }
    }

    private func threads(_ plan: TrainPlan) -> Int { plan.threads > 0 ? plan.threads : session.engine.workerCount }

    private func seconds(since start: ContinuousClock.Instant) -> Double {
        let elapsed = (clock.now - start).components
        return Double(elapsed.seconds) + Double(elapsed.attoseconds) / 1e18
    }

    private func measure(_ operation: String, _ rows: Int, since start: ContinuousClock.Instant) {
        measurements[operation] = OperatorMeasurement(
            rows: rows, batches: 1, nanoseconds: Int(seconds(since: start) * 1e9))
    }

    private func context(_ view: TransactionView, _ catalog: Catalog) -> ExecutionContext {
        session.context(view, catalog, parameters)
    }

    // MARK: Steps

    private func begin(_ view: WriteView) throws(Diagnostic) -> Begun {
        let engine = session.engine
        let prepared = try session.prepare(statement, text, parameters, view)
        guard case .train(var plan) = prepared.plan.operation else {
            throw Diagnostic(.trainingFailed, "the statement is not a TRAIN")
        }
        if plan.shards == 0 { plan.shards = engine.workerCount }
        let context = context(view, prepared.catalog)
        let memory = engine.options.statementMemoryBytes
        let task: any TrainingTask
        switch plan.subject {
        case .documents(let subject): task = RetrieverTraining(plan, subject, memoryLimitBytes: memory)
        case .rows(let subject):
            guard let source = prepared.plan.inputs.first else {
                throw Diagnostic(.trainingFailed, "the statement has no rows to learn from")
            }
            task = RowTraining(plan, subject, source: source, memoryLimitBytes: memory)
        }
        var record = RunRecord(
            plan: plan, hyperparameters: task.hyperparameters, started: context.evaluation.statementTime)
        let run: Int64
        var seen: Set<[Value]> = []
        if let resumed {
            run = resumed.run
            record.run = run
            guard
                let row = try SystemWriter.row(run, of: SystemTable.runs, context),
                let state = SystemTable.runs.columnIndex(named: "state"),
                row[state] != .text(RunRecord.State.running.rawValue),
                row[state] != .text(RunRecord.State.finished.rawValue)
            else { throw Diagnostic(.misplaced, "run \(run) has been resumed meanwhile") }
            try SystemWriter.put(record.values, rowID: run, in: SystemTable.runs, context)
            seen = try ObservationLog.seen(of: run, context)
        } else {
            run = try SystemWriter.append(record.values, to: SystemTable.runs, context)
            record.run = run
        }
        try RunMarks.set(run, view)
        try task.begin(run: run, view, prepared.catalog)
        return Begun(run: run, plan: plan, task: task, record: record, seen: seen)
    }

    private func spool(_ begun: Begun, _ snapshot: ResultStream.Snapshot) throws(Diagnostic) {
        let view = snapshot.transaction.view
        try begun.task.spool(context(view, try session.engine.catalog(view)))
    }

    private func publish(
        _ begun: Begun, _ observations: ObservationLog, seconds: Double, _ view: WriteView
    ) throws(Diagnostic) -> Batch {
        try session.cancellation.check()
        let catalog = try session.engine.catalog(view)
        let context = context(view, catalog)
        let plan = begun.plan
        let task = begun.task
        let known = catalog.model(named: plan.name)
        if let known, known.kind != plan.kind {
            throw Diagnostic(.wrongModelKind, "model \(known.name) is a \(known.kind.rawValue) meanwhile")
        }
        let id = if let known { known.id } else { try CatalogStore.nextID(view) }
        var model = known ?? Model(id: id, name: plan.name, kind: plan.kind)
        let number = model.nextVersion
        model.nextVersion += 1
        let result = task.result
        var version = ModelVersion(
            number: number, run: begun.run, rows: task.rowCount, shards: plan.shards, byteCount: result.byteCount,
            digest: result.digest, created: context.evaluation.statementTime)
        version.signature = result.signature
        try task.publish(&version, of: &model, catalog, view)
        if let parameters = result.parameters { try ModelBytes.write(parameters, of: &version, view) }
        model.versions.append(version)
        try CatalogStore.put(model, view)

        func optional(_ value: Int?) -> Value { value.map { .integer(Int64($0)) } ?? .null }
        try SystemWriter.append(
            result.shards.map { shard in
                [
                    .integer(begun.run), .integer(Int64(shard.number)), .integer(Int64(shard.rows)),
                    optional(shard.tokens), optional(shard.terms), .integer(Int64(shard.bytes)),
                    .text(TrainingResult.hexadecimal(shard.checksum)), .real(shard.seconds),
                    optional(shard.candidate), .integer(Int64(shard.attempts)),
                ]
            }, to: SystemTable.shards, context)
        try observations.finish(context)
        var record = begun.record
        record.finish(version: number, task, seconds: seconds)
        try SystemWriter.put(record.values, rowID: begun.run, in: SystemTable.runs, context)
        try RunMarks.remove(begun.run, view)
        try removeStates(begun, context, view)
        return Batch(
            rows: [
                [
                    .text(model.name), .integer(Int64(number)), .integer(begun.run), .integer(Int64(task.rowCount)),
                    .integer(Int64(plan.shards)), .real(seconds),
                ]
            ], types: [.text, .integer, .integer, .integer, .integer, .real])
    }

    /// Of this run, and of earlier ones of the model that have ended: nobody goes on with them.
    private func removeStates(_ begun: Begun, _ context: ExecutionContext, _ view: WriteView) throws(Diagnostic) {
        let table = SystemTable.runs
        guard let model = table.columnIndex(named: "model"), let state = table.columnIndex(named: "state") else {
            return
        }
        for run in try RunCheckpoints.runs(view) {
            let row = try SystemWriter.row(run, of: table, context)
            let isOther =
                row.map { $0[model] != .text(begun.plan.name) || $0[state] == .text(RunRecord.State.running.rawValue) }
                ?? false
            if run == begun.run || !isOther { try RunCheckpoints.remove(run, view) }
        }
    }

    private func abandon(
        _ begun: Begun, _ observations: ObservationLog, _ error: Diagnostic, seconds: Double, _ view: WriteView
    ) throws(Diagnostic) {
        let catalog = try session.engine.catalog(view)
        try begun.task.abandon(catalog, view)
        let context = context(view, catalog)
        try observations.finish(context)
        var record = begun.record
        record.fail(error, seconds: seconds)
        try SystemWriter.put(record.values, rowID: begun.run, in: SystemTable.runs, context)
        try RunMarks.remove(begun.run, view)
        // What has failed by its rows or settings would fail again.
        if error.code == .trainingFailed || error.code == .nothingToTrain { try RunCheckpoints.remove(begun.run, view) }
    }

    /// Writes what a fit has reached; false if it cannot be written now.
    private static func keep(_ changes: [String: [UInt8]?], of run: Int64, _ engine: Engine) -> Bool {
        do throws(Diagnostic) {
            try engine.environment.write { (transaction) throws(Diagnostic) in
                try RunCheckpoints.put(changes, of: run, transaction.view)
            }
            return true
        } catch {
            return false
        }
    }
}
