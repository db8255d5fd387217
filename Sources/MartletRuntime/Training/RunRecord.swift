// The row of sys.runs that tells of one run.

import MartletCatalog
import MartletCore
import MartletExecution
import MartletFormats
import MartletPlanning

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

struct RunRecord {
    enum State: String { case running, finished, failed, cancelled }

    /// What trains, for sys.runs: another build may come to other bytes.
    static var engine: String { "martlet \(MartletVersion.current)" }

    var run: Int64?
    /// What it is trained with.
    var hyperparameters: [JSONMember]
    private let plan: TrainPlan
    private let started: Int64
    private var state = State.running
    private var version: Int?
    private var rows: Int?
    private var metrics: JSONValue?
    private var datasetHash: String?
    private var seconds: Double?
    private var error: String?

    init(plan: TrainPlan, hyperparameters: [JSONMember], started: Int64) {
        self.plan = plan
        self.hyperparameters = hyperparameters
        self.started = started
    }

    mutating func finish(version: Int, _ task: any TrainingTask, seconds: Double) {
        state = .finished
        self.version = version
        rows = task.rowCount
        self.seconds = seconds
        datasetHash = String(task.datasetHash, radix: 16)
        metrics = .object(task.result.metrics)
        hyperparameters = task.hyperparameters
    }

    mutating func fail(_ error: Diagnostic, seconds: Double) {
        state = error.code == .cancelled ? .cancelled : .failed
        self.seconds = seconds
        self.error = error.description
    }

    /// In the order of the columns of sys.runs.
    var values: [Value] {
        [
            run.map { .integer($0) } ?? .null, .text(plan.name), version.map { .integer(Int64($0)) } ?? .null,
            .text(plan.kind.rawValue), .text(state.rawValue), .text(plan.statement),
            .integer(Int64(clamping: plan.seed)), .integer(Int64(plan.shards)),
            rows.map { .integer(Int64($0)) } ?? .null, .json(JSONValue.object(hyperparameters).description),
            metrics.map { .json($0.description) } ?? .null, datasetHash.map { .text($0) } ?? .null,
            .timestamp(started), seconds.map { .real($0) } ?? .null, .text(Self.engine),
            error.map { .text($0) } ?? .null, .integer(Int64(getpid())),
        ]
    }
}
