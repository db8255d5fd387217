// The encoders of all columns that a model reads: part of the model.

package import MartletCore
package import MartletKernels

package struct FeatureEncoding: Hashable, Sendable {
    package let columns: [InputColumn]
    package let encoders: [FeatureEncoder]
    /// Where each column's numbers begin in a row, and the end.
    package let firstNumber: [Int]
    package let kinds: [FeatureKind]

    package var width: Int { firstNumber[firstNumber.count - 1] }

    package init(columns: [InputColumn], encoders: [FeatureEncoder]) {
        self.columns = columns
        self.encoders = encoders
        var first = [0]
        for encoder in encoders { first.append(first[first.count - 1] + encoder.width) }
        firstNumber = first
        kinds = encoders.flatMap(\.kinds)
    }

    /// Chooses and fits an encoder for each column. O(values).
    ///
    /// - Parameters:
    ///   - positions: where the columns are in the batches.
    ///   - isText: the learner reads texts as they are.
    /// - Throws: `limitExceeded` for more than `numberLimit` numbers a row.
    package static func fit(
        _ columns: [InputColumn], at positions: [Int], of rows: some RowBatches, isText: Bool = false,
        team: WorkerTeam, context: TrainingContext
    ) throws(Diagnostic) -> (encoding: FeatureEncoding, columns: [ColumnFacts]) {
        let fits = columns.map { EncoderFit($0.type, isText: isText) }
        let needsRows = columns.indices.filter {
            if case .vector = columns[$0].type { false } else { true }
        }
        if !needsRows.isEmpty {
            nonisolated(unsafe) let shared = fits
            for index in 0..<rows.batchCount {
                try context.check()
                let batch = try rows.batch(index)
                team.run(needsRows.count) { part in
                    let column = needsRows[part]
                    shared[column].add(batch.columns[positions[column]])
                }
            }
        }
        var encoders: [FeatureEncoder] = []
        for (column, fit) in zip(columns, fits) { encoders.append(try fit.finish(column.name)) }
        let encoding = FeatureEncoding(columns: columns, encoders: encoders)
        guard encoding.width <= numberLimit else {
            throw Diagnostic(
                .limitExceeded, "the columns make \(encoding.width) numbers a row, more than \(numberLimit)")
        }
        let facts = zip(columns, fits).map { column, fit in
            ColumnFacts(name: column.name, nulls: fit.nulls, isConstant: fit.isConstant, distinct: fit.distinct)
        }
        return (encoding, facts)
    }

    package static let numberLimit = 100_000

    /// Writes the rows of a batch, one after the other.
    ///
    /// - Parameter positions: where the columns are in the batch.
    /// - Precondition: `target` has room for `count * width` numbers, and the columns have the types.
    package func encode(
        _ batch: Batch, at positions: [Int], into target: UnsafeMutablePointer<Float>
    ) {
        for (number, encoder) in encoders.enumerated() {
            encoder.encode(batch.columns[positions[number]], into: target + firstNumber[number], stride: width)
        }
    }

    /// The number's name: the column's, with the element's where a column makes several.
    package var numberNames: [String] { zip(columns, encoders).flatMap { $1.names(of: $0.name) } }
}

/// What was found out about a column of training rows.
package struct ColumnFacts: Hashable, Sendable {
    package var name: String
    package var nulls: Int
    package var isConstant: Bool
    /// Different texts; 0 for other types, and where the learner reads texts as they are.
    package var distinct: Int
}
