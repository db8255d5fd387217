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

    /// The scale for rows of a kind: of halves a power of two that brings the sample well into their range; floats and
    /// bits have none to choose.
    static func fitting(_ sample: UnsafeBufferPointer<Float>, _ kind: CodeKind, _ metric: VectorMetric) -> CodeScale {
        if let scale = Self.fixed(kind, metric) { return scale }
        if kind == .i8 { return fitting(sample) }
        var largest: Float = 0
        for value in sample { largest = max(largest, abs(value)) }
        guard largest > 16_384 || largest < 0x1p-10, largest > 0 else { return CodeScale(middle: 0, step: 1) }
        let step = Float(sign: .plus, exponent: max(-60, min(60, largest.exponent - 8)), significand: 1)
        return CodeScale(middle: 0, step: step)
    }

    /// The only scale of a kind; nil if it depends on the rows. A bit says whether an element is above the middle.
    static func fixed(_ kind: CodeKind, _ metric: VectorMetric) -> CodeScale? {
        switch kind {
        case .i8, .f16: nil
        case .f32: CodeScale(middle: 0, step: 1)
        case .bit: CodeScale(middle: metric == .hamming ? 0.5 : 0, step: 1)
        }
    }

    /// Writes a vector as a row of a kind other than `i8`; gives its length and an upper bound of how far it is from what
    /// the row stands for (for bits, which stand for no place, zeros).
    ///
    /// - Precondition: finite values; `bytes` are zeros, as many as a row has.
    func write(
        _ vector: UnsafeBufferPointer<Float>, as kind: CodeKind, into bytes: UnsafeMutableRawBufferPointer
    ) -> (length: Float, error: Float) {
        precondition(bytes.count >= kind.byteCount(dimension: vector.count))
        if kind == .bit {
            for index in vector.indices where vector[index] > middle { bytes[index / 8] |= 1 << UInt8(index % 8) }
            return (0, 0)
        }
        var squares = 0.0
        var error = 0.0
        if kind == .f32 {
            bytes.copyMemory(from: UnsafeRawBufferPointer(vector))
            for value in vector { squares += Double(value) * Double(value) }
        } else {
            withUnsafeTemporaryAllocation(of: Float.self, capacity: vector.count) { scaled in
                for index in vector.indices { scaled[index] = vector[index] / step }
                VectorConversion.halves(UnsafeBufferPointer(scaled), into: bytes)
                VectorConversion.widenHalves(UnsafeRawBufferPointer(bytes), into: scaled)
                for index in vector.indices {
                    let kept = Double(step) * Double(scaled[index])
                    squares += kept * kept
                    error += (Double(vector[index]) - kept) * (Double(vector[index]) - kept)
                }
            }
        }
        // Rounded up, so that they stay bounds as floats.
        return (
            Float(squares.squareRoot()) * 1.000_001, error == 0 ? 0 : (Float(error.squareRoot()) * 1.000_001).nextUp
        )
    }

    /// - Precondition: a finite value.
    @inline(__always) package func code(_ value: Float) -> UInt8 {
        let scaled = max(-128, min(127, (value - middle) / step))
        // Rounded to even by the sum: floats of this size are whole numbers, and their last byte is the code.
        return UInt8(truncatingIfNeeded: (scaled + (0x1.8p23 + 128)).bitPattern)
    }

    @inline(__always) package func value(_ code: UInt8) -> Float {
        middle + step * (Float(code) - 128)
    }

    /// The sum of squared codes, Σ (c − 128)².
    static func norm(_ codes: UnsafeRawBufferPointer) -> Int32 {
        var norm: Int32 = 0
        for code in codes { norm += (Int32(code) - 128) * (Int32(code) - 128) }
        return norm
    }

    /// Writes the codes of a vector, its norm (the sum of squared codes), and an upper bound of the distance between the
    /// vector and what its codes stand for.
    ///
    /// - Precondition: finite values; room for as many codes.
    package func encode(
        _ vector: UnsafeBufferPointer<Float>, into codes: UnsafeMutableBufferPointer<UInt8>
    ) -> (norm: Int32, error: Float) {
        precondition(codes.count >= vector.count)
        for index in vector.indices { codes[index] = code(vector[index]) }
        var error = 0.0
        for index in vector.indices {
            let difference =
                Double(vector[index]) - (Double(middle) + Double(step) * Double(Int32(codes[index]) - 128))
            error += difference * difference
        }
        let norm = Self.norm(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(codes)[..<vector.count]))
        // Rounded up, so that it stays a bound as a float.
        return (norm, (Float(error.squareRoot()) * 1.000_001).nextUp)
    }
}
