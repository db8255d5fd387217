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
            JSONMember(key: "documents", value: .integer(Int64(spool.rowCount))),
            JSONMember(key: "tokens", value: .integer(Int64(tokens))),
            JSONMember(key: "bytes", value: .integer(Int64(shards.reduce(0) { $0 + $1.bytes.count }))),
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
            JSONMember(key: "table", value: .string(plan.table.name)),
            JSONMember(key: "columns", value: .array(columns.map { .string($0) })),
            JSONMember(key: "weights", value: .array(plan.weights.map { .real($0) })),
            JSONMember(key: "language", value: .string(plan.text.language)),
            JSONMember(key: "stemming", value: .boolean(plan.text.stemming)),
            JSONMember(key: "stopwords", value: .boolean(plan.text.stopwords)),
            JSONMember(key: "k1", value: .real(plan.text.k1)),
            JSONMember(key: "b", value: .real(plan.text.b)),
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
