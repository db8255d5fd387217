// Rows of (column, value) pairs, and the same by columns.

import MartletKernels

struct SparseMatrix: Sendable {
    var columnCount: Int
    var starts: [Int] = [0]
    var columns: [UInt32] = []
    var values: [Float] = []

    var rowCount: Int { starts.count - 1 }

    init(columnCount: Int) { self.columnCount = columnCount }

    mutating func append(_ row: [(column: UInt32, value: Float)]) {
        for entry in row {
            columns.append(entry.column)
            values.append(entry.value)
        }
        starts.append(columns.count)
    }

    subscript(row: Int) -> Range<Int> { starts[row]..<starts[row + 1] }

    /// O(entries).
    var transposed: SparseMatrix {
        var result = SparseMatrix(columnCount: rowCount)
        var counts = [Int](repeating: 0, count: columnCount + 1)
        for column in columns { counts[Int(column) + 1] += 1 }
        for column in 0..<columnCount { counts[column + 1] += counts[column] }
        result.starts = counts
        result.columns = [UInt32](repeating: 0, count: columns.count)
        result.values = [Float](repeating: 0, count: columns.count)
        for row in 0..<rowCount {
            for entry in self[row] {
                let column = Int(columns[entry])
                result.columns[counts[column]] = UInt32(row)
                result.values[counts[column]] = values[entry]
                counts[column] += 1
            }
        }
        return result
    }

    /// `self · dense`, whose rows have `width` numbers. Every sum goes in the order of the entries.
    func multiplied(_ dense: [Float], width: Int, team: WorkerTeam) -> [Float] {
        var result = [Float](repeating: 0, count: rowCount * width)
        result.withUnsafeMutableBufferPointer { result in
            guard let target = result.baseAddress else { return }
            nonisolated(unsafe) let base = target
            columns.withUnsafeBufferPointer { columns in
                values.withUnsafeBufferPointer { values in
                    dense.withUnsafeBufferPointer { dense in
                        guard let columns = columns.baseAddress, let values = values.baseAddress,
                            let dense = dense.baseAddress
                        else { return }
                        nonisolated(unsafe) let from = (columns: columns, values: values, dense: dense)
                        team.forEachRange(rowCount, step: 64) { rows in
                            for row in rows {
                                let range = self[row]
                                SparseKernels.scores(
                                    from.columns + range.lowerBound, from.values + range.lowerBound, range.count,
                                    matrix: from.dense, width: width, into: base + row * width)
                            }
                        }
                    }
                }
            }
        }
        return result
    }
}
