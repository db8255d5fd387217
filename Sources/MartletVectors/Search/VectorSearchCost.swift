// Whether a walk through a graph is cheaper than a scan.

/// Costs in nanoseconds, as measured; only their proportions matter.
package enum VectorSearchCost {
    /// Rows that a walk looks at for each row of its pool.
    private static let seenPerPoolRow = 12.0
    /// More than this is never kept in a pool: keeping it sorted would cost more than a scan.
    private static let greatestPool = 4_096

    /// The pool for a walk that meets about `size` rows that match, or nil if scanning those costs less.
    ///
    /// - Parameter bytes: of a row's codes.
    package static func poolSize(size: Int, matches: Int, isFiltered: Bool, count: Int, bytes: Int) -> Int? {
        let share = isFiltered ? Double(matches) / Double(max(count, 1)) : 1
        let pool = Double(size) / share
        guard pool <= Double(greatestPool) else { return nil }
        let transfer = Double(bytes) * 0.03
        let walk = (pool + 20) * seenPerPoolRow * (15 + 1.5 * transfer) + pool * pool * 0.1
        let scan = matches < count / 2 ? Double(matches) * (15 + 1.5 * transfer) : Double(count) * (3 + transfer)
        return walk < scan ? Int(pool.rounded(.up)) : nil
    }
}
