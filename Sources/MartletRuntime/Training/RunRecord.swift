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

    var run: Int64?
    private let plan: TrainPlan
    private let started: Int64
    private var state = State.running
    private var version: Int?
    private var rows: Int?
    private var metrics: JSONValue?
    private var datasetHash: String?
    private var seconds: Double?
    private var error: String?

    init(plan: TrainPlan, started: Int64) {
        self.plan = plan
        self.started = started
    }

    mutating func finish(version: Int, _ spool: RetrieverSpool, _ shards: [FittedShard], seconds: Double) {
        state = .finished
        self.version = version
        rows = spool.rowCount
        self.seconds = seconds
        datasetHash = String(spool.datasetChecksum, radix: 16)
        let tokens = shards.reduce(0) { $0 + $1.tokenCount }
        metrics = .object([
            JSONMember("documents", .integer(Int64(spool.rowCount))), JSONMember("tokens", .integer(Int64(tokens))),
            JSONMember("bytes", .integer(Int64(shards.reduce(0) { $0 + $1.bytes.count }))),
        ])
    }

    mutating func fail(_ error: Diagnostic, seconds: Double) {
        state = error.code == .cancelled ? .cancelled : .failed
        self.seconds = seconds
        self.error = error.description
    }

    /// In the order of the columns of sys.runs.
    var values: [Value] {
        let columns = plan.columns.map { plan.table.columns[$0].name }
        let hyperparameters = JSONValue.object([
            JSONMember("table", .string(plan.table.name)), JSONMember("columns", .array(columns.map { .string($0) })),
            JSONMember("weights", .array(plan.weights.map { .real($0) })),
            JSONMember("language", .string(plan.text.language)), JSONMember("stemming", .bool(plan.text.stemming)),
            JSONMember("stopwords", .bool(plan.text.stopwords)), JSONMember("k1", .real(plan.text.k1)),
            JSONMember("b", .real(plan.text.b)),
        ])
        return [
            run.map { .integer($0) } ?? .null, .text(plan.name), version.map { .integer(Int64($0)) } ?? .null,
            .text(plan.kind.rawValue), .text(state.rawValue), .text(plan.statement),
            .integer(Int64(clamping: plan.seed)), .integer(Int64(plan.shards)),
            rows.map { .integer(Int64($0)) } ?? .null, .json(hyperparameters.description),
            metrics.map { .json($0.description) } ?? .null, datasetHash.map { .text($0) } ?? .null,
            .timestamp(started), seconds.map { .real($0) } ?? .null, .text("martlet \(MartletVersion.current)"),
            error.map { .text($0) } ?? .null, .integer(Int64(getpid())),
        ]
    }
}
