// A set of rows for `(a, b) IN (SELECT x, y …)`, with SQL's NULL.

import MartletCore

/// Rows of equal length, hashed; those with a NULL are kept apart, since they may be equal to anything in its place.
struct RowSet: Sendable {
    private var whole: Set<[Value]> = []
    private var withNulls: [[Value]] = []

    init(_ rows: [[Value]]) {
        for row in rows {
            let row = row.map(ValueSet.normalised)
            if row.contains(where: \.isNull) { withNulls.append(row) } else { whole.insert(row) }
        }
    }

    /// TRUE, FALSE or nil for NULL. O(1), and O(rows) where a NULL is met.
    func contains(_ row: [Value]) -> Bool? {
        let row = row.map(ValueSet.normalised)
        if !row.contains(where: \.isNull) {
            if whole.contains(row) { return true }
            return withNulls.contains { Self.mayEqual($0, row) } ? nil : false
        }
        return whole.contains { Self.mayEqual($0, row) } || withNulls.contains { Self.mayEqual($0, row) } ? nil : false
    }

    private static func mayEqual(_ a: [Value], _ b: [Value]) -> Bool {
        zip(a, b).allSatisfy { $0.isNull || $1.isNull || $0 == $1 }
    }
}
