// TRAIN of the kinds that learn from rows: spool, encode, fit, publish.

import MartletCatalog
package import MartletCore
package import MartletFormats
import MartletKernels
import MartletLearning
package import MartletPlanning
import MartletStorage

package final class RowTraining: TrainingTask {
    private let plan: TrainPlan
    private let request: TrainingRequest
    private let source: PhysicalPlan
    private let memoryLimitBytes: Int
    private var rows: RowSpool?
    private var temporaryDirectory = TemporaryFile.systemDirectory
    private var readRows = 0
    private var readChecksum: UInt32 = 0
    private var outcome: TrainingOutcome?
    private var parameters: [UInt8] = []

    /// - Parameters:
    ///   - plan: with its number of shards.
    ///   - source: the plan of its rows.
    package init(_ plan: TrainPlan, _ subject: RowSubject, source: PhysicalPlan, memoryLimitBytes: Int) {
        self.plan = plan
        self.source = source
        self.memoryLimitBytes = memoryLimitBytes
        var request = subject.request
        request.settle(shards: plan.shards)
        self.request = request
    }

    package var hyperparameters: [JSONMember] {
        var members = [JSONMember(key: "features", value: .array(request.columns.map { .string($0.name) }))]
        if let label = request.label { members.append(JSONMember(key: "label", value: .string(label.name))) }
        if request.split > 0 { members.append(JSONMember(key: "split", value: .real(request.split))) }
        let constraints = zip(request.columns, request.monotone).filter { $1 != 0 }
        if !constraints.isEmpty {
            let signs = constraints.map { JSONMember(key: $0.name, value: .integer(Int64($1))) }
            members.append(JSONMember(key: "monotone", value: .object(signs)))
        }
        if plan.shards > 1 {
            members.append(JSONMember(key: "aggregate", value: .string(request.aggregate.rawValue)))
        }
        guard let settings = outcome.map({ $0.candidates[$0.best].hyperparameters }) ?? request.candidates.first else {
            return members
        }
        return members + Self.members(settings)
    }

    private static func members(_ settings: Hyperparameters) -> [JSONMember] {
        settings.sorted.map { name, value in
            let json: JSONValue =
                switch value {
                case .integer(let number): .integer(Int64(number))
                case .real(let number): .real(number)
                case .word(let word): .string(word)
                case .integers(let numbers): .array(numbers.map { .integer(Int64($0)) })
                }
            return JSONMember(key: name, value: json)
        }
    }

    package func spool(_ context: ExecutionContext) throws(Diagnostic) {
        // Encoded rows take more: see `memory`.
        let spool = RowSpool(types: source.types, memoryLimitBytes: memoryLimitBytes / 4) {
            () throws(Diagnostic) in try context.makeTemporaryFile()
        }
        temporaryDirectory = context.temporaryDirectory ?? TemporaryFile.systemDirectory
        let source = try OperatorBuilder(context).build(source)
        var reported = 0
        while let batch = try source.next() {
            try context.cancellation.check()
            try spool.append(batch)
            if spool.rowCount - reported >= 16_384 {
                reported = spool.rowCount
                context.progress?(Progress(stage: "spool", rowsDone: reported))
            }
        }
        context.progress?(Progress(stage: "spool", rowsDone: spool.rowCount, rowsTotal: spool.rowCount))
        readRows = spool.rowCount
        readChecksum = spool.checksum
        rows = spool
    }

    /// The plan with what its rows are like; they are read, and nothing is fitted.
    package func profiled(_ context: ExecutionContext) throws(Diagnostic) -> TrainPlan {
        try spool(context)
        let cancellation = context.cancellation
        let pipeline = TrainingPipeline(
            request, threads: plan.threads > 0 ? plan.threads : context.threads,
            context: TrainingContext(check: { () throws(Diagnostic) in try cancellation.check() })
        ) { _ in }
        defer { rows = nil }
        guard let rows, case .rows(var subject) = plan.subject else { return plan }
        subject.request = request
        subject.profile = try pipeline.profile(rows)
        var plan = plan
        plan.subject = .rows(subject)
        return plan
    }

    package var rowCount: Int { readRows }

    package var datasetHash: UInt32 { readChecksum }

    package func fit(_ surroundings: TrainingSurroundings) throws(Diagnostic) {
        guard let rows else { return }
        let cancellation = surroundings.cancellation
        var context = TrainingContext(check: { () throws(Diagnostic) in try cancellation.check() })
        context.memory = memory
        context.fault = surroundings.fault
        let total = readRows
        let hasShards = request.shards > 1
        let checkpoint = TrainingCheckpoint(
            parts: surroundings.checkpointParts, interval: surroundings.checkpointInterval,
            save: surroundings.checkpoint)
        try checkpoint.require(rows: "\(readRows) \(readChecksum)")
        let pipeline = TrainingPipeline(
            request, threads: surroundings.threads, context: context, checkpoint: checkpoint
        ) { report in
            let epoch = report.epoch
            surroundings.progress?(
                Progress(
                    stage: "fit", shard: hasShards ? report.shard : nil, rowsDone: total, rowsTotal: total,
                    epoch: epoch.epoch, loss: epoch.loss, validationLoss: epoch.validationLoss))
            func observe(_ metric: String, _ value: Double?) {
                guard let value else { return }
                surroundings.observe(
                    TrainingObservation(
                        candidate: report.candidate, shard: report.shard, round: report.round, epoch: epoch.epoch,
                        metric: metric, value: value))
            }
            observe("loss", epoch.loss)
            observe("validation_loss", epoch.validationLoss)
            observe("validation_accuracy", epoch.validationAccuracy)
        }
        let outcome = try pipeline.run(rows)
        self.rows = nil
        parameters = outcome.model.serialized()
        self.outcome = outcome
    }

    /// What of the encoded rows does not fit beside the spooled ones lies in mapped files.
    private var memory: TrainingMemory {
        let directory = temporaryDirectory
        return TrainingMemory(limitBytes: memoryLimitBytes / 4 * 3) { (byteCount) throws(Diagnostic) in
            let file = try MappedFile(directory: directory, byteCount: byteCount)
            return MemoryBlock(file.base, byteCount: byteCount) { withExtendedLifetime(file) {} }
        }
    }

    package var result: TrainingResult {
        var result = TrainingResult()
        guard let outcome else { return result }
        let model = outcome.model
        result.parameters = parameters
        result.byteCount = parameters.count
        result.digest = TrainingResult.hexadecimal(ModelDigest.inside(parameters))
        result.signature = ModelSignature(model)
        var metrics = [JSONMember(key: "rows", value: .integer(Int64(outcome.trainedRows)))]
        if outcome.heldOutRows > 0 {
            metrics.append(JSONMember(key: "held_out_rows", value: .integer(Int64(outcome.heldOutRows))))
        }
        if outcome.leftOutRows > 0 {
            metrics.append(JSONMember(key: "unlabelled_rows", value: .integer(Int64(outcome.leftOutRows))))
        }
        if let task = outcome.task { metrics.append(JSONMember(key: "task", value: .string(task.rawValue))) }
        if let classes = model.classes {
            metrics.append(JSONMember(key: "classes", value: .integer(Int64(classes.count))))
        }
        for (name, value) in outcome.candidates[outcome.best].metrics {
            metrics.append(JSONMember(key: name, value: .real(value)))
        }
        if outcome.candidates.count > 1 {
            metrics.append(JSONMember(key: "candidates", value: .array(outcome.candidates.map(Self.candidate))))
        }
        let constant = outcome.columnFacts.filter(\.isConstant).map(\.name)
        if !constant.isEmpty, !request.kind.readsTexts {
            metrics.append(JSONMember(key: "constant_columns", value: .array(constant.map { .string($0) })))
        }
        if let importance = model.importance {
            let shares = importance.map { JSONMember(key: $0.column, value: .real($0.share)) }
            metrics.append(JSONMember(key: "importance", value: .object(shares)))
        }
        result.metrics = metrics
        for (number, candidate) in outcome.candidates.enumerated() {
            for (shard, fitted) in candidate.shards.enumerated() {
                result.shards.append(
                    TrainingResult.Shard(
                        number: shard + 1, candidate: outcome.candidates.count > 1 ? number + 1 : nil,
                        rows: fitted.rows, bytes: fitted.byteCount, checksum: fitted.checksum,
                        seconds: fitted.seconds, attempts: fitted.attempts))
            }
        }
        return result
    }

    private static func candidate(_ candidate: CandidateOutcome) -> JSONValue {
        .object(
            members(candidate.hyperparameters)
                + candidate.metrics.map { JSONMember(key: $0.name, value: .real($0.value)) })
    }
}
