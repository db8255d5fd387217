// The plan of a join that looks up its right rows.

import MartletCore
package import MartletExpressions

package struct IndexJoin: Sendable {
    package var kind: Join.Kind
    /// Over the left input.
    package var keys: [BoundExpression]
    package var scan: Scan
    /// `keys` or `index`, in which `key(0)`, `key(1)` … stand for the keys of a left row.
    package var path: AccessPath
    /// Over the scan's columns: what else a right row must meet before it is joined.
    package var filter: BoundExpression?
    /// Over the columns of both sides.
    package var residual: BoundExpression?

    /// The value of a left row's key, in a path. Parameters of a statement have no negative numbers.
    static func key(_ place: Int, _ type: DataType) -> BoundExpression { .parameter(-1 - place, type, .none) }

    package static func key(of value: BoundExpression) -> Int? {
        if case .parameter(let number, _, _) = value, number < 0 { -1 - number } else { nil }
    }
}
