// Sparse rows times dense columns.

import CKernels

package enum SparseKernels {
    /// `scores[k] = Σ values[j] · matrix[indices[j] · width + k]`, summed in the order of j.
    ///
    /// - Precondition: indices are within the matrix; not checked number by number.
    @inline(__always)
    package static func scores(
        _ indices: UnsafePointer<UInt32>, _ values: UnsafePointer<Float>, _ count: Int, matrix: UnsafePointer<Float>,
        width: Int, into scores: UnsafeMutablePointer<Float>
    ) {
        ck_sparse_scores(indices, values, count, matrix, width, scores)
    }

    /// `matrix[indices[j] · width + k] += values[j] · steps[k]`
    @inline(__always)
    package static func add(
        _ indices: UnsafePointer<UInt32>, _ values: UnsafePointer<Float>, _ count: Int, steps: UnsafePointer<Float>,
        to matrix: UnsafeMutablePointer<Float>, width: Int
    ) {
        ck_sparse_add(indices, values, count, steps, matrix, width)
    }
}
