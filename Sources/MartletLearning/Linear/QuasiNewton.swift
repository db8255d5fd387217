// Minimising a smooth loss with penalties on the size of weights.

import MartletCore

/// L-BFGS (Liu and Nocedal 1989), with orthants for the penalty on absolute values (Andrew and Gao 2007, OWL-QN).
struct QuasiNewton {
    /// The penalty on the absolute value of each weight.
    var l1: [Double]
    var iterations: Int
    var tolerance: Double
    /// About how far each weight goes for a gradient of 1: the inverse of the loss's curvature along it, before steps have
    /// shown more.
    var scales: [Double]
    /// Steps that the curvature is taken from.
    var memory = 10

    /// - Parameters:
    ///   - checkpoint: where it goes on from, and keeps its state after an iteration.
    ///   - loss: gives the smooth loss and writes its gradient.
    ///   - report: called with the number of the iteration and the whole loss.
    /// - Throws: `trainingFailed` when the loss is not finite; what `report` throws.
    func minimize(
        from start: [Double], checkpoint: FitCheckpoint? = nil,
        loss: (_ weights: [Double], _ gradient: inout [Double]) -> Double,
        report: (Int, Double) throws(Diagnostic) -> Void
    ) throws(Diagnostic) -> [Double] {
        var weights = start
        var gradient = [Double](repeating: 0, count: start.count)
        var value = loss(weights, &gradient) + penalty(weights)
        guard value.isFinite else {
            throw Diagnostic(.trainingFailed, "the loss is not finite", hint: "scale the label, or use a larger l2")
        }
        var history: [(step: [Double], change: [Double], curvature: Double)] = []
        var first = 1
        if let saved = checkpoint?.saved {
            (first, weights, value, gradient, history) = try restore(saved, count: start.count)
        }
        for iteration in first..<max(first, max(1, iterations) + 1) {
            let pseudo = pseudoGradient(weights, gradient)
            var direction = twoLoop(pseudo, history)
            for index in direction.indices {
                direction[index] = -direction[index]
                // Stays within the half-space in which the penalty is smooth.
                if l1[index] > 0, direction[index] * pseudo[index] >= 0 { direction[index] = 0 }
            }
            let slope = dot(direction, pseudo)
            let size = dot(pseudo, pseudo).squareRoot()
            guard slope < 0, size > 1e-12 else { break }
            var step = 1.0
            var next = weights
            var nextGradient = gradient
            var nextValue = value
            var isFound = false
            for _ in 0..<30 {
                for index in weights.indices {
                    next[index] = weights[index] + step * direction[index]
                    if l1[index] > 0 {
                        let side = weights[index] != 0 ? weights[index] : -pseudo[index]
                        if next[index] * side < 0 { next[index] = 0 }
                    }
                }
                nextValue = loss(next, &nextGradient) + penalty(next)
                if nextValue.isFinite, nextValue <= value + 1e-4 * step * slope {
                    isFound = true
                    break
                }
                step /= 2
            }
            guard isFound else { break }
            var moved = [Double](repeating: 0, count: weights.count)
            var change = moved
            for index in weights.indices {
                moved[index] = next[index] - weights[index]
                change[index] = nextGradient[index] - gradient[index]
            }
            let curvature = dot(moved, change)
            if curvature > 1e-14 * dot(change, change).squareRoot() * dot(moved, moved).squareRoot() {
                history.append((moved, change, curvature))
                if history.count > memory { history.removeFirst() }
            }
            let gain = value - nextValue
            weights = next
            gradient = nextGradient
            value = nextValue
            try report(iteration, value)
            if gain <= tolerance * max(abs(value), 1e-12) { break }
            checkpoint?.save { state(iteration + 1, weights, value, gradient, history) }
        }
        return weights
    }

    private func state(
        _ iteration: Int, _ weights: [Double], _ value: Double, _ gradient: [Double],
        _ history: [(step: [Double], change: [Double], curvature: Double)]
    ) -> [UInt8] {
        var writer = ModelWriter(.checkpoint)
        writer.write(UInt32(iteration))
        writer.write(weights)
        writer.write(value)
        writer.write(gradient)
        writer.write(UInt32(history.count))
        for entry in history {
            writer.write(entry.step)
            writer.write(entry.change)
            writer.write(entry.curvature)
        }
        return writer.finished()
    }

    private func restore(
        _ bytes: [UInt8], count: Int
    ) throws(Diagnostic) -> (
        Int, [Double], Double, [Double], [(step: [Double], change: [Double], curvature: Double)]
    ) {
        var reader = try ModelReader(bytes, .checkpoint)
        let iteration = Int(try reader.read(UInt32.self))
        let weights = try reader.readDoubles()
        let value = try reader.readDouble()
        let gradient = try reader.readDoubles()
        var history: [(step: [Double], change: [Double], curvature: Double)] = []
        for _ in 0..<(try reader.read(UInt32.self)) {
            history.append((try reader.readDoubles(), try reader.readDoubles(), try reader.readDouble()))
        }
        try reader.finish()
        try reader.require(
            weights.count == count && gradient.count == count
                && history.allSatisfy { $0.step.count == count && $0.change.count == count },
            "they are of other features")
        return (iteration, weights, value, gradient, history)
    }

    private func penalty(_ weights: [Double]) -> Double {
        var sum = 0.0
        for index in weights.indices where l1[index] > 0 { sum += l1[index] * abs(weights[index]) }
        return sum
    }

    private func pseudoGradient(_ weights: [Double], _ gradient: [Double]) -> [Double] {
        var result = gradient
        for index in weights.indices where l1[index] > 0 {
            if weights[index] != 0 {
                result[index] += weights[index] > 0 ? l1[index] : -l1[index]
            } else if gradient[index] + l1[index] < 0 {
                result[index] += l1[index]
            } else if gradient[index] - l1[index] > 0 {
                result[index] -= l1[index]
            } else {
                result[index] = 0
            }
        }
        return result
    }

    private func twoLoop(
        _ gradient: [Double], _ history: [(step: [Double], change: [Double], curvature: Double)]
    ) -> [Double] {
        var result = gradient
        var factors = [Double](repeating: 0, count: history.count)
        for index in history.indices.reversed() {
            factors[index] = dot(history[index].step, result) / history[index].curvature
            add(&result, -factors[index], history[index].change)
        }
        var factor = 1.0
        if let last = history.last {
            var square = 0.0
            for index in last.change.indices { square += last.change[index] * last.change[index] * scales[index] }
            factor = last.curvature / square
        }
        for index in result.indices { result[index] *= factor * scales[index] }
        for index in history.indices {
            let factor = dot(history[index].change, result) / history[index].curvature
            add(&result, factors[index] - factor, history[index].step)
        }
        return result
    }

    private func dot(_ left: [Double], _ right: [Double]) -> Double {
        var sum = 0.0
        for index in left.indices { sum += left[index] * right[index] }
        return sum
    }

    private func add(_ target: inout [Double], _ factor: Double, _ other: [Double]) {
        for index in target.indices { target[index] += factor * other[index] }
    }
}
