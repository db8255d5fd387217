// From scores to probabilities.

import MartletKernels

enum Probabilities {
    /// Replaces each row of `classes` scores by e^score over the row's sum. NaN stays NaN.
    static func softmax(_ scores: inout [Float], classes: Int) {
        guard classes > 0 else { return }
        scores.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            var start = 0
            while start + classes <= buffer.count {
                softmax(base + start, classes)
                start += classes
            }
        }
    }

    /// Two probabilities for each number, the log odds of the second class.
    static func ofLogOdds(_ odds: [Float]) -> [Float] {
        var inverse = odds.map { -$0 }
        Elementwise.exp(&inverse, inverse.count)
        var result = [Float](repeating: 0, count: 2 * odds.count)
        for (index, power) in inverse.enumerated() {
            let probability = 1 / (1 + power)
            result[2 * index] = 1 - probability
            result[2 * index + 1] = probability
        }
        return result
    }

    @inline(__always)
    static func softmax(_ row: UnsafeMutablePointer<Float>, _ classes: Int) {
        var largest = row[0]
        for index in 1..<max(1, classes) { largest = max(largest, row[index]) }
        for index in 0..<classes { row[index] -= largest }
        Elementwise.exp(row, classes)
        var sum: Float = 0
        for index in 0..<classes { sum += row[index] }
        for index in 0..<classes { row[index] /= sum }
    }
}
