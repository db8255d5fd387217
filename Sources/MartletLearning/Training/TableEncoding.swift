// From features to the inputs of linear models and networks.

package import MartletCore
import MartletKernels

/// Numbers less their mean, over their standard deviation; categories one input each. A missing or unseen value is 0 in
/// each of its inputs: the mean of a number, no category. A column without two values has inputs of 0.
package struct TableEncoding: Hashable, Sendable {
    package let kinds: [FeatureKind]
    /// Of numbers; 0 and 0 for categories. The scale is 1 over the deviation, or 0.
    let means: [Float]
    let scales: [Float]
    /// Where each feature's inputs begin, and the end.
    let firstInput: [Int]
    /// Whether there are no categories.
    private let isNumeric: Bool

    /// Inputs lie within ± this many deviations, so that a rare pixel does not outweigh all else.
    static let limit: Float = 12

    package var inputCount: Int { firstInput[firstInput.count - 1] }

    init(kinds: [FeatureKind], means: [Float], scales: [Float]) {
        self.kinds = kinds
        self.means = means
        self.scales = scales
        isNumeric = kinds.allSatisfy { $0 == .numeric }
        var first = [0]
        for kind in kinds {
            if case .category(let count) = kind {
                first.append(first[first.count - 1] + max(0, count))
            } else {
                first.append(first[first.count - 1] + 1)
            }
        }
        firstInput = first
    }

    /// Takes means and deviations from a matrix. O(rows · columns).
    ///
    /// - Throws: `trainingFailed` for a number too large to be squared.
    package init(_ matrix: FeatureMatrix) throws(Diagnostic) {
        let columns = matrix.columnCount
        var sums = [Double](repeating: 0, count: columns)
        var squares = sums
        var counts = sums
        // Less the first value, so that numbers far from 0 keep their digits.
        var shifts = [Double](repeating: .nan, count: columns)
        matrix.values.withUnsafeBufferPointer { values in
            for row in 0..<matrix.rowCount {
                for column in 0..<columns {
                    let value = Double(values[row * columns + column])
                    if value.isNaN { continue }
                    if shifts[column].isNaN { shifts[column] = value }
                    let shifted = value - shifts[column]
                    sums[column] += shifted
                    squares[column] += shifted * shifted
                    counts[column] += 1
                }
            }
        }
        var means = [Float](repeating: 0, count: columns)
        var scales = means
        for (column, kind) in matrix.kinds.enumerated() where kind == .numeric && counts[column] > 0 {
            let mean = sums[column] / counts[column]
            let variance = max(0, squares[column] / counts[column] - mean * mean)
            guard (mean + shifts[column]).isFinite, variance.isFinite, variance < 1e38 else {
                throw Diagnostic(
                    .trainingFailed, "feature \(column + 1) has numbers that are too large or infinite")
            }
            means[column] = Float(mean + shifts[column])
            // Rounding alone is no variation.
            let isConstant = variance <= 1e-12 * max(1e-30, shifts[column] * shifts[column])
            scales[column] = isConstant ? 0 : Float(1 / variance.squareRoot())
        }
        self.init(kinds: matrix.kinds, means: means, scales: scales.map { $0.isFinite ? $0 : 0 })
    }

    /// One mean and one deviation for all numbers, as for the pixels of images.
    package static func uniform(_ matrix: FeatureMatrix) throws(Diagnostic) -> TableEncoding {
        let single = try FeatureMatrix(kinds: [.numeric], values: matrix.values)
        let encoding = try TableEncoding(single)
        return TableEncoding(
            kinds: matrix.kinds, means: matrix.kinds.map { _ in encoding.means[0] },
            scales: matrix.kinds.map { _ in encoding.scales[0] })
    }

    @inline(__always)
    func input(_ value: Float, _ column: Int) -> Float {
        let scaled = (value - means[column]) * scales[column]
        return scaled.isNaN ? 0 : min(max(scaled, -Self.limit), Self.limit)
    }

    /// Writes a row's inputs. O(inputs).
    func encode(_ row: UnsafePointer<Float>, into inputs: UnsafeMutablePointer<Float>) {
        if isNumeric {
            NetworkKernels.standardize(row, means: means, scales: scales, limit: Self.limit, into: inputs)
            return
        }
        for (column, kind) in kinds.enumerated() {
            let first = firstInput[column]
            switch kind {
            case .numeric: inputs[first] = input(row[column], column)
            case .category(let count):
                for index in 0..<max(0, count) { inputs[first + index] = 0 }
                if row[column] >= 0, row[column] < Float(count) { inputs[first + Int(row[column])] = 1 }
            }
        }
    }

    /// The inputs that are not 0, numbered from 1, after the constant 1 as input 0.
    func sparse(
        _ row: UnsafePointer<Float>, indices: UnsafeMutablePointer<UInt32>, values: UnsafeMutablePointer<Float>
    ) -> Int {
        indices[0] = 0
        values[0] = 1
        var count = 1
        for (column, kind) in kinds.enumerated() {
            var input = firstInput[column]
            let value: Float
            switch kind {
            case .numeric: value = self.input(row[column], column)
            case .category(let codes):
                guard row[column] >= 0, row[column] < Float(codes) else { continue }
                input += Int(row[column])
                value = 1
            }
            if value == 0 { continue }
            indices[count] = UInt32(truncatingIfNeeded: input + 1)
            values[count] = value
            count += 1
        }
        return count
    }

    /// - Throws: `wrongColumnCount` if the matrix has other features.
    func check(_ matrix: FeatureMatrix) throws(Diagnostic) {
        guard matrix.columnCount == kinds.count else {
            throw Diagnostic(
                .wrongColumnCount, "rows of \(matrix.columnCount) features for a model of \(kinds.count)")
        }
    }

    // MARK: Bytes

    func write(to writer: inout ModelWriter) {
        writer.write(kinds: kinds)
        writer.write(means)
        writer.write(scales)
    }

    init(from reader: inout ModelReader) throws(Diagnostic) {
        let kinds = try reader.readKinds()
        let means = try reader.readFloats()
        let scales = try reader.readFloats()
        try reader.require(means.count == kinds.count && scales.count == kinds.count, "the features")
        self.init(kinds: kinds, means: means, scales: scales)
    }
}
