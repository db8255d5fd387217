// The scale of 8-bit codes: one step and one middle for all dimensions of all vectors of a segment.

import MartletKernels

/// Code c stands for `middle + step · (c − 128)`.
///
/// One step for all dimensions keeps distances between codes whole numbers, so that rows can be compared with rows as
/// well as with queries.
package struct CodeScale: Hashable, Sendable {
    package var middle: Float
    /// Above zero.
    package var step: Float

    package init(middle: Float, step: Float) {
        self.middle = middle
        self.step = step
    }

    /// The scale that loses least of a sample: of several ranges around the middle, from the whole one to one that cuts
    /// off outliers, the one with the smallest sum of squared errors.
    ///
    /// - Parameter sample: finite numbers. O(sample).
    package static func fitting(_ sample: UnsafeBufferPointer<Float>) -> CodeScale {
        guard let low = sample.min(), let high = sample.max(), high > low else {
            return CodeScale(middle: sample.first ?? 0, step: 1)
        }
        let middle = low / 2 + high / 2
        // Whole numbers in a small range are kept as they are.
        if high - low <= 255, sample.allSatisfy({ $0 == $0.rounded() }) {
            return CodeScale(middle: low.rounded() + 128, step: 1)
        }
        var best = CodeScale(middle: middle, step: max((high - low) / 255, .leastNormalMagnitude))
        var bestError = Double.infinity
        var part: Float = 1
        for _ in 0..<12 {
            let scale = CodeScale(
                middle: middle, step: max((high - low) * part / 255, .leastNormalMagnitude))
            var error = 0.0
            for value in sample {
                let difference = Double(value - scale.value(scale.code(value)))
                error += difference * difference
            }
            if error < bestError {
                bestError = error
                best = scale
            }
            part *= 0.8
        }
        return best
    }

    @inline(__always) package func code(_ value: Float) -> UInt8 {
        let scaled = ((value - middle) / step).rounded(.toNearestOrEven)
        return UInt8(max(0, min(255, scaled + 128)))
    }

    @inline(__always) package func value(_ code: UInt8) -> Float {
        middle + step * (Float(code) - 128)
    }

    /// Writes the codes of a vector, its norm (the sum of squared codes), and an upper bound of the distance between the
    /// vector and what its codes stand for.
    ///
    /// - Precondition: finite values; room for as many codes.
    package func encode(
        _ vector: UnsafeBufferPointer<Float>, into codes: UnsafeMutableBufferPointer<UInt8>
    ) -> (norm: Int32, error: Float) {
        precondition(codes.count >= vector.count)
        var norm: Int32 = 0
        var error = 0.0
        for index in vector.indices {
            let code = code(vector[index])
            codes[index] = code
            let centred = Int32(code) - 128
            norm += centred * centred
            let difference = Double(vector[index]) - (Double(middle) + Double(step) * Double(centred))
            error += difference * difference
        }
        // Rounded up, so that it stays a bound as a float.
        return (norm, (Float(error.squareRoot()) * 1.000_001).nextUp)
    }
}
