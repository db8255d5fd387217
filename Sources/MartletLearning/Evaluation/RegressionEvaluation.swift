// How well numbers are predicted: mean absolute and squared errors, and the share of variance explained.

package struct RegressionEvaluation: Sendable {
    package private(set) var rowCount = 0
    /// Rows whose label is NULL.
    package private(set) var unlabelled = 0
    private var absolute = 0.0
    private var squared = 0.0
    /// Of the labels less the first one.
    private var shift: Double?
    private var sum = 0.0
    private var squareSum = 0.0

    package init() {}

    /// - Parameter labels: a number a row, NaN: NULL.
    package mutating func add(predictions: [Float], labels: [Float]) {
        for (prediction, label) in zip(predictions, labels) {
            if label.isNaN {
                unlabelled += 1
                continue
            }
            let error = Double(prediction) - Double(label)
            absolute += abs(error)
            squared += error * error
            let start = shift ?? Double(label)
            shift = start
            sum += Double(label) - start
            squareSum += (Double(label) - start) * (Double(label) - start)
            rowCount += 1
        }
    }

    package var mae: Double { rowCount > 0 ? absolute / Double(rowCount) : 0 }
    package var rmse: Double { rowCount > 0 ? (squared / Double(rowCount)).squareRoot() : 0 }

    /// 1 - squared errors over the squared distances of labels from their mean; of constant labels 1 or 0.
    package var r2: Double {
        guard rowCount > 0 else { return 0 }
        let total = squareSum - sum * sum / Double(rowCount)
        if total <= 0 { return squared == 0 ? 1 : 0 }
        return 1 - squared / total
    }
}
