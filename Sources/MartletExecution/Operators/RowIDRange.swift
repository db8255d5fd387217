// Ranges of row ids, and how a table is divided among threads.

import MartletCatalog
import MartletCore
import MartletExpressions
import MartletPlanning
import MartletStorage

/// The row ids that a scan reads.
struct RowIDRange {
    /// nil: from the table's first row.
    var lower: Int64?
    /// nil: to its last.
    var upper: Int64?
    /// A bound is NULL, or no number lies between them: nothing is read.
    var isEmpty = false

    init(lower: Int64? = nil, upper: Int64? = nil) {
        self.lower = lower
        self.upper = upper
        if let lower, let upper, lower > upper { isEmpty = true }
    }

    init(_ context: ExecutionContext, lower: AccessPath.Bound?, upper: AccessPath.Bound?) throws(Diagnostic) {
        self.init()
        if let lower {
            guard case .integer(let value) = try context.value(lower.value), lower.isInclusive || value < .max else {
                isEmpty = true
                return
            }
            self.lower = lower.isInclusive ? value : value + 1
        }
        if let upper {
            guard case .integer(let value) = try context.value(upper.value), upper.isInclusive || value > .min else {
                isEmpty = true
                return
            }
            self.upper = upper.isInclusive ? value : value - 1
        }
        if let lower = self.lower, let upper = self.upper, lower > upper { isEmpty = true }
    }

    /// Parts of equal width that depend on nothing but the table's first and last row in the range, so that sums over
    /// the parts, added up in order, are the same for any number of threads. One part for few rows.
    func partitions(of table: Table, _ view: TransactionView) throws(Diagnostic) -> [RowIDRange] {
        if isEmpty { return [self] }
        var cursor = try view.cursor(KeyPrefix(.row, table.id))
        let hasFirst =
            if let lower { try cursor.seek(toOrAfter: RowKey.key(table.id, lower)) } else { try cursor.first() }
        guard hasFirst else { return [self] }
        let first = try RowKey.rowID(cursor.keySuffix)
        let hasLast =
            if let upper, upper < .max {
                try cursor.seek(lastBefore: RowKey.key(table.id, upper + 1))
            } else {
                try cursor.last()
            }
        guard hasLast else { return [self] }
        let last = try RowKey.rowID(cursor.keySuffix)
        guard first < last else { return [self] }
        let span = UInt64(bitPattern: last &- first)
        let count = min(UInt64(Self.mostPartitions), span / UInt64(Self.rowsPerPartition))
        if count < 2 { return [self] }
        // Rounded up, so that the parts reach the last row.
        let width = span / count + 1
        var ranges: [RowIDRange] = []
        var start = first
        while true {
            let distance = UInt64(bitPattern: last &- start)
            if distance < width {
                ranges.append(RowIDRange(lower: start, upper: last))
                return ranges
            }
            let end = Int64(bitPattern: UInt64(bitPattern: start) &+ (width - 1))
            ranges.append(RowIDRange(lower: start, upper: end))
            start = end + 1
        }
    }

    private static let rowsPerPartition = 16_384
    private static let mostPartitions = 256
}
