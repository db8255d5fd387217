// Hashes of whole rows, by which rows are shared out.

package import MartletCore

package enum RowHash {
    /// A hash for each row; NULL equals NULL, and 0.0 equals -0.0.
    package static func hashes(_ columns: [Column], count: Int) -> [UInt64] {
        var hashes = [UInt64](repeating: 0x9E37_79B9_7F4A_7C15, count: count)
        for column in columns {
            for row in 0..<count {
                let value = column.isNull(row) ? 0x5555 : element(column, row)
                hashes[row] = ByteHash.fold(hashes[row].rotated() ^ value)
            }
        }
        return hashes
    }

    private static func element(_ column: Column, _ row: Int) -> UInt64 {
        switch column.storage {
        case .nulls: 0x5555
        case .integers(let values): UInt64(bitPattern: values[row])
        case .reals(let values): (values[row] + 0).bitPattern
        case .booleans(let values): values[row] ? 2 : 1
        case .bytes(let values): values.withBytes(at: row) { ByteHash.hash($0) }
        }
    }
}

extension UInt64 {
    /// So that the same values in other columns give another hash.
    fileprivate func rotated() -> UInt64 { self << 23 | self >> 41 }
}
