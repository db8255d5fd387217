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
    package private(set) var values: [Float]
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
        self.values = values
        rowCount = kinds.isEmpty ? 0 : values.count / kinds.count
    }

    /// No features and no rows.
    static let empty = FeatureMatrix()

    private init() {
        kinds = []
        values = []
        rowCount = 0
    }

    /// Adds a row. O(columns).
    package mutating func append(_ row: some Collection<Float>) throws(Diagnostic) {
        guard row.count == kinds.count else {
            throw Diagnostic(.wrongColumnCount, "a row of \(row.count) values for \(kinds.count) features")
        }
        values.append(contentsOf: row)
        rowCount += 1
    }

    /// A matrix of `rowCount` rows that `fill` writes in whole.
    ///
    /// - Precondition: as for `init(kinds:values:)`.
    package init(
        kinds: [FeatureKind], rowCount: Int, fill: (UnsafeMutablePointer<Float>) throws(Diagnostic) -> Void
    ) throws(Diagnostic) {
        let count = kinds.count * rowCount
        var failure: Diagnostic?
        let values = [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
            initialized = count
            guard let base = buffer.baseAddress else { return }
            do throws(Diagnostic) { try fill(base) } catch { failure = error }
            if failure != nil { base.update(repeating: 0, count: count) }
        }
        if let failure { throw failure }
        try self.init(kinds: kinds, values: values)
        self.rowCount = rowCount
    }

    package subscript(row: Int, column: Int) -> Float { values[row * kinds.count + column] }

    /// The rows of the given numbers, in their order.
    package func rows(_ indices: some Sequence<Int>) -> FeatureMatrix {
        var copy = self
        copy.values = []
        copy.rowCount = 0
        for index in indices {
            copy.values.append(contentsOf: values[index * columnCount..<(index + 1) * columnCount])
            copy.rowCount += 1
        }
        return copy
    }
}
