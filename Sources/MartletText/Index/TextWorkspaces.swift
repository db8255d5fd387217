// Analyzers and scratch space that queries of one database hand to each other.

package import MartletCore
package import MartletStorage
import Synchronization

/// What a query of one index needs besides the index: making it anew would cost more than a short search.
///
/// Used by one thread at a time.
package final class TextWorkspace {
    package let objectID: UInt32
    package let analyzer: Analyzer
    package let scratch: SearchScratch
    let cache: TextIndexCache
    /// Those that a search had last, and the snapshot that they are of.
    private var synonyms: (table: UInt32, transactionID: Int, synonyms: Synonyms)?

    init(objectID: UInt32, definition: TextIndexDefinition, cache: TextIndexCache) throws(Diagnostic) {
        self.cache = cache
        self.objectID = objectID
        analyzer = try Analyzer(definition.analyzer)
        scratch = SearchScratch(fieldCount: definition.fieldCount)
    }

    /// The synonyms of a table, made by `make` unless they are those of the snapshot before.
    package func synonyms(
        _ table: UInt32, in view: TransactionView, make: () throws(Diagnostic) -> [(word: String, synonym: String)]
    ) throws(Diagnostic) -> Synonyms {
        if !view.isWritable, let known = synonyms, known.table == table, known.transactionID == view.transactionID {
            return known.synonyms
        }
        let made = Synonyms(try make(), analyzer: analyzer)
        synonyms = view.isWritable ? nil : (table, view.transactionID, made)
        return made
    }

    func fits(_ definition: TextIndexDefinition) -> Bool {
        analyzer.definition == definition.analyzer
            && scratch.fieldCount == definition.fieldCount
    }
}

/// Idle workspaces, the one used last at the end. Safe from any thread: each is lent to one query at a time.
package final class TextWorkspaces: Sendable {
    private static let limit = 16
    /// An analyzer remembers every word; beyond this number it starts anew.
    private static let wordLimit = 100_000

    /// `@unchecked Sendable`: a workspace is either here, under the mutex, or with the one query that took it.
    private struct Idle: @unchecked Sendable {
        var workspaces: [TextWorkspace] = []
    }

    private let idle = Mutex(Idle())

    package init() {}

    /// Opens an index with an idle workspace of its, or a fresh one.
    package func open(
        _ objectID: UInt32, in view: TransactionView
    ) throws(Diagnostic) -> (TextIndexReader, TextWorkspace) {
        let known = idle.withLock { idle -> Idle in
            guard let index = idle.workspaces.lastIndex(where: { $0.objectID == objectID }) else { return Idle() }
            return Idle(workspaces: [idle.workspaces.remove(at: index)])
        }
        if let workspace = known.workspaces.first {
            let reader = try TextIndexReader(objectID: objectID, in: view, cache: workspace.cache)
            if workspace.fits(reader.definition) { return (reader, workspace) }
        }
        let cache = TextIndexCache()
        let reader = try TextIndexReader(objectID: objectID, in: view, cache: cache)
        return (reader, try TextWorkspace(objectID: objectID, definition: reader.definition, cache: cache))
    }

    package func put(_ workspace: TextWorkspace) {
        if workspace.analyzer.termCount > Self.wordLimit { workspace.analyzer.reset() }
        let returned = Idle(workspaces: [workspace])
        idle.withLock { idle in
            if idle.workspaces.count == Self.limit { idle.workspaces.removeFirst() }
            idle.workspaces += returned.workspaces
        }
    }
}
