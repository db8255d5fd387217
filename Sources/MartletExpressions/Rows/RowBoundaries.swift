// Where a sorted run of rows changes its keys.

package import MartletCore

extension RowOrdering {
    /// For each row whether it differs from the row before it in any of the keys' columns; NULL equals NULL. The first
    /// row is true.
    package static func boundaries(_ columns: [Column], count: Int, by keys: [SortKey]) -> [Bool] {
        var result = [Bool](repeating: false, count: count)
        if count > 0 { result[0] = true }
        for key in keys {
            let comparator = Comparator(key, columns[key.column])
            for row in 1..<max(count, 1) where !result[row] { result[row] = comparator.compare(row - 1, row) != 0 }
        }
        return result
    }
}
