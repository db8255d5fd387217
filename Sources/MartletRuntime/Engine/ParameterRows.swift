// Many rows of values for one statement.

package import MartletCore

/// Rows of positional parameters in columns: batches within which each position has one type, or NULL.
package struct ParameterRows {
    private(set) var batches: [Batch] = []
    private var builders: [ColumnBuilder] = []
    private var count = 0

    package init() {}

    /// Adds a row of `width` values, asked for from left to right. All rows have equally many.
    ///
    /// - Throws: `wrongArgumentCount`, or what `value` throws; the collection is of no use then.
    package mutating func appendRow(
        _ width: Int, _ value: (Int) throws(Diagnostic) -> Value
    ) throws(Diagnostic) {
        if count > 0, width != builders.count {
            throw Diagnostic(
                .wrongArgumentCount, "a row of \(width) parameters after one of \(builders.count)")
        }
        if count == Limits.rowsPerBatch { finish() }
        if count == 0 {
            try begin(width, value)
        } else {
            for column in 0..<width {
                let next = try value(column)
                if builders[column].appendIfFitting(next) { continue }
                // The row becomes the first of the next batch.
                let started = divide(before: column) + [next]
                try begin(width) { (column) throws(Diagnostic) in
                    column < started.count ? started[column] : try value(column)
                }
                break
            }
        }
        count += 1
    }

    /// Takes the types of a batch from its first row.
    private mutating func begin(_ width: Int, _ value: (Int) throws(Diagnostic) -> Value) throws(Diagnostic) {
        builders.removeAll(keepingCapacity: true)
        for column in 0..<width {
            let first = try value(column)
            builders.append(ColumnBuilder(type: first.type, reserving: Limits.rowsPerBatch))
            builders[column].append(first)
        }
    }

    /// Ends the batch, and gives back the values of the columns before `column` that are of a row more than the others.
    private mutating func divide(before column: Int) -> [Value] {
        var columns = builders.map { $0.finish() }
        var taken: [Value] = []
        for index in 0..<column {
            taken.append(columns[index][count])
            columns[index] = columns[index].gather(Array(0..<count))
        }
        batches.append(Batch(columns: columns, count: count))
        count = 0
        return taken
    }

    /// Ends the last batch.
    package mutating func finish() {
        if count == 0 { return }
        batches.append(Batch(columns: builders.map { $0.finish() }, count: count))
        count = 0
    }
}
