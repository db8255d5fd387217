// Hash join: the rows of one side by their key, and the pairs that the other side's rows make with them.

package import MartletCore

/// The build side of a hash join. Rows with a NULL in their key match nothing and are not entered.
package final class JoinTable {
    private let table: GroupTable
    private let keyCount: Int
    /// First row of each key, and for each row the next one with the same key; -1 ends.
    private var heads: [Int32] = []
    private var tails: [Int32] = []
    private var next: [Int32] = []

    /// Rows entered so far, those with NULL keys included: the row numbers of `probe` count them in order of `add`.
    package var rowCount: Int { next.count }

    /// Keys of both sides must have the same types: cast INTEGER to REAL where they differ.
    package init(keyTypes: [DataType], memoryLimitBytes: Int = .max) {
        table = GroupTable(keyTypes: keyTypes, memoryLimitBytes: memoryLimitBytes)
        keyCount = keyTypes.count
    }

    /// Bytes held, approximately.
    package var byteCount: Int { table.byteCount + (heads.count + tails.count + next.count) * 4 }

    /// Enters the rows of a batch, given their key columns.
    ///
    /// - Throws: `limitExceeded`.
    package func add(_ keys: [Column], count: Int) throws(Diagnostic) {
        if next.count + count > Int(Int32.max) - 1 {
            throw Diagnostic(.limitExceeded, "a hash join holds at most \(Int32.max) rows")
        }
        let groups = try table.assign(keys, count: count)
        heads.grow(to: table.groupCount, -1)
        tails.grow(to: table.groupCount, -1)
        for row in 0..<count {
            let number = Int32(next.count)
            next.append(-1)
            if keys.contains(where: { $0.isNull(row) }) { continue }
            let group = Int(groups[row])
            if heads[group] < 0 {
                heads[group] = number
            } else {
                next[Int(tails[group])] = number
            }
            tails[group] = number
        }
    }

    /// All pairs of a row of the probing batch and a row of the table with an equal key, in the order of the probing
    /// rows and then of entry.
    package func probe(_ keys: [Column], count: Int) throws(Diagnostic) -> (probeRows: [Int], tableRows: [Int]) {
        let groups = try table.find(keys, count: count)
        var probeRows: [Int] = []
        var tableRows: [Int] = []
        probeRows.reserveCapacity(count)
        tableRows.reserveCapacity(count)
        for row in 0..<count where groups[row] >= 0 {
            if keys.contains(where: { $0.isNull(row) }) { continue }
            var number = heads[Int(groups[row])]
            while number >= 0 {
                probeRows.append(row)
                tableRows.append(Int(number))
                number = next[Int(number)]
            }
        }
        return (probeRows, tableRows)
    }
}
