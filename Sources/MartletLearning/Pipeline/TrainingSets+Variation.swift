// Whether there is anything to learn from.

import MartletCore

extension TrainingSets {
    /// Looks no further than to the first row that differs from the one before all others.
    ///
    /// - Throws: `nothingToTrain` if all rows to train on have the same features; `trainingFailed` if that is so because
    ///   their numbers are too large to be told apart.
    func checkVariation(of features: FeatureEncoding) throws(Diagnostic) {
        let matrices = shards.map(\.matrix).filter { $0.rowCount > 0 }
        if Self.differ(matrices) || Self.differ(shards.map(\.documents)) || Self.differ(shards.map(\.partners)) {
            return
        }
        if let first = matrices.first, let column = (0..<first.columnCount).first(where: { first[0, $0].isInfinite }) {
            throw .numbersTooLarge(in: features.numberNames[column])
        }
        throw Diagnostic(
            .nothingToTrain, "all rows have the same features, so there is nothing to learn from",
            hint: "EXPLAIN TRAIN tells what is in the columns")
    }

    private static func differ(_ matrices: [FeatureMatrix]) -> Bool {
        guard let first = matrices.first else { return false }
        // Of missing values too, which are equal to nothing, not even to themselves.
        let known = (0..<first.columnCount).map { first[0, $0].bitPattern }
        return matrices.contains { matrix in
            matrix.values.withUnsafeBufferPointer { values in
                (0..<matrix.rowCount).contains { row in
                    let start = row * known.count
                    return known.indices.contains { values[start + $0].bitPattern != known[$0] }
                }
            }
        }
    }

    private static func differ(_ sets: [TextDocuments]) -> Bool {
        guard let first = sets.first(where: { $0.count > 0 }) else { return false }
        let known = first.bytes[..<first.offsets[1]]
        return sets.contains { documents in
            (0..<documents.count).contains { number in
                documents.bytes[documents.offsets[number]..<documents.offsets[number + 1]] != known
            }
        }
    }
}
