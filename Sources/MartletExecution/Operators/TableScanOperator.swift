// Reads a table in the order of its row ids, whole or a range of it.

import MartletCatalog
import MartletCore
import MartletExpressions
import MartletPlanning
import MartletStorage

final class TableScanOperator: Operator {
    private let context: ExecutionContext
    private let scan: Scan
    private let lower: (value: Int64, isInclusive: Bool)?
    private let upper: (value: Int64, isInclusive: Bool)?
    /// A bound is NULL: nothing compares with it.
    private let isEmpty: Bool
    /// Not checked for overlapping access, because it moves for every row.
    @exclusivity(unchecked) private var cursor: Cursor?
    private var decoder: RowDecoder?
    /// Small at first: many scans are stopped early.
    private var batchSize = 64
    private var isDone = false

    init(
        _ context: ExecutionContext, _ scan: Scan, lower: AccessPath.Bound?, upper: AccessPath.Bound?
    ) throws(Diagnostic) {
        self.context = context
        self.scan = scan
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
        var found: Bool
        if cursor == nil {
            cursor = try context.view.cursor(KeyPrefix(.row, scan.table.id))
            found = try start()
        } else {
            found = try cursor!.next()
        }
        // Buffers grow with the batches, so that a scan that is stopped early costs little.
        var decoder = decoder ?? RowDecoder(scan, capacity: batchSize)
        while found {
            if let upper {
                let rowID = try RowKey.rowID(cursor!.keySuffix)
                if rowID > upper.value || (rowID == upper.value && !upper.isInclusive) { break }
            }
            do throws(Diagnostic) {
                try decoder.append(rowID: try RowKey.rowID(cursor!.keySuffix), cursor!.value)
            } catch {
                throw context.located(error, scan.table.name, try RowKey.rowID(cursor!.keySuffix))
            }
            if decoder.count == batchSize {
                let isLargest = batchSize == Limits.rowsPerBatch
                batchSize = min(batchSize * 8, Limits.rowsPerBatch)
                let batch = decoder.take()
                self.decoder = isLargest ? decoder : nil
                return batch
            }
            found = try cursor!.next()
        }
        isDone = true
        cursor = nil
        self.decoder = nil
        return decoder.count > 0 ? decoder.take() : nil
    }

    private func start() throws(Diagnostic) -> Bool {
        guard let lower else { return try cursor!.first() }
        if !lower.isInclusive, lower.value == .max { return false }
        return try cursor!.seek(toOrAfter: RowKey.key(scan.table.id, lower.isInclusive ? lower.value : lower.value + 1))
    }
}

extension ExecutionContext {
    /// A row's decoding error with the row's place.
    func located(_ error: Diagnostic, _ table: String, _ rowID: Int64) -> Diagnostic {
        var error = error
        error.place = "table \(table), row \(rowID)"
        return error
    }
}
