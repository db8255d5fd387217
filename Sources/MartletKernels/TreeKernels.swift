// Histograms, splits, partition and evaluation of decision trees, with bounds checked where that is not a row's price.

import CKernels

/// A node of a tree to evaluate, laid out as the kernel's `ck_tree_node`. Children below 0 are leaves: ~index.
package struct TreeNode: Hashable, Sendable {
    /// Values up to it go left; of a category node, the number of categories known.
    package var threshold: Float
    package var feature: UInt32
    package var left: Int32
    package var right: Int32
    /// Bit 0: missing values go left. Bit 1: a category node.
    package var flags: UInt32
    /// Of a category node: where its set of categories (bits) begins.
    package var set: UInt32

    package init(threshold: Float, feature: UInt32, left: Int32, right: Int32, flags: UInt32, set: UInt32 = 0) {
        self.threshold = threshold
        self.feature = feature
        self.left = left
        self.right = right
        self.flags = flags
        self.set = set
    }

    package static let missingLeft: UInt32 = 1
    package static let category: UInt32 = 2
}

/// A division of a feature's histogram in two.
package struct HistogramSplit: Sendable {
    /// The sum of both sides' gain; 0 if there is no division.
    package var gain: Float
    /// The last bin on the left.
    package var threshold: Int
    package var missingLeft: Bool
    /// The gradient and hessian of the left side, as in a histogram.
    package var left: Int64
}

package enum TreeKernels {
    /// The features of a block, and the bins of a feature's histogram.
    package static let blockWidth = 8
    package static let binCount = 256
    package static let blockHistogramCount = 2_048

    /// Adds the gradients of rows to the eight histograms of a block. `rows` nil: the rows from `first` on.
    ///
    /// - Parameter usual: the bins that many rows of the block have, if they do; the sums are the same without.
    /// - Precondition: `bins` holds eight bytes for each row that is named; not checked row by row.
    @inline(__always)
    package static func addToHistograms(
        bins: UnsafePointer<UInt8>, usual: UInt64? = nil, rows: UnsafePointer<UInt32>?, first: Int = 0, count: Int,
        gradients: UnsafePointer<Int64>, histogram: UnsafeMutablePointer<Int64>
    ) {
        if let usual {
            ck_histogram8_usual(bins, usual, rows, first, count, gradients, histogram)
        } else {
            ck_histogram8(bins, rows, first, count, gradients, histogram)
        }
    }

    /// The best threshold of one feature; see `ck_best_split`.
    @inline(__always)
    package static func bestSplit(
        histogram: UnsafePointer<Int64>, bins: Int, total: Int64, gradientUnit: Float, hessianUnit: Float, l2: Float,
        minimumHessian: Float
    ) -> HistogramSplit {
        precondition(bins <= binCount)
        let split = ck_best_split(histogram, Int32(bins), total, gradientUnit, hessianUnit, l2, minimumHessian)
        return HistogramSplit(
            gain: split.gain, threshold: Int(split.threshold), missingLeft: split.missing_left != 0, left: split.left)
    }

    /// Stable partition; returns how many rows go left. `goesLeft` has a byte for each bin.
    @inline(__always)
    package static func partition(
        bins: UnsafePointer<UInt8>, stride: Int, goesLeft: [UInt8], rows: UnsafeMutablePointer<UInt32>,
        gradients: UnsafeMutablePointer<Int64>, count: Int, rightRows: UnsafeMutablePointer<UInt32>,
        rightGradients: UnsafeMutablePointer<Int64>
    ) -> Int {
        precondition(goesLeft.count >= binCount)
        return ck_partition(bins, stride, goesLeft, rows, gradients, count, rightRows, rightGradients)
    }

    /// Sorts in ascending order; O(n).
    package static func sort(_ keys: inout [UInt32]) {
        var scratch = [UInt32](repeating: 0, count: keys.count)
        ck_radix_sort(&keys, keys.count, &scratch)
    }
}
