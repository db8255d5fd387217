// TRAIN: one run, from its record to the published version.

import MartletCatalog
import MartletCore
import MartletExecution
import MartletExpressions
import MartletLanguage
import MartletPlanning
import MartletStorage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// 1. One transaction records the run and begins the index that will hold the candidates; a snapshot is taken at exactly
///    that commit, so that the index notes every later change and the snapshot holds every earlier one.
/// 2. The documents are spooled from the snapshot, which is closed: long readers keep pages from being used again.
/// 3. The shards are fitted, in parallel and without any transaction.
/// 4. One transaction publishes the shards, the version and the finished record.
///
/// A failure after step 1 removes the index and records why; the earlier version serves all the while.
final class TrainingRun {
    private let session: EngineSession
    private let statement: Statement
    private let text: String
    private let parameters: ParameterValues
    private let clock = ContinuousClock()
    /// Rows and time of the stages, by the first word of their operator in EXPLAIN.
    private(set) var measurements: [String: OperatorMeasurement] = [:]

    init(_ session: EngineSession, statement: Statement, text: String, parameters: ParameterValues) {
        self.session = session
        self.statement = statement
        self.text = text
        self.parameters = parameters
    }

    private struct Begun {
        var run: Int64
        var index: Index
        var plan: TrainPlan
        var record: RunRecord
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
        do throws(Diagnostic) {
            let snapshot = ResultStream.Snapshot(written.takeSnapshot())
            let spool = try spool(begun, snapshot)
            if spool.rowCount == 0 {
                throw Diagnostic(.nothingToTrain, "table \(begun.plan.table.name) has no rows to train on")
            }
            measure("Spool", spool.rowCount, since: start)
            let fitting = clock.now
            let shards = try RetrieverFit.fit(
                spool, begun.plan, begun.index, threads: threads(begun.plan), cancellation: session.cancellation,
                progress: session.progress)
            measure("Parallel", spool.rowCount, since: fitting)
            session.progress?(Progress(stage: "publish", rowsDone: spool.rowCount, rowsTotal: spool.rowCount))
            let publishing = clock.now
            let result = try engine.environment.write { (transaction) throws(Diagnostic) in
                try publish(begun, spool, shards, seconds: seconds(since: start), transaction.view)
            }
            measure("Publish", spool.rowCount, since: publishing)
            measure("Train", spool.rowCount, since: start)
            return result
        } catch {
            // The training's own error is what the user needs; a failure to record it would only hide it.
            _ = try? engine.environment.write { (transaction) throws(Diagnostic) in
                try abandon(begun, error, seconds: seconds(since: start), transaction.view)
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
        guard case .train(var plan) = prepared.kind else {
            throw Diagnostic(.trainingFailed, "the statement is not a TRAIN")
        }
        if plan.shards == 0 { plan.shards = engine.workerCount }
        let context = context(view, prepared.catalog)
        var record = RunRecord(plan: plan, started: context.evaluation.statementTime)
        let run = try SystemWriter.append(record.values, to: SystemTable.runs, context)
        record.run = run
        let index = Index(
            id: try CatalogStore.nextID(view), name: "\(plan.name)$\(run)", tableID: plan.table.id,
            method: .text(plan.text),
            parts: zip(plan.columns, plan.weights).map { Index.Part(column: $0, weight: $1) }, state: .building,
            isInternal: true, buildingRun: run)
        try CatalogStore.put(index, view)
        try RetrieverFit.begin(index, plan.table, view)
        return Begun(run: run, index: index, plan: plan, record: record)
    }

    private func spool(_ begun: Begun, _ snapshot: ResultStream.Snapshot) throws(Diagnostic) -> RetrieverSpool {
        let view = snapshot.transaction.view
        return try RetrieverSpool(
            begun.plan, context(view, try session.engine.catalog(view)), shardCount: begun.plan.shards,
            memoryLimitBytes: session.engine.options.statementMemoryBytes)
    }

    private func publish(
        _ begun: Begun, _ spool: RetrieverSpool, _ shards: [FittedShard], seconds: Double, _ view: WriteView
    ) throws(Diagnostic) -> Batch {
        try session.cancellation.check()
        let catalog = try session.engine.catalog(view)
        guard catalog.index(id: begun.index.id) != nil, catalog.table(id: begun.plan.table.id) != nil else {
            throw Diagnostic(.trainingFailed, "table \(begun.plan.table.name) was dropped while it was trained on")
        }
        let context = context(view, catalog)
        try RetrieverFit.publish(shards, begun.index, view)
        var index = begun.index
        index.state = .ready
        index.buildingRun = nil
        try CatalogStore.put(index, view)

        let known = catalog.model(named: begun.plan.name)
        let id = if let known { known.id } else { try CatalogStore.nextID(view) }
        var model = known ?? Model(id: id, name: begun.plan.name, kind: begun.plan.kind)
        let number = model.nextVersion
        model.nextVersion += 1
        try shareIndex(index, among: &model, catalog, view)
        let digest = shards.map { Self.hexadecimal($0.checksum) }.joined()
        let version = ModelVersion(
            number: number, run: begun.run, tableID: begun.plan.table.id, indexID: index.id, rows: spool.rowCount,
            shards: shards.count, byteCount: shards.reduce(0) { $0 + $1.bytes.count }, digest: digest,
            created: context.evaluation.statementTime)
        model.versions.append(version)
        try CatalogStore.put(model, view)

        for (number, shard) in shards.enumerated() {
            try SystemWriter.append(
                [
                    .integer(begun.run), .integer(Int64(number + 1)), .integer(Int64(shard.rowCount)),
                    .integer(Int64(shard.tokenCount)), .integer(Int64(shard.termCount)),
                    .integer(Int64(shard.bytes.count)), .text(Self.hexadecimal(shard.checksum)), .real(shard.seconds),
                ], to: SystemTable.shards, context)
        }
        var record = begun.record
        record.finish(version: number, spool, shards, seconds: seconds)
        try SystemWriter.put(record.values, rowID: begun.run, in: SystemTable.runs, context)
        return Batch(
            rows: [
                [
                    .text(model.name), .integer(Int64(number)), .integer(begun.run), .integer(Int64(spool.rowCount)),
                    .integer(Int64(shards.count)), .real(seconds),
                ]
            ], types: [.text, .integer, .integer, .integer, .integer, .real])
    }

    /// Earlier versions of the same specification are served by the new index too: both are live, and hold the same.
    private func shareIndex(
        _ index: Index, among model: inout Model, _ catalog: Catalog, _ view: WriteView
    ) throws(Diagnostic) {
        var replaced: Set<UInt32> = []
        for position in model.versions.indices {
            guard let old = catalog.index(id: model.versions[position].indexID), old.tableID == index.tableID,
                old.parts == index.parts, old.method == index.method
            else { continue }
            replaced.insert(old.id)
            model.versions[position].indexID = index.id
        }
        for id in replaced.sorted() {
            if let old = catalog.index(id: id) { try RetrieverFit.drop(old, view) }
        }
    }

    private func abandon(
        _ begun: Begun, _ error: Diagnostic, seconds: Double, _ view: WriteView
    ) throws(Diagnostic) {
        let catalog = try session.engine.catalog(view)
        if let index = catalog.index(id: begun.index.id) { try RetrieverFit.drop(index, view) }
        var record = begun.record
        record.fail(error, seconds: seconds)
        try SystemWriter.put(record.values, rowID: begun.run, in: SystemTable.runs, context(view, catalog))
    }

    private static func hexadecimal(_ number: UInt32) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }
}
