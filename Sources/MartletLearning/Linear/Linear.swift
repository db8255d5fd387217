// Linear models of tables: least squares, logistic regression, softmax.

package import MartletCore
package import MartletKernels

package enum Linear {
    /// Minimises the rows' losses and the penalties. O(iterations · values that are not 0 · classes).
    ///
    /// Columns that say nothing get weights of 0. Of a regression, labels are scaled to deviation 1 within.
    ///
    /// - Parameters:
    ///   - encoding: how features become inputs; shards share one.
    ///   - start: a model of the same encoding to go on from.
    /// - Throws: `nothingToTrain`, `trainingFailed` for labels that do not fit, `invalidOption`.
    package static func train(
        _ matrix: FeatureMatrix, labels: [Float], encoding: TableEncoding, options: LinearOptions,
        start: LinearModel? = nil, team: WorkerTeam, context: TrainingContext = TrainingContext()
    ) throws(Diagnostic) -> LinearModel {
        try options.validate()
        try encoding.check(matrix)
        try TableLabels.validate(
            labels, rows: matrix.rowCount,
            classes: { if case .classification(let classes) = options.objective { classes } else { nil } }())
        try context.check()
        let columns = options.objective.columnCount
        let inputs = encoding.inputCount + 1
        let scale = LabelScale(labels, isRegression: options.objective == .regression)
        guard inputs <= 1 << 28, inputs * columns <= 1 << 28 else {
            throw Diagnostic(
                .limitExceeded, "\(inputs) inputs and \(columns) outputs make more than \(1 << 28) weights")
        }
        let rows = try SparseRows(matrix, encoding: encoding, team: team, memory: context.memory)
        let loss = LinearLoss(
            rows, labels: scale.scaled(labels), inputs: inputs, options: options, team: team)
        let l2 = options.l2 / loss.totalWeight
        // The constant is free, but for a trace that keeps it finite.
        var penalties = [Double](repeating: l2, count: inputs * columns)
        for column in 0..<columns { penalties[column] = 1e-9 }
        var l1 = [Double](repeating: options.l1 / loss.totalWeight, count: inputs * columns)
        for column in 0..<columns { l1[column] = 0 }
        var initial = [Double](repeating: 0, count: inputs * columns)
        if let start {
            guard start.encoding == encoding, start.objective == options.objective else {
                throw Diagnostic(.trainingFailed, "the starting weights are of other features or classes")
            }
            initial = start.weights.map { Double($0) / scale.deviation }
            for column in 0..<columns { initial[column] -= scale.mean / scale.deviation }
        }
        let curvature = loss.curvature()
        let solver = QuasiNewton(
            l1: l1, iterations: options.iterations, tolerance: options.tolerance,
            scales: penalties.indices.map { 1 / max(curvature[$0 / columns] + penalties[$0], 1e-9) })
        let weights = try solver.minimize(
            from: initial, checkpoint: context.checkpoint,
            loss: { weights, gradient in
                var value = loss.evaluate(weights, gradient: &gradient)
                for index in weights.indices {
                    value += penalties[index] / 2 * weights[index] * weights[index]
                    gradient[index] += penalties[index] * weights[index]
                }
                return value
            },
            report: { (iteration, value) throws(Diagnostic) in
                try context.check()
                context.report(EpochReport(epoch: iteration, loss: value * scale.deviation * scale.deviation))
            })
        var result = weights.map { Float($0 * scale.deviation) }
        for column in 0..<columns { result[column] = Float(weights[column] * scale.deviation + scale.mean) }
        guard result.allSatisfy(\.isFinite) else {
            throw Diagnostic(.trainingFailed, "the weights grew without bound", hint: "use a larger l2")
        }
        return LinearModel(objective: options.objective, encoding: encoding, weights: result)
    }
}

/// Labels of a regression as deviations from their mean; classes stay as they are.
struct LabelScale {
    var mean = 0.0
    var deviation = 1.0

    init(mean: Double, deviation: Double) {
        self.mean = mean
        self.deviation = deviation
    }

    init(_ labels: [Float], isRegression: Bool) {
        guard isRegression, !labels.isEmpty else { return }
        let count = Double(labels.count)
        mean = labels.reduce(0) { $0 + Double($1) } / count
        let variance = labels.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / count
        deviation = variance > 0 ? variance.squareRoot() : 1
    }

    func scaled(_ labels: [Float]) -> [Float] {
        if mean == 0, deviation == 1 { return labels }
        return labels.map { Float((Double($0) - mean) / deviation) }
    }
}

enum TableLabels {
    /// - Parameter classes: nil for a regression.
    static func validate(_ labels: [Float], rows: Int, classes: Int?) throws(Diagnostic) {
        guard rows > 0 else { throw Diagnostic(.nothingToTrain, "there are no rows to train on") }
        guard labels.count == rows else {
            throw Diagnostic(.typeMismatch, "\(labels.count) labels for \(rows) rows")
        }
        guard let classes else {
            guard labels.allSatisfy({ abs($0) < 1e15 }) else {
                throw Diagnostic(
                    .trainingFailed, "a label is not a finite number below 1e15",
                    hint: "leave such rows out with WHERE")
            }
            return
        }
        guard labels.allSatisfy({ $0 >= 0 && $0 < Float(classes) && $0 == $0.rounded() }) else {
            throw Diagnostic(.trainingFailed, "a label is not a class from 0 to \(classes - 1)")
        }
        guard labels.contains(where: { $0 != labels[0] }) else {
            throw Diagnostic(.trainingFailed, "all rows have the same class, so there is nothing to tell apart")
        }
    }
}
