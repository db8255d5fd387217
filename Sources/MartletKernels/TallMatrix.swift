// Tall matrices with few columns, in double precision: rows one after the other.

import CKernels

package enum TallMatrix {
    /// Adds `row[i] · row[j]` of each row to `sums[i · width + j]`, for `j` up to `i`: the lower triangle of `rowsᵀ · rows`.
    /// O(rows · width²); the same with every instruction set.
    ///
    /// - Precondition: `sums` has `width²` numbers.
    package static func addGram(
        _ rows: UnsafeBufferPointer<Float>, width: Int, to sums: UnsafeMutableBufferPointer<Double>
    ) {
        precondition(width > 0 && rows.count % width == 0 && sums.count >= width * width)
        withUnsafeTemporaryAllocation(of: Double.self, capacity: 4 * width) { scratch in
            ck_add_gram(rows.baseAddress, rows.count / width, width, scratch.baseAddress, sums.baseAddress)
        }
    }

    /// Replaces each row x by the y with `L · y = x`. O(rows · width²); the same with every instruction set.
    ///
    /// - Parameters:
    ///   - columns: `columns[i · width + j]` is `L[j][i]` for `j` above `i`.
    ///   - diagonal: where it is 0, so is y.
    package static func solveLower(
        _ rows: UnsafeMutableBufferPointer<Float>, width: Int, columns: [Double], diagonal: [Double]
    ) {
        precondition(width > 0 && rows.count % width == 0)
        precondition(columns.count == width * width && diagonal.count == width)
        withUnsafeTemporaryAllocation(of: Double.self, capacity: 4 * width) { scratch in
            ck_solve_lower(
                rows.baseAddress, rows.count / width, width, columns, diagonal, scratch.baseAddress)
        }
    }
}
