// What a kind of model does in a training run.

package import MartletCatalog
package import MartletCore
package import MartletFormats
package import MartletStorage

/// One TRAIN, apart from what all kinds have in common: the run's record, the snapshot, the published version. The order of
/// calls: `begin`, `spool`, `fit`, `publish`; `abandon` instead of whatever would have followed an error.
package protocol TrainingTask: AnyObject {
    /// What it is trained with, for sys.runs.
    var hyperparameters: [JSONMember] { get }

    /// In the transaction that records the run. The snapshot that `spool` reads is taken at exactly its commit.
    func begin(run: Int64, _ view: WriteView, _ catalog: Catalog) throws(Diagnostic)

    /// Reads all that it learns from. The snapshot is closed afterwards: long readers keep pages from being used again.
    func spool(_ context: ExecutionContext) throws(Diagnostic)

    /// How many rows were read, and a hash of them; after `spool`.
    var rowCount: Int { get }
    var datasetHash: UInt32 { get }

    /// The long part, without any transaction.
    func fit(_ surroundings: TrainingSurroundings) throws(Diagnostic)

    /// What was found: after `fit`.
    var result: TrainingResult { get }

    /// Puts what the version refers to, in the transaction that publishes it.
    func publish(
        _ version: inout ModelVersion, of model: inout Model, _ catalog: Catalog, _ view: WriteView
    ) throws(Diagnostic)

    /// Takes away what `begin` left.
    func abandon(_ catalog: Catalog, _ view: WriteView) throws(Diagnostic)
}

extension TrainingTask {
    package func begin(run: Int64, _ view: WriteView, _ catalog: Catalog) throws(Diagnostic) {}

    package func publish(
        _ version: inout ModelVersion, of model: inout Model, _ catalog: Catalog, _ view: WriteView
    ) throws(Diagnostic) {}

    package func abandon(_ catalog: Catalog, _ view: WriteView) throws(Diagnostic) {}
}

/// What a fit is given from outside.
package struct TrainingSurroundings: Sendable {
    package var threads: Int
    package var cancellation: Cancellation
    package var progress: ProgressHandler?
    /// Told of figures as they come, from any thread.
    package var observe: @Sendable (TrainingObservation) -> Void
    /// What an earlier process kept of this run.
    package var checkpointParts: [String: [UInt8]]
    /// The time between two states that are kept.
    package var checkpointInterval: Duration
    /// Keeps what the fit has reached; nil removes a part. False if it could not.
    package var checkpoint: @Sendable ([String: [UInt8]?]) -> Bool
    /// For tests of what fails.
    package var fault: (@Sendable (_ shard: Int) throws(Diagnostic) -> Void)?

    package init(
        threads: Int, cancellation: Cancellation, progress: ProgressHandler?,
        observe: @escaping @Sendable (TrainingObservation) -> Void, checkpointParts: [String: [UInt8]] = [:],
        checkpointInterval: Duration = .seconds(30),
        checkpoint: @escaping @Sendable ([String: [UInt8]?]) -> Bool = { _ in true }
    ) {
        self.checkpointParts = checkpointParts
        self.checkpointInterval = checkpointInterval
        self.checkpoint = checkpoint
        self.threads = threads
        self.cancellation = cancellation
        self.progress = progress
        self.observe = observe
    }
}

/// A figure of a running fit.
package struct TrainingObservation: Hashable, Sendable {
    package var candidate: Int?
    package var shard: Int?
    package var round: Int?
    package var epoch: Int?
    package var metric: String
    package var value: Double

    package init(
        candidate: Int? = nil, shard: Int? = nil, round: Int? = nil, epoch: Int? = nil, metric: String, value: Double
    ) {
        self.candidate = candidate
        self.shard = shard
        self.round = round
        self.epoch = epoch
        self.metric = metric
        self.value = value
    }
}

/// What a run found.
package struct TrainingResult: Sendable {
    /// For sys.runs.
    package var metrics: [JSONMember] = []
    /// For sys.shards.
    package var shards: [Shard] = []
    package var digest = ""
    package var byteCount = 0
    /// The parameters, which are stored in chunks; nil for a model that is all index.
    package var parameters: [UInt8]?
    package var signature: ModelSignature?

    package init() {}

    package struct Shard: Sendable {
        package var number: Int
        package var candidate: Int?
        package var rows: Int
        package var tokens: Int?
        package var terms: Int?
        package var bytes: Int
        package var checksum: UInt32
        package var seconds: Double
        package var attempts: Int

        package init(
            number: Int, candidate: Int? = nil, rows: Int, tokens: Int? = nil, terms: Int? = nil, bytes: Int,
            checksum: UInt32, seconds: Double, attempts: Int = 1
        ) {
            self.number = number
            self.candidate = candidate
            self.rows = rows
            self.tokens = tokens
            self.terms = terms
            self.bytes = bytes
            self.checksum = checksum
            self.seconds = seconds
            self.attempts = attempts
        }
    }

    /// A checksum as sys.shards shows it.
    package static func hexadecimal(_ number: UInt32) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }
}
