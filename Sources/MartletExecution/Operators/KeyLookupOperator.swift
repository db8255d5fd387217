// Fetches rows by their row ids.

import MartletCatalog
import MartletCore
import MartletExpressions
import MartletPlanning
import MartletStorage

final class KeyLookupOperator: Operator {
    private let context: ExecutionContext
    private let scan: Scan
    private let keys: [BoundExpression]
    private var isDone = false

    init(_ context: ExecutionContext, _ scan: Scan, _ keys: [BoundExpression]) throws(Diagnostic) {
        self.context = context
        self.scan = scan
        self.keys = keys
    }

    func next() throws(Diagnostic) -> Batch? {
        if isDone { return nil }
        isDone = true
        var rowIDs: [Int64] = []
        for key in keys {
            if case .integer(let rowID) = try context.value(key) { rowIDs.append(rowID) }
        }
        if rowIDs.count > 1 { rowIDs = Array(Set(rowIDs)).sorted() }
        return try context.rows(scan, rowIDs)
    }
}

extension ExecutionContext {
    /// The rows with these ids, in that order; ids without a row are left out.
    func rows(_ scan: Scan, _ rowIDs: [Int64]) throws(Diagnostic) -> Batch {
        let block = EntryBlock(capacity: rowIDs.count)
        let found = try fetch(scan.table, rowIDs, into: block)
        return try RowDecoder(self, scan).batch(block, rowIDs: found)
    }

    /// Puts the rows with these ids into a block, in that order.
    ///
    /// - Returns: the ids of those that exist.
    func fetch(_ table: Table, _ rowIDs: [Int64], into block: EntryBlock) throws(Diagnostic) -> [Int64] {
        block.removeAll()
        let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
        var missing: Set<Int64> = []
        var key = KeyWriter(KeyPrefix(.row, table.id))
        for rowID in rowIDs {
            key.truncate(to: KeyPrefix.byteCount)
            key.append(rowNumber: rowID)
            if let bytes = try view.get(key) { block.append(nothing, bytes) } else { missing.insert(rowID) }
        }
        return missing.isEmpty ? rowIDs : rowIDs.filter { !missing.contains($0) }
    }
}
