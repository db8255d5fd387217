// How a table's rows are reached.

import MartletCatalog
package import MartletExpressions

/// Large ones are kept apart, so that lookups by row ids take little memory.
package enum AccessPath: Sendable {
    case full
    /// The rows with these row ids, in their order.
    case keys([BoundExpression])
    /// A range of row ids, in ascending or descending order.
    indirect case keyRange(lower: Bound?, upper: Bound?, isDescending: Bool = false)
    indirect case index(IndexPath)
    /// The rows that any of the paths reaches, each once, in the order of their row ids.
    case union([AccessPath])

    package struct Bound: Sendable {
        package var value: BoundExpression
        package var isInclusive: Bool

        package init(value: BoundExpression, isInclusive: Bool) {
            self.value = value
            self.isInclusive = isInclusive
        }
    }
}

/// Rows whose first index parts equal the prefix, and whose next part lies within the bounds.
package struct IndexPath: Sendable {
    package struct Equal: Sendable {
        package var value: BoundExpression
        /// `IS NULL`: a NULL in the prefix of any other equals nothing.
        package var isNull: Bool

        package init(value: BoundExpression, isNull: Bool = false) {
            self.value = value
            self.isNull = isNull
        }
    }

    package var index: BoundIndex
    package var prefix: [Equal]
    package var lower: AccessPath.Bound?
    package var upper: AccessPath.Bound?
    /// The next part must not be NULL. Bounds imply it.
    package var skipsNulls: Bool
    package var isDescending: Bool
    /// Rows that are equal in this many parts come in the order of their row ids, whatever the direction, so that they
    /// come as a stable sort would have them. nil: in the order of the entries.
    package var orderedParts: Int?
    /// The entries alone say what the scan asks for; no row is read.
    package var isCovering = false

    package init(
        index: BoundIndex, prefix: [Equal] = [], lower: AccessPath.Bound? = nil, upper: AccessPath.Bound? = nil,
        skipsNulls: Bool = false, isDescending: Bool = false, orderedParts: Int? = nil
    ) {
        self.index = index
        self.prefix = prefix
        self.lower = lower
        self.upper = upper
        self.skipsNulls = skipsNulls
        self.isDescending = isDescending
        self.orderedParts = orderedParts
    }

    /// At most one row: a unique index, of which every part is fixed to a value.
    package var isSingle: Bool {
        index.index.isUnique && prefix.count == index.keys.count && !prefix.contains { $0.isNull }
    }
}
