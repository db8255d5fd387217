// What tests compare an index with: texts without an index, and distances by the whole matrix.

import MartletCore
import MartletText

final class HeldTexts: DocumentTexts {
    var rows: [Int64: [[UInt8]?]] = [:]
    private var current = UnsafeMutableRawBufferPointer.allocate(byteCount: 0, alignment: 1)

    deinit { current.deallocate() }

    func text(ofRow rowID: Int64, field: Int) -> UnsafeRawBufferPointer? {
        guard let bytes = rows[rowID]?[field] else { return nil }
        current.deallocate()
        current = .allocate(byteCount: bytes.count, alignment: 1)
        current.copyBytes(from: bytes)
        return UnsafeRawBufferPointer(current)
    }
}

/// Of Damerau and Levenshtein, in optimal string alignment.
func editDistance(_ first: String, _ second: String) -> Int {
    let a = Array(first.unicodeScalars)
    let b = Array(second.unicodeScalars)
    var table = [[Int]](repeating: [Int](repeating: 0, count: b.count + 1), count: a.count + 1)
    for row in 0...a.count {
        for column in 0...b.count {
            if row == 0 || column == 0 {
                table[row][column] = row + column
                continue
            }
            table[row][column] = min(
                table[row - 1][column] + 1, table[row][column - 1] + 1,
                table[row - 1][column - 1] + (a[row - 1] == b[column - 1] ? 0 : 1))
            if row > 1, column > 1, a[row - 1] == b[column - 2], a[row - 2] == b[column - 1] {
                table[row][column] = min(table[row][column], table[row - 2][column - 2] + 1)
            }
        }
    }
    return table[a.count][b.count]
}
