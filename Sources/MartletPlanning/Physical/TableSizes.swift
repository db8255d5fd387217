// How many rows tables have, as far as plans depend on it.

package import MartletCatalog

/// Row counts are rounded to powers of two, and those that were asked for are remembered: as long as they stay the same,
/// the same statement gets the same plan, whenever it was planned.
package final class TableSizes {
    /// The number of bits of a table's row count.
    package typealias Assumptions = [UInt32: Int]

    private let rowCount: (UInt32) -> Int64
    package private(set) var assumptions: Assumptions = [:]

    /// - Parameter rowCount: The number of rows of a table; one that cannot be read counts as none.
    package init(_ rowCount: @escaping (UInt32) -> Int64) { self.rowCount = rowCount }

    package func rowCounts(of catalog: Catalog) -> [UInt32: Int64] {
        Dictionary(uniqueKeysWithValues: catalog.tables.map { ($0.id, rowCount($0.id)) })
    }

    package static func bits(_ rowCount: Int64) -> Int {
        Int64.bitWidth - max(0, rowCount).leadingZeroBitCount
    }

    /// About the number of rows, at least 1.
    func rows(of table: UInt32) -> Double {
        let bits: Int
        if let known = assumptions[table] {
            bits = known
        } else {
            bits = Self.bits(rowCount(table))
            assumptions[table] = bits
        }
        return bits < 2 ? 1 : 0.75 * Double(sign: .plus, exponent: bits, significand: 1)
    }
}
