// Models that are loaded, shared by all statements of a database.

import MartletCatalog
import MartletCore
import MartletExpressions
import MartletKernels
import MartletLearning
import MartletStorage
import Synchronization

/// The last models that were used, up to a number of bytes. A version's parameters never change, so that its model and
/// version are key enough; the digest keeps apart what a rolled back transaction had made of the same numbers.
package final class ModelCache: Sendable {
    private struct Key: Hashable {
        var model: UInt32
        var version: Int
        var digest: String
    }

    private struct State {
        var models: [Key: (model: TrainedModel, bytes: Int, use: Int)] = [:]
        var bytes = 0
        var uses = 0
    }

    private let state = Mutex(State())
    private let limitBytes: Int

    package init(limitBytes: Int = 512 << 20) { self.limitBytes = limitBytes }

    /// - Throws: `corrupt` if the stored parameters are damaged.
    func model(
        _ id: UInt32, _ version: ModelVersion, load: () throws(Diagnostic) -> [UInt8]
    ) throws(Diagnostic) -> TrainedModel {
        let key = Key(model: id, version: version.number, digest: version.digest)
        let known = state.withLock { state -> TrainedModel? in
            guard let entry = state.models[key] else { return nil }
            state.uses += 1
            state.models[key]?.use = state.uses
            return entry.model
        }
        if let known { return known }
        let bytes = try load()
        let model = try TrainedModel(bytes: bytes)
        state.withLock { state in
            guard state.models[key] == nil else { return }
            state.uses += 1
            state.models[key] = (model, bytes.count, state.uses)
            state.bytes += bytes.count
            // The one just loaded stays, however large it is.
            while state.bytes > limitBytes, state.models.count > 1,
                let oldest = state.models.min(by: { $0.value.use < $1.value.use })
            {
                state.bytes -= oldest.value.bytes
                state.models[oldest.key] = nil
            }
        }
        return model
    }
}

/// The models of one statement.
final class StatementModels: ModelSource {
    private let catalog: Catalog
    private let view: TransactionView
    private let cache: ModelCache
    private let threads: Int
    private var used: [(id: UInt32, version: Int, model: TrainedModel)] = []
    private var madeTeam: WorkerTeam?

    init(_ context: ExecutionContext, _ cache: ModelCache, threads: Int) {
        catalog = context.catalog
        view = context.view
        self.cache = cache
        self.threads = threads
    }

    func model(id: UInt32, version: Int) throws(Diagnostic) -> any AnyObject & Sendable {
        if let known = used.first(where: { $0.id == id && $0.version == version }) { return known.model }
        guard let found = catalog.model(id: id)?.version(version) else {
            throw Diagnostic(.unknownVersion, "the model is gone")
        }
        let model = try cache.model(id, found) { () throws(Diagnostic) in try ModelBytes.read(found, view) }
        used.append((id, version, model))
        return model
    }

    var team: any AnyObject & Sendable {
        if let madeTeam { return madeTeam }
        let team = WorkerTeam(threads: threads)
        madeTeam = team
        return team
    }
}
