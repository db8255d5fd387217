// The loss of a linear model over all rows, and its gradient.

import MartletKernels

/// The mean over rows of half the squared error, or of the log loss.
///
/// Rows are cut in at most 32 pieces, whatever the number of threads; the pieces' sums are added in order.
final class LinearLoss {
    private let rows: SparseRows
    private let labels: [Float]
    private let objective: LinearOptions.Objective
    private let classWeights: [Float]
    private let inputs: Int
    private let columns: Int
    private let team: WorkerTeam
    private let step: Int
    private var pieceGradients: [UnsafeMutablePointer<Float>] = []
    private var pieceLosses: [Double]
    let totalWeight: Double

    init(
        _ rows: SparseRows, labels: [Float], inputs: Int, options: LinearOptions, team: WorkerTeam
    ) {
        self.rows = rows
        self.labels = labels
        objective = options.objective
        classWeights = options.classWeights.map { Float($0) }
        self.inputs = inputs
        columns = options.objective.columnCount
        self.team = team
        step = max(512, (rows.rowCount + 31) / 32)
        let pieces = (rows.rowCount + step - 1) / step
        for _ in 0..<pieces { pieceGradients.append(.allocate(capacity: inputs * columns)) }
        pieceLosses = [Double](repeating: 0, count: pieces)
        if classWeights.isEmpty {
            totalWeight = Double(max(1, rows.rowCount))
        } else {
            totalWeight = labels.reduce(0) { $0 + options.classWeights[Int($1)] }
        }
    }

    deinit { for piece in pieceGradients { piece.deallocate() } }

    /// - Parameter weights: `inputs` rows of `columns`.
    func evaluate(_ weights: [Double], gradient: inout [Double]) -> Double {
        let single = weights.map { Float($0) }
        let pieces = pieceGradients
        pieceLosses.withUnsafeMutableBufferPointer { losses in
            nonisolated(unsafe) let losses = losses
            single.withUnsafeBufferPointer { single in
                guard let base = single.baseAddress else { return }
                nonisolated(unsafe) let matrix = base
                team.run(pieces.count) { piece in
                    let range = piece * step..<min(rows.rowCount, (piece + 1) * step)
                    losses[piece] = evaluate(range, matrix, pieces[piece])
                }
            }
        }
        let scale = 1 / totalWeight
        for index in gradient.indices {
            var sum = 0.0
            for piece in pieces { sum += Double(piece[index]) }
            gradient[index] = sum * scale
        }
        return pieceLosses.reduce(0, +) * scale
    }

    private func evaluate(
        _ range: Range<Int>, _ matrix: UnsafePointer<Float>, _ gradient: UnsafeMutablePointer<Float>
    ) -> Double {
        gradient.update(repeating: 0, count: inputs * columns)
        var sum = 0.0
        withUnsafeTemporaryAllocation(of: Float.self, capacity: columns + 2) { buffer in
            guard let scores = buffer.baseAddress else { return }
            for row in range {
                let indices = rows.indices + rows.starts[row]
                let values = rows.values + rows.starts[row]
                let count = rows.counts[row]
                SparseKernels.scores(indices, values, count, matrix: matrix, width: columns, into: scores)
                sum += Double(derive(scores, labels[row]))
                SparseKernels.add(indices, values, count, steps: scores, to: gradient, width: columns)
            }
        }
        return sum
    }

    /// Turns scores into the loss's derivatives and returns the loss.
    @inline(__always)
    private func derive(_ scores: UnsafeMutablePointer<Float>, _ label: Float) -> Float {
        let weight = classWeights.isEmpty ? 1 : classWeights[Int(label)]
        switch objective {
        case .regression:
            let error = scores[0] - label
            scores[0] = error
            return error * error / 2
        case .classification(2):
            let signed = label > 0.5 ? scores[0] : -scores[0]
            // ln(1 + e^-s), without overflow.
            scores[1] = -abs(signed)
            Elementwise.exp(scores + 1, 1)
            let small = scores[1]
            let wrong = signed >= 0 ? small / (1 + small) : 1 / (1 + small)
            scores[0] = (label > 0.5 ? -wrong : wrong) * weight
            scores[1] = 1 + small
            Elementwise.log(scores + 1, 1)
            return (max(0, -signed) + scores[1]) * weight
        case .classification:
            Probabilities.softmax(scores, columns)
            let place = Int(label)
            var probability = max(scores[place], 1e-30)
            Elementwise.log(&probability, 1)
            scores[place] -= 1
            if weight != 1 { for column in 0..<columns { scores[column] *= weight } }
            return -probability * weight
        }
    }
}
