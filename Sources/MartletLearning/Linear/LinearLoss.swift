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

    /// The mean second derivative along each input's weights where all weights are 0. O(values).
    func curvature() -> [Double] {
        var squares = [Double](repeating: 0, count: inputs)
        for row in 0..<rows.rowCount {
            for entry in rows.starts[row]..<rows.starts[row] + rows.counts[row] {
                squares[Int(rows.indices[entry])] += Double(rows.values[entry] * rows.values[entry])
            }
        }
        let share = 1 / Double(max(2, columns))
        let factor = objective == .regression ? 1 : share * (1 - share)
        return squares.map { $0 * factor / Double(max(1, rows.rowCount)) }
    }

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
        if objective == .classification(2) { return evaluateBinary(range, matrix, gradient) }
        var sum = 0.0
        withUnsafeTemporaryAllocation(of: Float.self, capacity: columns) { buffer in
            guard let scores = buffer.baseAddress else { return }
            for row in range {
                let (indices, values, count) = entries(row)
                SparseKernels.scores(indices, values, count, matrix: matrix, width: columns, into: scores)
                sum += Double(derive(scores, labels[row]))
                SparseKernels.add(indices, values, count, steps: scores, to: gradient, width: columns)
            }
        }
        return sum
    }

    private func entries(_ row: Int) -> (UnsafePointer<UInt32>, UnsafePointer<Float>, Int) {
        (
            UnsafePointer(rows.indices + rows.starts[row]), UnsafePointer(rows.values + rows.starts[row]),
            rows.counts[row]
        )
    }

    /// Rows whose exponentials and logarithms are taken at once.
    private static let blockRows = 256

    /// The log loss of two classes, one column of weights.
    private func evaluateBinary(
        _ range: Range<Int>, _ matrix: UnsafePointer<Float>, _ gradient: UnsafeMutablePointer<Float>
    ) -> Double {
        var sum = 0.0
        withUnsafeTemporaryAllocation(of: Float.self, capacity: 3 * Self.blockRows) { buffer in
            guard let signed = buffer.baseAddress else { return }
            let (small, logarithms) = (signed + Self.blockRows, signed + 2 * Self.blockRows)
            for first in stride(from: range.lowerBound, to: range.upperBound, by: Self.blockRows) {
                let block = min(Self.blockRows, range.upperBound - first)
                for place in 0..<block {
                    let (indices, values, count) = entries(first + place)
                    SparseKernels.scores(indices, values, count, matrix: matrix, width: 1, into: signed + place)
                    if labels[first + place] <= 0.5 { signed[place] = -signed[place] }
                    small[place] = -abs(signed[place])
                }
                // ln(1 + e^-s), without overflow.
                Elementwise.exp(small, block)
                for place in 0..<block { logarithms[place] = 1 + small[place] }
                Elementwise.log(logarithms, block)
                for place in 0..<block {
                    let label = labels[first + place]
                    let weight = classWeights.isEmpty ? 1 : classWeights[Int(label)]
                    sum += Double((max(0, -signed[place]) + logarithms[place]) * weight)
                    let wrong = (signed[place] >= 0 ? small[place] : 1) / (1 + small[place])
                    var step = (label > 0.5 ? -wrong : wrong) * weight
                    let (indices, values, count) = entries(first + place)
                    SparseKernels.add(indices, values, count, steps: &step, to: gradient, width: 1)
                }
            }
        }
        return sum
    }

    /// Turns scores into the loss's derivatives and returns the loss; not for two classes.
    @inline(__always)
    private func derive(_ scores: UnsafeMutablePointer<Float>, _ label: Float) -> Float {
        let weight = classWeights.isEmpty ? 1 : classWeights[Int(label)]
        switch objective {
        case .regression:
            let error = scores[0] - label
            scores[0] = error
            return error * error / 2
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
