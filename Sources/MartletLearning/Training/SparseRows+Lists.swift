// Sparse rows from lists of entries.

extension SparseRows {
    /// The entries as they are given, after a constant of 0. O(entries).
    package convenience init(_ rows: [[(column: UInt32, value: Float)]]) {
        self.init(counts: rows.map { $0.count + 1 })
        for (number, row) in rows.enumerated() {
            let start = starts[number]
            indices[start] = 0
            values[start] = 0
            for (place, entry) in row.enumerated() {
                indices[start + 1 + place] = entry.column
                values[start + 1 + place] = entry.value
            }
        }
    }
}
