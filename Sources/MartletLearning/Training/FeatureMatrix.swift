// Rows of features as numbers: what the learners of tables are trained on.

package import MartletCore

/// What the numbers of a column mean.
package enum FeatureKind: Hashable, Sendable {
    case numeric
    /// Codes 0 ..< count, as floats. Any other number counts as missing.
    case category(count: Int)

    /// Beyond it, floats are not exact codes.
    package static let categoryLimit = 1 << 24
}

/// A dense matrix of single-precision numbers, one row after the other. NaN is a missing value.
package struct FeatureMatrix: Sendable {
    package let kinds: [FeatureKind]
    /// `rowCount * columnCount` numbers.
    package private(set) var values: MatrixValues
    package private(set) var rowCount: Int

    package var columnCount: Int { kinds.count }

    /// - Throws: `typeMismatch` if `values` does not make whole rows; `limitExceeded` for too many categories.
    package init(kinds: [FeatureKind], values: [Float] = []) throws(Diagnostic) {
        guard kinds.isEmpty ? values.isEmpty : values.count % kinds.count == 0 else {
            throw Diagnostic(
                .typeMismatch, "\(values.count) values do not make rows of \(kinds.count) features")
        }
        for case .category(let count) in kinds where count < 0 || count > FeatureKind.categoryLimit {
            throw Diagnostic(
                .limitExceeded, "a feature has \(count) categories, more than \(FeatureKind.categoryLimit)")
        }
        self.kinds = kinds
        self.values = MatrixValues(values)
        rowCount = kinds.isEmpty ? 0 : values.count / kinds.count
    }

    /// No features and no rows.
    static let empty = FeatureMatrix()

    private init() {
        kinds = []
        values = MatrixValues([])
        rowCount = 0
    }

    /// A matrix of `rowCount` rows that `fill` writes in whole.
    ///
    /// - Throws: what `fill` throws; `limitExceeded` for too many categories, and what `memory` throws.
    package init(
        kinds: [FeatureKind], rowCount: Int, memory: TrainingMemory = .heap,
        fill: (UnsafeMutablePointer<Float>) throws(Diagnostic) -> Void
    ) throws(Diagnostic) {
        try self.init(kinds: kinds)
        let count = kinds.count * rowCount
        let block = try memory.allocate(count, of: Float.self)
        try fill(block.bound(to: Float.self))
        values = MatrixValues(block, count: count)
        self.rowCount = rowCount
    }

    package subscript(row: Int, column: Int) -> Float { values[row * kinds.count + column] }
}

/// The numbers of a matrix, in an array or in memory of a training.
package struct MatrixValues: Sendable {
    private enum Place {
        case array([Float])
        case block(MemoryBlock)
    }

    private let place: Place
    package let count: Int

    init(_ array: [Float]) {
        place = .array(array)
        count = array.count
    }

    init(_ block: MemoryBlock, count: Int) {
        place = .block(block)
        self.count = count
    }

    package func withUnsafeBufferPointer<R>(_ body: (UnsafeBufferPointer<Float>) -> R) -> R {
        switch place {
        case .array(let array): return array.withUnsafeBufferPointer(body)
        case .block(let block):
            let start = block.base.assumingMemoryBound(to: Float.self)
            return withExtendedLifetime(block) {
                body(UnsafeBufferPointer(start: count == 0 ? nil : start, count: count))
            }
        }
    }

    package subscript(index: Int) -> Float {
        precondition(index >= 0 && index < count)
        switch place {
        case .array(let array): return array[index]
        case .block(let block): return block.base.assumingMemoryBound(to: Float.self)[index]
        }
    }
}
