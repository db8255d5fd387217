// A trained linear model.

package import MartletCore
package import MartletKernels

package struct LinearModel: Hashable, StoredModel {
    package let objective: LinearOptions.Objective
    package let encoding: TableEncoding
    /// The constant's row, then a row an input; a column an output.
    package let weights: [Float]

    init(objective: LinearOptions.Objective, encoding: TableEncoding, weights: [Float]) {
        self.objective = objective
        self.encoding = encoding
        self.weights = weights
    }

    package var columnCount: Int { objective.columnCount }

    /// The outputs of each row: a prediction, log odds of class 1, or a score a class. O(rows · columns · outputs).
    ///
    /// - Throws: `wrongColumnCount` if the features are not those of the training.
    package func scores(_ matrix: FeatureMatrix, team: WorkerTeam) throws(Diagnostic) -> [Float] {
        try encoding.check(matrix)
        let columns = columnCount
        let features = matrix.columnCount
        var scores = [Float](repeating: 0, count: matrix.rowCount * columns)
        scores.withUnsafeMutableBufferPointer { scores in
            matrix.values.withUnsafeBufferPointer { values in
                weights.withUnsafeBufferPointer { weights in
                    guard let to = scores.baseAddress, let from = values.baseAddress,
                        let matrixStart = weights.baseAddress
                    else { return }
                    nonisolated(unsafe) let target = to
                    nonisolated(unsafe) let source = from
                    nonisolated(unsafe) let matrixOfWeights = matrixStart
                    team.forEachRange(matrix.rowCount, step: 1_024) { range in
                        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 2 * (features + 1)) { buffer in
                            guard let indices = buffer.baseAddress else { return }
                            let inputs = UnsafeMutableRawPointer(indices + features + 1).bindMemory(
                                to: Float.self, capacity: features + 1)
                            for row in range {
                                let count = encoding.sparse(
                                    source + row * features, indices: indices, values: inputs)
                                SparseKernels.scores(
                                    indices, inputs, count, matrix: matrixOfWeights, width: columns,
                                    into: target + row * columns)
                            }
                        }
                    }
                }
            }
        }
        return scores
    }

    /// The probabilities of the classes, `classes` numbers a row.
    ///
    /// - Throws: `wrongModelKind` for a regression.
    package func probabilities(_ matrix: FeatureMatrix, team: WorkerTeam) throws(Diagnostic) -> [Float] {
        guard case .classification(let classes) = objective else {
            throw Diagnostic(.wrongModelKind, "a model that does not classify has no probabilities")
        }
        var scores = try scores(matrix, team: team)
        guard classes == 2 else {
            Probabilities.softmax(&scores, classes: classes)
            return scores
        }
        return Probabilities.ofLogOdds(scores)
    }

    /// What each feature adds to one output of a row, and last the constant: together they are the score.
    package func contributions(_ row: [Float], output: Int = 0) throws(Diagnostic) -> [Float] {
        guard row.count == encoding.kinds.count, output >= 0, output < columnCount else {
            throw Diagnostic(
                .wrongColumnCount, "a row of \(row.count) features for a model of \(encoding.kinds.count)")
        }
        var parts = [Float](repeating: 0, count: row.count + 1)
        parts[row.count] = weights[output]
        for (feature, kind) in encoding.kinds.enumerated() {
            let first = 1 + encoding.firstInput[feature]
            switch kind {
            case .numeric:
                parts[feature] = encoding.input(row[feature], feature) * weights[first * columnCount + output]
            case .category(let count):
                guard row[feature] >= 0, row[feature] < Float(count) else { continue }
                parts[feature] = weights[(first + Int(row[feature])) * columnCount + output]
            }
        }
        return parts
    }

    /// The size of each feature's weights over standardised inputs, as shares of 1.
    package var importance: [Double] {
        var sums = [Double](repeating: 0, count: encoding.kinds.count)
        for feature in sums.indices {
            for input in encoding.firstInput[feature]..<encoding.firstInput[feature + 1] {
                for output in 0..<columnCount {
                    sums[feature] += Double(abs(weights[(input + 1) * columnCount + output]))
                }
            }
        }
        let total = sums.reduce(0, +)
        return total > 0 ? sums.map { $0 / total } : sums
    }

    /// The mean of models of one encoding, each weighing as much as it has rows.
    package static func mean(
        _ models: [(model: LinearModel, rows: Int)], team: WorkerTeam
    ) throws(Diagnostic) -> LinearModel {
        guard let first = models.first?.model else { throw Diagnostic(.nothingToTrain, "there are no shards") }
        guard models.allSatisfy({ $0.model.encoding == first.encoding && $0.model.objective == first.objective })
        else { throw Diagnostic(.trainingFailed, "the shards' models do not fit each other") }
        return LinearModel(
            objective: first.objective, encoding: first.encoding,
            weights: WeightMean.mean(models.map { ($0.model.weights, $0.rows) }, team: team))
    }

    // MARK: Bytes

    package static var storedKind: ModelKind { .linear }

    package func write(to writer: inout ModelWriter) {
        if case .classification(let classes) = objective {
            writer.write(UInt32(classes))
        } else {
            writer.write(UInt32(0))
        }
        encoding.write(to: &writer)
        writer.write(weights)
    }

    /// - Throws: `corrupt`, `newerFormat` or `wrongModelKind`.
    package init(bytes: [UInt8]) throws(Diagnostic) {
        var reader = try ModelReader(bytes, .linear)
        let classes = Int(try reader.read(UInt32.self))
        try reader.require(classes != 1, "the classes")
        let objective: LinearOptions.Objective = classes == 0 ? .regression : .classification(classes)
        let encoding = try TableEncoding(from: &reader)
        let weights = try reader.readFloats()
        try reader.finish()
        try reader.require(
            weights.count.isMultiple(of: objective.columnCount)
                && weights.count / objective.columnCount == encoding.inputCount + 1, "the weights")
        self.init(objective: objective, encoding: encoding, weights: weights)
    }
}
