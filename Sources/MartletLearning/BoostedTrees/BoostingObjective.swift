// Losses and their derivatives.

import MartletCore
import MartletKernels

/// Scores and derivatives are kept output by output: `scores[output * rows + row]`.
package struct BoostingObjective {
    let objective: BoostedTreesOptions.Objective
    let labels: [Float]
    /// One a row, or empty: all 1.
    let weights: [Float]
    /// Where each group of rows begins, and the end; only LambdaRank has them.
    let groups: [Int]
    let truncation: Int

    var rowCount: Int { labels.count }
    private static let step = 2_048

    /// The scores that a model without trees gives: the mean, the log odds, the log shares.
    func initialScores() -> [Float] {
        var total = 0.0
        var sums = [Double](repeating: 0, count: objective.outputCount)
        for row in labels.indices {
            let weight = weights.isEmpty ? 1 : Double(weights[row])
            total += weight
            switch objective {
            case .regression, .binary: sums[0] += weight * Double(labels[row])
            case .multiclass: sums[Int(labels[row])] += weight
            case .lambdaRank: break
            }
        }
        let shares = sums.map { total > 0 ? $0 / total : 0 }
        func logarithm(_ share: Double) -> Float {
            var value = [Float(min(max(share, 1e-15), 1 - 1e-7))]
            Elementwise.log(&value, 1)
            return value[0]
        }
        switch objective {
        case .regression: return [Float(shares[0])]
        case .binary: return [logarithm(shares[0]) - logarithm(1 - shares[0])]
        case .multiclass: return shares.map(logarithm)
        case .lambdaRank: return [0]
        }
    }

    /// Writes first and second derivatives of the loss by score and returns the mean loss (of LambdaRank 0).
    /// O(rows · outputs), LambdaRank O(rows · truncation).
    func derivatives(
        of scores: UnsafePointer<Float>, gradients: UnsafeMutablePointer<Float>,
        hessians: UnsafeMutablePointer<Float>, team: WorkerTeam
    ) -> Double {
        if case .lambdaRank = objective {
            team.run(max(0, groups.count - 1)) { group in
                LambdaRank.derivatives(
                    groups[group]..<groups[group + 1], grades: labels, weights: weights, truncation: truncation,
                    scores: scores, gradients: gradients, hessians: hessians)
            }
            return 0
        }
        var losses = [Double](repeating: 0, count: (rowCount + Self.step - 1) / Self.step)
        losses.withUnsafeMutableBufferPointer { losses in
            nonisolated(unsafe) let losses = losses
            team.forEachRange(rowCount, step: Self.step) { range in
                let loss: Double
                switch objective {
                case .regression: loss = squared(range, scores, gradients, hessians)
                case .binary: loss = logistic(range, scores, gradients, hessians)
                case .multiclass(let classes): loss = softmax(range, classes, scores, gradients, hessians)
                case .lambdaRank: loss = 0
                }
                losses[range.lowerBound / Self.step] = loss
            }
        }
        return losses.reduce(0, +) / Double(max(1, rowCount))
    }

    private func squared(
        _ range: Range<Int>, _ scores: UnsafePointer<Float>, _ gradients: UnsafeMutablePointer<Float>,
        _ hessians: UnsafeMutablePointer<Float>
    ) -> Double {
        var loss = 0.0
        for row in range {
            let weight = weights.isEmpty ? 1 : weights[row]
            let error = scores[row] - labels[row]
            gradients[row] = error * weight
            hessians[row] = weight
            loss += Double(error) * Double(error) * Double(weight)
        }
        return loss
    }

    private func logistic(
        _ range: Range<Int>, _ scores: UnsafePointer<Float>, _ gradients: UnsafeMutablePointer<Float>,
        _ hessians: UnsafeMutablePointer<Float>
    ) -> Double {
        var loss = 0.0
        withUnsafeTemporaryAllocation(of: Float.self, capacity: 2 * range.count) { buffer in
            guard let inverse = buffer.baseAddress else { return }
            let logs = inverse + range.count
            for row in range { inverse[row - range.lowerBound] = -scores[row] }
            Elementwise.exp(inverse, range.count)
            for row in range {
                let index = row - range.lowerBound
                let probability = 1 / (1 + inverse[index])
                let weight = weights.isEmpty ? 1 : weights[row]
                let label = labels[row]
                gradients[row] = (probability - label) * weight
                hessians[row] = max(probability * (1 - probability), 1e-12) * weight
                logs[index] = label > 0.5 ? probability : 1 - probability
            }
            Elementwise.log(logs, range.count)
            for row in range {
                loss -= Double(logs[row - range.lowerBound]) * Double(weights.isEmpty ? 1 : weights[row])
            }
        }
        return loss
    }

    private func softmax(
        _ range: Range<Int>, _ classes: Int, _ scores: UnsafePointer<Float>, _ gradients: UnsafeMutablePointer<Float>,
        _ hessians: UnsafeMutablePointer<Float>
    ) -> Double {
        let count = range.count
        let first = range.lowerBound
        var loss = 0.0
        withUnsafeTemporaryAllocation(of: Float.self, capacity: 3 * count) { buffer in
            guard let largest = buffer.baseAddress else { return }
            let sums = largest + count
            let ofLabel = sums + count
            for index in 0..<count {
                largest[index] = scores[first + index]
                sums[index] = 0
            }
            for output in 1..<classes {
                let from = scores + output * rowCount + first
                for index in 0..<count { largest[index] = max(largest[index], from[index]) }
            }
            for output in 0..<classes {
                let from = scores + output * rowCount + first
                let to = gradients + output * rowCount + first
                for index in 0..<count { to[index] = from[index] - largest[index] }
                Elementwise.exp(to, count)
                for index in 0..<count { sums[index] += to[index] }
            }
            // The scale that makes classes - 1 independent scores out of as many as there are classes (Friedman 2001).
            let factor = Float(classes) / Float(classes - 1)
            for output in 0..<classes {
                let gradient = gradients + output * rowCount + first
                let hessian = hessians + output * rowCount + first
                for index in 0..<count {
                    let weight = weights.isEmpty ? 1 : weights[first + index]
                    let probability = gradient[index] / sums[index]
                    let isLabel = Int(labels[first + index]) == output
                    if isLabel { ofLabel[index] = probability }
                    gradient[index] = (probability - (isLabel ? 1 : 0)) * weight
                    hessian[index] = max(factor * probability * (1 - probability), 1e-12) * weight
                }
            }
            Elementwise.log(ofLabel, count)
            for index in 0..<count {
                loss -= Double(ofLabel[index]) * Double(weights.isEmpty ? 1 : weights[first + index])
            }
        }
        return loss
    }
}
