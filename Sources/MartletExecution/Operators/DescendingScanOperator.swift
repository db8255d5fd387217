// Reads a table from its last row id to its first, whole or a range of it.

import MartletCatalog
import MartletCore
import MartletPlanning
import MartletStorage

final class DescendingScanOperator: Operator {
    private let context: ExecutionContext
    private let scan: Scan
    private let decoder: RowDecoder
    private let rows = EntryBlock(capacity: Limits.rowsPerBatch)
    private let lower: (value: Int64, isInclusive: Bool)?
    private let upper: (value: Int64, isInclusive: Bool)?
    /// A bound is NULL: nothing compares with it.
    private let isEmpty: Bool
    @exclusivity(unchecked) private var cursor: Cursor?
    /// Small at first: many scans are stopped early.
    private var batchSize = 32
    private var isDone = false

    init(
        _ context: ExecutionContext, _ scan: Scan, lower: AccessPath.Bound?, upper: AccessPath.Bound?
    ) throws(Diagnostic) {
        self.context = context
        self.scan = scan
        decoder = RowDecoder(context, scan, nil)
        func bound(_ bound: AccessPath.Bound?) throws(Diagnostic) -> (value: Int64, isInclusive: Bool)? {
            guard let bound, case .integer(let value) = try context.value(bound.value) else { return nil }
            return (value, bound.isInclusive)
        }
        self.lower = try bound(lower)
        self.upper = try bound(upper)
        isEmpty = (lower != nil && self.lower == nil) || (upper != nil && self.upper == nil)
    }

    func next() throws(Diagnostic) -> Batch? {
        if isDone || isEmpty { return nil }
        try context.cancellation.check()
        rows.removeAll()
        var rowIDs: [Int64] = []
        while rowIDs.count < batchSize, try move() {
            let rowID = try RowKey.rowID(cursor!.keySuffix)
            if let lower, rowID < lower.value || (rowID == lower.value && !lower.isInclusive) { break }
            rowIDs.append(rowID)
            rows.append(cursor!.key, cursor!.value)
        }
        isDone = rowIDs.count < batchSize
        if isDone { cursor = nil }
        batchSize = min(batchSize * 4, Limits.rowsPerBatch)
        return rowIDs.isEmpty ? nil : try decoder.batch(rows, rowIDs: rowIDs)
    }

    private func move() throws(Diagnostic) -> Bool {
        if cursor != nil { return try cursor!.previous() }
        cursor = try context.view.cursor(KeyPrefix(.row, scan.table.id))
        guard let upper, !upper.isInclusive || upper.value < .max else { return try cursor!.last() }
        return try cursor!.seek(
            lastBefore: RowKey.key(scan.table.id, upper.isInclusive ? upper.value + 1 : upper.value))
    }
}
