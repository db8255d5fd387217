// Whether a walk through a graph, or a look into some lists, is cheaper than a scan.

/// Costs in nanoseconds, as measured; only their proportions matter.
package enum VectorSearchCost {
    /// Rows that a walk looks at for each row of its pool.
    private static let seenPerPoolRow = 12.0
    /// More than this is never kept in a pool: keeping it sorted would cost more than a scan.
    private static let greatestPool = 4_096

    /// The pool for a walk that meets about `size` rows that match, or nil if scanning those costs less.
    ///
    /// - Parameters:
    ///   - bytes: of a row's codes.
    ///   - walkedBytes: of what a walk looks at of a row.
    package static func poolSize(
        size: Int, matches: Int, isFiltered: Bool, count: Int, bytes: Int, walkedBytes: Int
    ) -> Int? {
        let share = isFiltered ? Double(matches) / Double(max(count, 1)) : 1
        let pool = Double(size) / share
        guard pool <= Double(greatestPool) else { return nil }
        let walk = gathering((pool + 20) * seenPerPoolRow, walkedBytes) + pool * pool * 0.1
        let scan = matches < count / 2 ? gathering(Double(matches), bytes) : scanning(Double(count), bytes)
        return walk < scan ? Int(pool.rounded(.up)) : nil
    }

    /// The lists to look into, or nil if all rows that match cost less.
    ///
    /// - Parameter lists: without a filter; the fewer rows match, the more lists have as many that do.
    package static func probes(
        _ lists: Int, of listCount: Int, matches: Int, isFiltered: Bool, count: Int, bytes: Int
    ) -> Int? {
        let share = isFiltered ? Double(matches) / Double(max(count, 1)) : 1
        let wanted = Double(lists) / share
        guard wanted < Double(listCount) else { return nil }
        let rows = Double(listCount) + Double(count) * wanted / Double(listCount)
        let all = isFiltered ? gathering(Double(matches), bytes) : scanning(Double(count), bytes)
        return scanning(rows, bytes) < all ? max(1, Int(wanted.rounded(.up))) : nil
    }

    /// The lists to look into where nothing else is said.
    package static func usualProbes(of listCount: Int) -> Int { max(16, listCount / 32) }

    /// Rows that lie anywhere.
    private static func gathering(_ rows: Double, _ bytes: Int) -> Double { rows * (15 + 0.045 * Double(bytes)) }

    /// Rows side by side.
    private static func scanning(_ rows: Double, _ bytes: Int) -> Double { rows * (3 + 0.03 * Double(bytes)) }
}
