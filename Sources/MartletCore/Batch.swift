// Some rows, column by column: what operators hand to each other.

/// Rows of equal shape. A batch may have no column at all (`SELECT count(*)`) and still have rows.
package struct Batch: Sendable {
    package var columns: [Column]
    package let count: Int

    /// - Precondition: every column has `count` elements.
    package init(columns: [Column], count: Int) {
        for column in columns { precondition(column.count == count) }
        self.columns = columns
        self.count = count
    }

    package func row(_ index: Int) -> [Value] {
        columns.map { $0[index] }
    }

    package func gather(_ indices: [Int]) -> Batch {
        Batch(columns: columns.map { $0.gather(indices) }, count: indices.count)
    }

    /// Rows given as values, for columns of `types`.
    package init(rows: [[Value]], types: [DataType]) {
        var builders = types.map { ColumnBuilder(type: $0, reserving: rows.count) }
        for row in rows {
            for (index, value) in row.enumerated() { builders[index].append(value) }
        }
        self.init(columns: builders.map { $0.finish() }, count: rows.count)
    }
}
