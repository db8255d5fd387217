// Trained retrievers that are loaded, shared by all statements of a database.

import MartletCatalog
import MartletCore
import MartletRetrieval
import MartletStorage
import Synchronization

/// The last retrievers that were used, with idle searchers, which are lent to one statement at a time. The object that
/// holds a version's bytes is never written again, and its digest keeps apart what a rolled back transaction had made.
package final class RetrieverCache: Sendable {
    private static let modelLimit = 8
    private static let idleLimit = 4

    private struct Key: Hashable {
        var object: UInt32
        var digest: String
    }

    /// `@unchecked Sendable`: a searcher is either here, under the mutex, or with the one statement that took it.
    private struct Entry: @unchecked Sendable {
        var model: RetrievalModel
        var idle: [RetrievalSearcher] = []
        var use = 0
    }

    private struct State {
        var entries: [Key: Entry] = [:]
        var uses = 0
    }

    private let state = Mutex(State())

    package init() {}

    /// - Throws: `corrupt` if the stored bytes are damaged.
    func take(_ version: ModelVersion, _ view: TransactionView) throws(Diagnostic) -> RetrievalSearcher? {
        guard let object = version.bytesID else { return nil }
        let key = Key(object: object, digest: version.digest)
        let found = state.withLock { state -> Entry? in
            guard let entry = state.entries[key] else { return nil }
            state.uses += 1
            state.entries[key]?.use = state.uses
            var taken = entry
            taken.idle = entry.idle.suffix(1)
            state.entries[key]?.idle = entry.idle.dropLast()
            return taken
        }
        if let searcher = found?.idle.first { return searcher }
        if let found { return try RetrievalSearcher(found.model) }
        let model = try RetrievalModel(pieces: try ModelBytes.pieces(version, view), isVerified: true)
        let entry = Entry(model: model)
        state.withLock { state in
            state.uses += 1
            state.entries[key] = entry
            state.entries[key]?.use = state.uses
            while state.entries.count > Self.modelLimit,
                let oldest = state.entries.min(by: { $0.value.use < $1.value.use })
            {
                state.entries[oldest.key] = nil
            }
        }
        return try RetrievalSearcher(model)
    }

    func put(_ searcher: RetrievalSearcher, _ version: ModelVersion) {
        guard let object = version.bytesID else { return }
        let key = Key(object: object, digest: version.digest)
        let given = Entry(model: searcher.model, idle: [searcher])
        state.withLock { state in
            guard let known = state.entries[key]?.idle.count, known < Self.idleLimit else { return }
            state.entries[key]?.idle += given.idle
        }
    }
}
