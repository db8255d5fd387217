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
        var decoder = RowDecoder(scan, capacity: rowIDs.count)
        var key = KeyWriter(KeyPrefix(.row, scan.table.id))
        for rowID in rowIDs {
            key.truncate(to: KeyPrefix.byteCount)
            key.append(rowNumber: rowID)
            guard let bytes = try view.get(key) else { continue }
            do {
                try decoder.append(rowID: rowID, bytes)
            } catch {
                throw located(error, scan.table.name, rowID)
            }
        }
        return decoder.take()
    }
}
