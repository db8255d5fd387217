// What the steps of a plan cost, in units of decoding one row of a scan.

import Foundation

enum Cost {
    /// Beginning to read a whole table or a range of it: makes an index the choice where tables are tiny.
    static let scanStart = 20.0
    static let scannedRow = 1.0
    /// A descent from the root of the tree.
    static let seek = 6.0
    static let indexEntry = 0.3
    /// An entry whose columns are decoded in place of the row's.
    static let coveringEntry = 2.0
    /// A row that an entry names.
    static let fetchedRow = 4.0
    static let hashedRow = 2.0
    static let probedRow = 1.0
    /// A pair of rows that meet in a nested loop.
    static let pair = 0.3
    /// A row that a join gives.
    static let joinedRow = 0.5
    /// Below this, the order in which a join is written is kept.
    static let negligible = 3_000.0

    static func sort(_ rows: Double) -> Double { rows < 2 ? 0 : 0.3 * rows * log2(rows) }
}
