// Many rows of values for one statement.

package import MartletCore

/// Rows of positional parameters in columns: batches within which each position has one type, or NULL.
package struct ParameterRows {
    private(set) var batches: [Batch] = []
    private var builders: [ColumnBuilder] = []
    private var count = 0

    package init() {}

    /// Adds a row. All rows have equally many values.
    ///
    /// - Throws: `wrongArgumentCount`.
    package mutating func append(_ values: [Value]) throws(Diagnostic) {
        if count > 0 {
            guard values.count == builders.count else {
                throw Diagnostic(
                    .wrongArgumentCount, "a row of \(values.count) parameters after one of \(builders.count)")
            }
            let fits = values.indices.allSatisfy { values[$0].isNull || values[$0].type == builders[$0].type }
            if count == Limits.rowsPerBatch || !fits { finish() }
        }
        if count == 0 {
            builders = values.map { ColumnBuilder(type: $0.type, reserving: Limits.rowsPerBatch) }
        }
        for index in values.indices { builders[index].append(values[index]) }
        count += 1
    }

    /// Ends the last batch.
    package mutating func finish() {
        if count == 0 { return }
        batches.append(Batch(columns: builders.map { $0.finish() }, count: count))
        count = 0
    }
}
