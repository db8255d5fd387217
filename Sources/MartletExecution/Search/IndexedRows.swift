// Rows that an index names.

import MartletCatalog
import MartletCore
import MartletPlanning
import MartletStorage

extension ExecutionContext {
    /// The rows with these ids, in that order.
    ///
    /// - Parameters:
    ///   - source: what names them.
    ///   - place: where that is.
    /// - Throws: `corrupt`, with the first row that is not there.
    func rows(
        _ scan: Scan, _ rowIDs: [Int64], namedBy source: String, place: String? = nil
    ) throws(Diagnostic) -> Batch {
        let block = EntryBlock(capacity: rowIDs.count)
        let found = try fetch(scan.table, rowIDs, into: block)
        if found.count < rowIDs.count {
            let missing = zip(rowIDs, found).first { $0 != $1 }?.0 ?? rowIDs[found.count]
            throw Diagnostic(
                .corrupt, "\(source) names row \(missing), which table \(scan.table.name) does not have", place: place)
        }
        return try RowDecoder(self, scan).batch(block, rowIDs: found)
    }
}
