// What a TRAIN would work on, found out without fitting anything: for EXPLAIN.

package import MartletCore

package struct TrainingProfile: Sendable {
    package struct ColumnProfile: Sendable {
        package var name: String
        package var encoder: String
        package var nulls: Int
        package var isConstant: Bool
    }

    package struct ClassCount: Sendable {
        package var name: String
        package var rows: Int
    }

    package var rows: Int
    /// Rows whose label is NULL.
    package var unlabelledRows: Int
    package var heldOutRows: Int
    package var shardRows: [Int]
    package var workers: Int
    package var columns: [ColumnProfile]
    /// Numbers a row, once encoded; 0 for kinds that read texts.
    package var width: Int
    /// nil for a number, or without a label.
    package var classes: [ClassCount]?
    /// The least and the greatest label of a regression.
    package var labelRange: ClosedRange<Float>?
    package var estimate: TrainingEstimate
}

extension TrainingPipeline {
    /// Reads the rows as `run` does, and divides them; what cannot be trained is the same error.
    package func profile(_ rows: some RowBatches) throws(Diagnostic) -> TrainingProfile {
        let basis = try basis(rows)
        let labels = basis.labels
        var classes: [TrainingProfile.ClassCount]?
        var labelRange: ClosedRange<Float>?
        if let labels, let names = labels.encoding.classes {
            var counts = [Int](repeating: 0, count: names.count)
            for value in labels.values where !value.isNaN { counts[Int(value)] += 1 }
            classes = zip(names, counts).map { TrainingProfile.ClassCount(name: $0, rows: $1) }
        } else if let labels {
            let known = labels.values.filter { !$0.isNaN }
            if let least = known.min(), let greatest = known.max() { labelRange = least...greatest }
        }
        var textBytes = 0
        if request.kind.readsTexts {
            for index in 0..<rows.batchCount {
                let batch = try rows.batch(index)
                for position in request.positions {
                    if case .bytes(let texts) = batch.columns[position].storage { textBytes += texts.bytes.count }
                }
            }
        }
        let columns = zip(basis.facts, basis.features.encoders).map { facts, encoder in
            TrainingProfile.ColumnProfile(
                name: facts.name, encoder: request.kind.readsTexts ? "text" : encoder.summary, nulls: facts.nulls,
                isConstant: facts.isConstant)
        }
        let estimate = TrainingEstimate(
            request, features: basis.features, classes: classes?.count, rows: basis.assignment.shardRows.reduce(0, +),
            heldOutRows: basis.assignment.heldOutRows, textBytes: textBytes, workers: threads)
        return TrainingProfile(
            rows: rows.rowCount, unlabelledRows: basis.assignment.leftOutRows,
            heldOutRows: basis.assignment.heldOutRows, shardRows: basis.assignment.shardRows, workers: threads,
            columns: columns, width: request.kind.readsTexts ? 0 : basis.features.width, classes: classes,
            labelRange: labelRange, estimate: estimate)
    }
}
