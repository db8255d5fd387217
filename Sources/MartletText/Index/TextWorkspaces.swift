// Analyzers and scratch space that queries of one database hand to each other.

package import MartletCore
import Synchronization

/// What a query of one index needs besides the index: making it anew would cost more than a short search.
///
/// Used by one thread at a time.
package final class TextWorkspace {
    package let objectID: UInt32
    package let analyzer: Analyzer
    package let scratch: SearchScratch

    package init(objectID: UInt32, definition: TextIndexDefinition) throws(Diagnostic) {
        self.objectID = objectID
        analyzer = try Analyzer(definition.analyzer)
        scratch = SearchScratch(fieldCount: definition.fieldCount)
    }

    func fits(_ objectID: UInt32, _ definition: TextIndexDefinition) -> Bool {
        self.objectID == objectID && analyzer.definition == definition.analyzer
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

    /// An idle workspace, or a fresh one.
    package func take(_ objectID: UInt32, _ definition: TextIndexDefinition) throws(Diagnostic) -> TextWorkspace {
        let known = idle.withLock { idle -> Idle in
            guard let index = idle.workspaces.lastIndex(where: { $0.fits(objectID, definition) }) else { return Idle() }
            return Idle(workspaces: [idle.workspaces.remove(at: index)])
        }
        if let workspace = known.workspaces.first { return workspace }
        return try TextWorkspace(objectID: objectID, definition: definition)
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
