// How well classes are predicted: accuracy, precision, recall, F1, log loss, AUC, and which class is taken for which.

import MartletKernels

/// Counts predictions of rows with known classes. Memory: O(classes² + rows · classes), the scores for AUC among it.
package struct ClassificationEvaluation: Sendable {
    package let classes: Int
    /// Row: the true class, the last one for classes that the model does not know; column: the predicted class.
    package private(set) var confusion: [Int]
    package private(set) var rowCount = 0
    /// Rows whose label is NULL.
    package private(set) var unlabelled = 0
    private var lossSum = 0.0
    /// The probability of each class for each row, in the order of the rows, and the rows' classes.
    private var probabilities: [Float] = []
    private var labels: [Int32] = []

    package init(classes: Int) {
        self.classes = classes
        confusion = [Int](repeating: 0, count: (classes + 1) * max(1, classes))
    }

    /// Of equally probable classes the first is predicted.
    ///
    /// - Parameter labels: a class a row, below 0: unknown to the model, NaN: NULL.
    package mutating func add(probabilities: [Float], labels: [Float]) {
        guard classes > 0 else { return }
        for (row, label) in labels.enumerated() {
            if label.isNaN {
                unlabelled += 1
                continue
            }
            let start = row * classes
            var best = 0
            for code in 1..<classes where probabilities[start + code] > probabilities[start + best] { best = code }
            let truth = label < 0 || Int(label) >= classes ? classes : Int(label)
            confusion[truth * classes + best] += 1
            rowCount += 1
            var probability = truth == classes ? 0 : max(0, probabilities[start + truth])
            probability = max(probability, 1e-15)
            Elementwise.log(&probability, 1)
            lossSum -= Double(probability)
            self.labels.append(truth == classes ? -1 : Int32(truncatingIfNeeded: truth))
            self.probabilities.append(contentsOf: probabilities[start..<start + classes])
        }
    }

    /// Adds which class was taken for which elsewhere, of as many classes, and nothing else.
    package mutating func addCounts(of other: ClassificationEvaluation) {
        for index in confusion.indices { confusion[index] += other.confusion[index] }
    }

    private func share(_ part: Double, _ whole: Double) -> Double { whole > 0 ? part / whole : 0 }

    private func right(_ code: Int) -> Double { Double(confusion[code * classes + code]) }

    /// How many rows have the class.
    package func support(_ code: Int) -> Int { (0..<classes).reduce(0) { $0 + confusion[code * classes + $1] } }

    /// How often the class was predicted.
    package func predicted(_ code: Int) -> Int { (0...classes).reduce(0) { $0 + confusion[$1 * classes + code] } }

    package var accuracy: Double { share((0..<classes).reduce(0.0) { $0 + right($1) }, Double(rowCount)) }

    package func precision(_ code: Int) -> Double { share(right(code), Double(predicted(code))) }

    package func recall(_ code: Int) -> Double { share(right(code), Double(support(code))) }

    package func f1(_ code: Int) -> Double {
        let (precision, recall) = (precision(code), recall(code))
        return share(2 * precision * recall, precision + recall)
    }

    /// Over the classes that occur or were predicted, as scikit-learn's `average='macro'` does.
    private func macro(_ figure: (Int) -> Double) -> Double {
        let present = (0..<classes).filter { support($0) > 0 || predicted($0) > 0 }
        return share(present.reduce(0.0) { $0 + figure($1) }, Double(present.count))
    }

    package var macroPrecision: Double { macro(precision) }
    package var macroRecall: Double { macro(recall) }
    package var macroF1: Double { macro(f1) }

    /// The mean of -log of the true class's probability, which counts as 1e-15 at least.
    package var logLoss: Double { share(lossSum, Double(rowCount)) }

    /// The chance that a row of the class has a higher probability of it than a row of another one, equal ones counting
    /// half; nil if all rows are of the class, or none. O(rows log rows).
    package func auc(_ code: Int) -> Double? {
        let positives = labels.count { $0 == Int32(truncatingIfNeeded: code) }
        let negatives = labels.count - positives
        guard positives > 0, negatives > 0 else { return nil }
        let order = labels.indices.sorted { probabilities[$0 * classes + code] < probabilities[$1 * classes + code] }
        var rankSum = 0.0
        var start = 0
        while start < order.count {
            var end = start
            let value = probabilities[order[start] * classes + code]
            var found = 0
            while end < order.count, probabilities[order[end] * classes + code] == value {
                if labels[order[end]] == Int32(truncatingIfNeeded: code) { found += 1 }
                end += 1
            }
            rankSum += Double(found) * (Double(start + 1) + Double(end)) / 2
            start = end
        }
        let p = Double(positives)
        return (rankSum - p * (p + 1) / 2) / (p * Double(negatives))
    }

    /// Of two classes that of the second; of more the mean of each against the others.
    package var auc: Double? {
        if classes == 2 { return auc(1) }
        let all = (0..<classes).compactMap { auc($0) }
        return all.isEmpty ? nil : all.reduce(0, +) / Double(all.count)
    }
}
