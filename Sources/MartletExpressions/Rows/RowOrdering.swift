// ORDER BY: permutations of rows by several keys, stable; and the first k of many rows.

package import MartletCore

/// One key of an order.
package struct SortKey: Hashable, Sendable {
    /// The column of the sorted batch.
    package var column: Int
    package var isDescending: Bool
    package var nullsFirst: Bool

    /// NULL is smaller than everything by default, as in SQLite: first when ascending, last when descending.
    package init(column: Int, isDescending: Bool = false, nullsFirst: Bool? = nil) {
        self.column = column
        self.isDescending = isDescending
        self.nullsFirst = nullsFirst ?? !isDescending
    }
}

package enum RowOrdering {
    /// The rows in order; equal rows keep theirs. O(n log n) comparisons.
    package static func sorted(_ columns: [Column], count: Int, by keys: [SortKey]) -> [Int] {
        sort(Array(0..<count), columns, keys)
    }

    /// The first `limit` rows of that order.
    package static func first(_ limit: Int, _ columns: [Column], count: Int, by keys: [SortKey]) -> [Int] {
        if limit <= 0 { return [] }
        if limit >= count { return sorted(columns, count: count, by: keys) }
        // A heap of the best rows so far with the worst on top; ties go to the earlier row.
        let comparators = keys.map { Comparator($0, columns[$0.column]) }
        func isBefore(_ a: Int, _ b: Int) -> Bool {
            for comparator in comparators {
                let order = comparator.compare(a, b)
                if order != 0 { return order < 0 }
            }
            return a < b
        }
        var heap = TopHeap(limit: limit, isBefore: isBefore)
        for row in 0..<count { heap.offer(row) }
        return heap.finish()
    }

    private static func sort(_ rows: [Int], _ columns: [Column], _ keys: [SortKey]) -> [Int] {
        guard let key = keys.first else { return rows }
        if keys.count == 1 {
            let column = columns[key.column]
            switch column.storage {
            case .integers(let values): return sortDecorated(rows, values, column.nulls, key)
            case .reals(let values): return sortDecorated(rows, values, column.nulls, key)
            case .bytes(let values): return sortBytes(rows, values, column.nulls, key)
            case .nulls: return rows
            case .booleans: break
            }
        }
        let comparators = keys.map { Comparator($0, columns[$0.column]) }
        return rows.sorted { a, b in
            for comparator in comparators {
                let order = comparator.compare(a, b)
                if order != 0 { return order < 0 }
            }
            return a < b
        }
    }

    /// Rows with a NULL key apart, in their order.
    private static func separateNulls(_ rows: [Int], _ nulls: [Bool]?) -> (values: [Int], nulls: [Int]) {
        guard let nulls else { return (rows, []) }
        return (rows.filter { !nulls[$0] }, rows.filter { nulls[$0] })
    }

    private static func join(_ sorted: [Int], _ nullRows: [Int], _ key: SortKey) -> [Int] {
        if nullRows.isEmpty { return sorted }
        return key.nullsFirst ? nullRows + sorted : sorted + nullRows
    }

    /// Keys beside their rows, so that comparing touches one place in memory.
    private static func sortDecorated<Key: Comparable>(
        _ rows: [Int], _ values: [Key], _ nulls: [Bool]?, _ key: SortKey
    ) -> [Int] {
        let (present, nullRows) = separateNulls(rows, nulls)
        var decorated = present.map { (key: values[$0], row: $0) }
        if key.isDescending {
            decorated.sort { $0.key > $1.key || ($0.key == $1.key && $0.row < $1.row) }
        } else {
            decorated.sort { $0.key < $1.key || ($0.key == $1.key && $0.row < $1.row) }
        }
        return join(decorated.map(\.row), nullRows, key)
    }

    /// The first eight bytes decide most comparisons as one number.
    private static func sortBytes(_ rows: [Int], _ values: ByteColumn, _ nulls: [Bool]?, _ key: SortKey) -> [Int] {
        let (present, nullRows) = separateNulls(rows, nulls)
        let sorted = values.withAllBytes { all, offsets in
            func prefix(_ row: Int) -> UInt64 {
                var word: UInt64 = 0
                let start = offsets[row]
                for index in 0..<8 {
                    word = word << 8 | (start + index < offsets[row + 1] ? UInt64(all[start + index]) : 0)
                }
                return word
            }
            var decorated = present.map { (prefix: prefix($0), row: $0) }
            decorated.sort { a, b in
                if a.prefix != b.prefix { return (a.prefix < b.prefix) != key.isDescending }
                let x = UnsafeRawBufferPointer(rebasing: all[offsets[a.row]..<offsets[a.row + 1]])
                let y = UnsafeRawBufferPointer(rebasing: all[offsets[b.row]..<offsets[b.row + 1]])
                let order = Comparison.order(x, y)
                if order != 0 { return (order < 0) != key.isDescending }
                return a.row < b.row
            }
            return decorated.map(\.row)
        }
        return join(sorted, nullRows, key)
    }

    /// The order of two rows by one key.
    package struct Comparator {
        private let key: SortKey
        private let column: Column

        package init(_ key: SortKey, _ column: Column) {
            self.key = key
            self.column = column
        }

        func compare(_ a: Int, _ b: Int) -> Int { compare(a, column, b) }

        /// Row `a` of this column against row `b` of another of the same type.
        package func compare(_ a: Int, _ other: Column, _ b: Int) -> Int {
            let aNull = column.isNull(a)
            let bNull = other.isNull(b)
            if aNull || bNull {
                if aNull && bNull { return 0 }
                return aNull == key.nullsFirst ? -1 : 1
            }
            let order: Int
            switch (column.storage, other.storage) {
            case (.integers(let x), .integers(let y)): order = x[a] < y[b] ? -1 : x[a] == y[b] ? 0 : 1
            case (.reals(let x), .reals(let y)): order = x[a] < y[b] ? -1 : x[a] == y[b] ? 0 : 1
            case (.booleans(let x), .booleans(let y)): order = (x[a] ? 1 : 0) - (y[b] ? 1 : 0)
            case (.bytes(let x), .bytes(let y)):
                order = x.withBytes(at: a) { x in y.withBytes(at: b) { y in Comparison.order(x, y) } }
            default: order = ValueOrder.compare(column[a], other[b])
            }
            return key.isDescending ? -order : order
        }
    }
}

/// The first rows by an order, kept in a heap whose top is the last of them.
private struct TopHeap {
    private var rows: [Int] = []
    private let limit: Int
    private let isBefore: (Int, Int) -> Bool

    init(limit: Int, isBefore: @escaping (Int, Int) -> Bool) {
        self.limit = limit
        self.isBefore = isBefore
        rows.reserveCapacity(limit)
    }

    mutating func offer(_ row: Int) {
        if rows.count < limit {
            rows.append(row)
            var child = rows.count - 1
            while child > 0, isBefore(rows[(child - 1) / 2], rows[child]) {
                rows.swapAt(child, (child - 1) / 2)
                child = (child - 1) / 2
            }
        } else if isBefore(row, rows[0]) {
            rows[0] = row
            var parent = 0
            while true {
                var last = parent
                for child in [2 * parent + 1, 2 * parent + 2] where child < rows.count {
                    if isBefore(rows[last], rows[child]) { last = child }
                }
                if last == parent { break }
                rows.swapAt(parent, last)
                parent = last
            }
        }
    }

    func finish() -> [Int] { rows.sorted(by: isBefore) }
}
