// Upkeep of indexes beside the writer: what is due, by kind of index.

package import MartletCatalog
package import MartletCore
package import MartletStorage
import MartletText
import MartletVectors

/// A piece of upkeep that was prepared on a snapshot, which may be closed since.
package protocol PreparedMaintenance: Sendable {
    /// Does the work that needs no snapshot, which may take long.
    ///
    /// - Throws: what `check`, called every now and then, throws.
    func finished(check: () throws(Diagnostic) -> Void) throws(Diagnostic) -> any PreparedMaintenance
    /// Makes it true: short, as the writer waits for it. False, and no change, if the index has moved on too far.
    func publish(in view: WriteView) throws(Diagnostic) -> Bool
}

extension PreparedMaintenance {
    package func finished(check: () throws(Diagnostic) -> Void) throws(Diagnostic) -> any PreparedMaintenance { self }
}

package enum IndexMaintenance {
    /// The next piece of upkeep that is due for an index; nil if there is none. May read for long; never writes.
    ///
    /// - Throws: what `check`, called every now and then, throws; `corrupt`.
    package static func prepare(
        _ index: Index, of table: Table, memoryLimitBytes: Int, in view: TransactionView,
        check: @Sendable () throws(Diagnostic) -> Void
    ) throws(Diagnostic) -> (any PreparedMaintenance)? {
        switch index.method {
        case .ordered: return nil
        case .text: return try TextIndexMerge.prepare(objectID: index.id, in: view, check: check)
        case .vector where index.state == .building:
            return try VectorIndexBuildStep.prepare(
                index, table, memoryLimitBytes: memoryLimitBytes, in: view, check: check)
        case .vector:
            return try VectorIndexMerge.prepare(
                objectID: index.id, memoryLimitBytes: memoryLimitBytes, in: view, check: check)
        }
    }
}

extension TextIndexMerge: PreparedMaintenance {}

extension VectorIndexMerge: PreparedMaintenance {
    package func finished(check: () throws(Diagnostic) -> Void) throws(Diagnostic) -> any PreparedMaintenance {
        try built(check: check)
    }
}
