// ORDER BY … LIMIT over a stream of batches, in memory proportional to the limit.

package import MartletCore

/// Keeps the first `limit` rows of all that it is given, by an order; ties go to the row that came first.
package struct TopRows {
    private let limit: Int
    private let keys: [SortKey]
    private var kept: [Batch] = []
    private var keptCount = 0
    /// The last of the first `limit` rows so far: a row that is not before it cannot enter.
    private var bar: Batch?

    /// The rows that are kept now, in the order in which they came or in their own.
    package var batches: [Batch] { kept }

    package init(limit: Int, by keys: [SortKey]) {
        self.limit = limit
        self.keys = keys
    }

    package mutating func add(_ batch: Batch) {
        if limit <= 0 || batch.count == 0 { return }
        var batch = batch
        if let bar {
            let comparators = keys.map {
                (RowOrdering.Comparator($0, batch.columns[$0.column]), bar.columns[$0.column])
            }
            let candidates = Self.candidates(batch, bar, keys) ?? Array(0..<batch.count)
            let rows = candidates.filter { row in
                for (comparator, other) in comparators {
                    let order = comparator.compare(row, other, 0)
                    if order != 0 { return order < 0 }
                }
                // An equal row comes later than the one at the bar.
                return false
            }
            if rows.isEmpty { return }
            if rows.count < batch.count { batch = batch.gather(rows) }
        }
        kept.append(batch)
        keptCount += batch.count
        // Pruning when the surplus is as large as the limit makes it O(1) a row on average.
        if keptCount >= limit + max(limit, 2 * Limits.rowsPerBatch) { prune() }
    }

    /// The rows whose first key is not behind the bar's, by one typed kernel; nil where there is none for the type.
    private static func candidates(_ batch: Batch, _ bar: Batch, _ keys: [SortKey]) -> [Int]? {
        guard let key = keys.first, batch.columns[key.column].nulls == nil else { return nil }
        let column = batch.columns[key.column]
        switch column.storage {
        case .integers, .reals: break
        default: return nil
        }
        let value = bar.columns[key.column][0]
        if value.isNull { return nil }
        return Comparison.select(
            key.isDescending ? .greaterOrEqual : .lessOrEqual, .column(column), .scalar(value, column.type),
            count: batch.count, among: nil)
    }

    /// Forgets what is kept beyond the limit.
    package mutating func prune() {
        if kept.isEmpty { return }
        let all = Batch.concatenated(kept)
        let first = all.gather(RowOrdering.first(limit, all.columns, count: all.count, by: keys))
        kept = [first]
        keptCount = first.count
        if first.count == limit { bar = first.gather([limit - 1]) }
    }

    /// The rows in order; nil if there were none.
    package mutating func finish() -> Batch? {
        if kept.isEmpty { return nil }
        prune()
        return kept.first
    }
}
