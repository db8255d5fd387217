// TRAIN … USING retriever: an index of its own, whose segments are fitted beside the table's changes.

package import MartletCatalog
package import MartletCore
package import MartletFormats
import MartletLearning
package import MartletPlanning
import MartletRetrieval
package import MartletStorage

/// The index begins in the transaction that records the run and notes every later change; the snapshot holds every earlier
/// one. An error removes the index; the earlier version serves all the while.
package final class RetrieverTraining: TrainingTask {
    private let plan: TrainPlan
    private let subject: DocumentSubject
    private let memoryLimitBytes: Int
    private var index: Index?
    private var documents: RetrieverSpool?
    private var examples = RetrieverExamples()
    private var base: RetrievalModel?
    private var shards: [FittedShard] = []
    private var learned: LearnedRetriever?

    /// - Parameter plan: with its number of shards.
    package init(_ plan: TrainPlan, _ subject: DocumentSubject, memoryLimitBytes: Int) {
        self.plan = plan
        self.subject = subject
        self.memoryLimitBytes = memoryLimitBytes
    }

    package var hyperparameters: [JSONMember] {
        let columns = subject.columns.map { subject.table.columns[$0].name }
        return [
            JSONMember(key: "table", value: .string(subject.table.name)),
            JSONMember(key: "columns", value: .array(columns.map { .string($0) })),
            JSONMember(key: "weights", value: .array(subject.weights.map { .real($0) })),
            JSONMember(key: "language", value: .string(subject.text.language)),
            JSONMember(key: "stemming", value: .boolean(subject.text.stemming)),
            JSONMember(key: "stopwords", value: .boolean(subject.text.stopwords)),
            JSONMember(key: "k1", value: .real(subject.text.k1)),
            JSONMember(key: "b", value: .real(subject.text.b)),
            JSONMember(key: "models", value: .integer(Int64(subject.models))),
        ] + (subject.base.map { [JSONMember(key: "base", value: .string($0.label))] } ?? [])
    }

    package func begin(run: Int64, _ view: WriteView, _ catalog: Catalog) throws(Diagnostic) {
        let index = Index(
            id: try CatalogStore.nextID(view), name: "\(plan.name)$\(run)", tableID: subject.table.id,
            method: .text(subject.text),
            parts: zip(subject.columns, subject.weights).map { Index.Part(column: $0, weight: $1) }, state: .building,
            isInternal: true, buildingRun: run)
        try CatalogStore.put(index, view)
        try RetrieverFit.begin(index, subject.table, view)
        self.index = index
    }

    package func spool(_ context: ExecutionContext) throws(Diagnostic) {
        let spool = try RetrieverSpool(
            subject, context, seed: plan.seed, shardCount: plan.shards, memoryLimitBytes: memoryLimitBytes)
        if spool.rowCount == 0 {
            throw Diagnostic(.nothingToTrain, "table \(subject.table.name) has no rows to train on")
        }
        documents = spool
        examples = try RetrieverExamples(subject, context)
        if let base = subject.base, base.version.bytesID != nil {
            do throws(Diagnostic) {
                self.base = try RetrievalModel(
                    pieces: try ModelBytes.pieces(base.version, context.view), isVerified: true)
            } catch {
                throw error.located(at: base.range)
            }
        }
        if subject.usesFeedback { try examples.addFeedback(ofModel: plan.name, subject.table, context) }
    }

    package var rowCount: Int { documents?.rowCount ?? 0 }

    package var datasetHash: UInt32 { documents?.datasetChecksum ?? 0 }

    package func fit(_ surroundings: TrainingSurroundings) throws(Diagnostic) {
        guard let documents, let index else { return }
        shards = try RetrieverFit.fit(
            documents, subject.table, index, threads: surroundings.threads, cancellation: surroundings.cancellation,
            progress: surroundings.progress)
        let checkpoint = TrainingCheckpoint(
            parts: surroundings.checkpointParts, interval: surroundings.checkpointInterval,
            save: surroundings.checkpoint)
        try checkpoint.require(
            rows: "\(rowCount) \(datasetHash) \(examples.examples.checksum) \(subject.base?.version.digest ?? "")")
        learned = try RetrieverLearning.learn(
            documents, examples, subject, from: base, seed: plan.seed, index, shards, surroundings, checkpoint)
    }

    package var result: TrainingResult {
        var result = TrainingResult()
        let bytes = shards.reduce(0) { $0 + $1.bytes.count }
        result.byteCount = bytes + (learned?.bytes.count ?? 0)
        result.digest = (shards.map(\.checksum) + (learned.map { [$0.checksum] } ?? []))
            .map { TrainingResult.hexadecimal($0) }.joined()
        result.parameters = learned?.bytes
        result.metrics =
            [
                JSONMember(key: "documents", value: .integer(Int64(rowCount))),
                JSONMember(key: "tokens", value: .integer(Int64(shards.reduce(0) { $0 + $1.tokenCount }))),
                JSONMember(key: "bytes", value: .integer(Int64(bytes))),
            ] + (learned?.metrics ?? [])
        result.shards = shards.enumerated().map { number, shard in
            TrainingResult.Shard(
                number: number + 1, rows: shard.rowCount, tokens: shard.tokenCount, terms: shard.termCount,
                bytes: shard.bytes.count, checksum: shard.checksum, seconds: shard.seconds)
        }
        return result
    }

    package func publish(
        _ version: inout ModelVersion, of model: inout Model, _ catalog: Catalog, _ view: WriteView
    ) throws(Diagnostic) {
        guard var index, catalog.index(id: index.id) != nil, catalog.table(id: subject.table.id) != nil else {
            throw Diagnostic(.trainingFailed, "table \(subject.table.name) was dropped while it was trained on")
        }
        try RetrieverFit.publish(shards, index, view)
        index.state = .ready
        index.buildingRun = nil
        try CatalogStore.put(index, view)
        try shareIndex(index, among: &model, catalog, view)
        version.tableID = subject.table.id
        version.indexID = index.id
        version.baseSegmentCount = shards.filter { $0.rowCount > 0 }.count
    }

    /// Earlier versions of the same specification are served by the new index too: both are live, and hold the same.
    private func shareIndex(
        _ index: Index, among model: inout Model, _ catalog: Catalog, _ view: WriteView
    ) throws(Diagnostic) {
        var replaced: Set<UInt32> = []
        for position in model.versions.indices {
            guard let id = model.versions[position].indexID, let old = catalog.index(id: id),
                old.tableID == index.tableID, old.parts == index.parts, old.method == index.method
            else { continue }
            replaced.insert(old.id)
            model.versions[position].indexID = index.id
            model.versions[position].baseSegmentCount = nil
        }
        for id in replaced.sorted() {
            if let old = catalog.index(id: id) { try RetrieverFit.drop(old, view) }
        }
    }

    package func abandon(_ catalog: Catalog, _ view: WriteView) throws(Diagnostic) {
        if let index, let known = catalog.index(id: index.id) { try RetrieverFit.drop(known, view) }
    }
}
