// What neural networks do between matrix products; see `network_kernels.h`.

import CKernels

package enum NetworkKernels {
    /// `inputs[i] = (values[i] - means[i]) * scales[i]` within ± `limit`; 0 for NaN.
    @inline(__always)
    package static func standardize(
        _ values: UnsafePointer<Float>, means: [Float], scales: [Float], limit: Float,
        into inputs: UnsafeMutablePointer<Float>
    ) {
        precondition(means.count == scales.count)
        ck_standardize(values, means, scales, means.count, limit, inputs)
    }

    @inline(__always)
    package static func addBias(
        _ x: UnsafeMutablePointer<Float>, _ bias: UnsafePointer<Float>, rows: Int, columns: Int, rectify: Bool
    ) {
        ck_add_bias(x, bias, rows, columns, rectify ? 1 : 0)
    }

    @inline(__always)
    package static func maskRectified(
        _ gradient: UnsafeMutablePointer<Float>, _ output: UnsafePointer<Float>, _ count: Int
    ) {
        ck_mask_rectified(gradient, output, count)
    }

    @inline(__always)
    package static func columnSums(
        _ x: UnsafePointer<Float>, rows: Int, columns: Int, into sums: UnsafeMutablePointer<Float>
    ) {
        ck_column_sums(x, rows, columns, sums)
    }

    /// One step of Adam; `rate` and `epsilon` hold the corrections of the moments' bias.
    @inline(__always)
    package static func adamStep(
        weights: UnsafeMutablePointer<Float>, first: UnsafeMutablePointer<Float>,
        second: UnsafeMutablePointer<Float>, gradient: UnsafePointer<Float>, count: Int, rate: Float, epsilon: Float,
        decay: Float
    ) {
        ck_adam_step(weights, first, second, gradient, count, rate, epsilon, decay)
    }

    @inline(__always)
    package static func patches(
        of image: UnsafePointer<Float>, height: Int, width: Int, channels: Int,
        into patches: UnsafeMutablePointer<Float>
    ) {
        ck_patches(image, height, width, channels, patches)
    }

    @inline(__always)
    package static func addPatches(
        _ patches: UnsafePointer<Float>, height: Int, width: Int, channels: Int, to image: UnsafeMutablePointer<Float>
    ) {
        ck_add_patches(patches, height, width, channels, image)
    }

    @inline(__always)
    package static func pool(
        _ image: UnsafePointer<Float>, height: Int, width: Int, channels: Int, into output: UnsafeMutablePointer<Float>,
        places: UnsafeMutablePointer<UInt8>
    ) {
        ck_pool(image, height, width, channels, output, places)
    }

    @inline(__always)
    package static func unpool(
        _ gradient: UnsafePointer<Float>, places: UnsafePointer<UInt8>, height: Int, width: Int, channels: Int,
        into image: UnsafeMutablePointer<Float>
    ) {
        ck_unpool(gradient, places, height, width, channels, image)
    }
}
