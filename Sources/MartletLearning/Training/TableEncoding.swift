// From features to the inputs of linear models and networks.

package import MartletCore
package import MartletKernels

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
    package init(_ matrix: FeatureMatrix) throws(Diagnostic) { try self.init([matrix], team: WorkerTeam(threads: 1)) }

    /// Takes means and deviations from the rows of all matrices, which have the same features.
    ///
    /// - Parameter names: of the features, for messages.
    package init(
        _ matrices: [FeatureMatrix], names: @autoclosure () -> [String] = [], team: WorkerTeam
    ) throws(Diagnostic) {
        guard let first = matrices.first else { throw Diagnostic(.nothingToTrain, "there are no rows to train on") }
        let moments = ColumnMoments(matrices, columns: first.columnCount, team: team)
        var means = [Float](repeating: 0, count: first.columnCount)
        var scales = means
        for (column, kind) in first.kinds.enumerated() where kind == .numeric {
            (means[column], scales[column]) = try moments.scale(column, name: Self.name(column, names()))
        }
        self.init(kinds: first.kinds, means: means, scales: scales)
    }

    private static func name(_ column: Int, _ names: [String]) -> String {
        names.indices.contains(column) ? names[column] : String(column + 1)
    }

    /// One mean and one deviation for all numbers, as for the pixels of images.
    package static func uniform(_ matrix: FeatureMatrix) throws(Diagnostic) -> TableEncoding {
        try uniform([matrix], team: WorkerTeam(threads: 1))
    }

    package static func uniform(_ matrices: [FeatureMatrix], team: WorkerTeam) throws(Diagnostic) -> TableEncoding {
        guard let first = matrices.first else { throw Diagnostic(.nothingToTrain, "there are no rows to train on") }
        let moments = ColumnMoments(matrices, columns: first.columnCount, team: team).united
        let (mean, scale) = try moments.scale(0, name: nil)
        return TableEncoding(
            kinds: first.kinds, means: first.kinds.map { _ in mean }, scales: first.kinds.map { _ in scale })
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
