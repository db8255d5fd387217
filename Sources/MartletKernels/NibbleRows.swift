// Rows of 4-bit codes and their distances from a query: half the memory of 8-bit ones to look at, for somewhat less true
// distances.

import CKernels

/// A matrix in memory. Code h stands for the 8-bit code `scale.low + scale.step · h`.
///
/// The memory must outlive the value. `@unchecked Sendable`: the memory is only read.
package struct NibbleRows: @unchecked Sendable {
    private let rows: ck_nibble_rows
    package let scale: NibbleScale
    package var count: Int { Int(rows.row_count) }

    /// Bytes behind the last row that must be readable.
    package static let slackBytes = Int(CK_NIBBLE_SLACK)

    /// Bytes from a row to the next.
    package static func stride(dimension: Int) -> Int { 4 + (dimension + 1) / 2 }

    /// - Parameter bytes: of the rows, and the slack.
    /// - Returns: nil if there are too few, or the scale is none.
    package init?(_ bytes: UnsafeRawBufferPointer, scale: NibbleScale, dimension: Int, count: Int) {
        let stride = Self.stride(dimension: dimension)
        guard let base = bytes.baseAddress, dimension > 0, count >= 0, count < UInt32.max,
            (bytes.count - Self.slackBytes) / stride >= count, scale.low.isFinite, scale.step.isFinite, scale.step > 0
        else { return nil }
        self.scale = scale
        rows = ck_nibble_rows(
            rows: base.assumingMemoryBound(to: UInt8.self), stride: stride, byte_count: stride - 4,
            row_count: UInt32(count))
    }

    /// On the scale of the distances of 8-bit codes; infinity for a row that does not exist.
    @inline(__always)
    package func distances(
        _ query: NibbleQuery, of ids: UnsafeBufferPointer<UInt32>, into out: UnsafeMutableBufferPointer<Float>
    ) {
        precondition(out.count >= ids.count && query.even.count >= rows.byte_count)
        guard let first = ids.baseAddress, !ids.isEmpty else { return }
        withUnsafePointer(to: rows) {
            ck_nibble_distances(
                $0, query.even.baseAddress!, query.odd.baseAddress!, query.base, query.scale, first, ids.count,
                out.baseAddress!)
        }
    }

    /// The sum of products of a row and a query, in scalar arithmetic, for tests.
    package func reference(_ query: NibbleQuery, _ row: Int) -> Int32 {
        precondition(row >= 0 && row < count)
        return withUnsafePointer(to: rows) {
            ck_nibble_dot_reference($0, query.even.baseAddress!, query.odd.baseAddress!, UInt32(row))
        }
    }

    /// Writes a row.
    ///
    /// - Parameters:
    ///   - codes: 8-bit ones, `dimension` of them.
    ///   - hasNorm: false for inner products.
    ///   - target: `stride` zeros.
    package static func write(
        _ codes: UnsafeRawBufferPointer, by table: NibbleTable, hasNorm: Bool,
        into target: UnsafeMutableRawBufferPointer
    ) {
        precondition(target.count >= stride(dimension: codes.count))
        var norm = 0.0
        for (index, code) in codes.enumerated() {
            target[4 + index / 2] |= table.nibbles[Int(code)] << UInt8(4 * (index & 1))
            norm += table.squares[Int(code)]
        }
        target.storeBytes(of: (hasNorm ? Float(norm) : 0).bitPattern.littleEndian, as: UInt32.self)
    }
}

/// The sixteen 8-bit codes, not whole ones, that rows of 4 bits know.
package struct NibbleScale: Hashable, Sendable {
    package var low: Float
    /// Above zero.
    package var step: Float

    package init(low: Float, step: Float) {
        self.low = low
        self.step = step
    }

    @inline(__always) func nibble(_ code: UInt8) -> UInt8 {
        UInt8(max(0, min(15, ((Float(code) - low) / step).rounded(.toNearestOrEven))))
    }

    /// The scale that loses least of a sample: of several ranges around the middle of its codes, the one with the smallest
    /// sum of squared errors.
    ///
    /// - Parameter counts: how often each code is in the sample.
    package static func fitting(_ counts: [Int]) -> NibbleScale {
        precondition(counts.count == 256)
        let first = counts.firstIndex { $0 > 0 } ?? 0
        let last = counts.lastIndex { $0 > 0 } ?? 255
        let middle = Float(first + last) / 2
        var best = NibbleScale(low: Float(first), step: 1)
        var bestError = Double.infinity
        var range = Float(max(1, last - first))
        while range >= 8 || bestError == .infinity {
            let scale = NibbleScale(low: middle - range / 2, step: range / 15)
            var error = 0.0
            for code in first...last where counts[code] > 0 {
                let difference = Float(code) - scale.low - scale.step * Float(scale.nibble(UInt8(code)))
                error += Double(counts[code]) * Double(difference * difference)
            }
            if error < bestError {
                bestError = error
                best = scale
            }
            range *= 0.9
        }
        return best
    }
}

/// What becomes of each 8-bit code.
package struct NibbleTable: Sendable {
    fileprivate let nibbles: [UInt8]
    /// Of the distances from the middle, 128, of what the nibbles stand for.
    fileprivate let squares: [Double]

    package init(_ scale: NibbleScale) {
        nibbles = (0...255).map { scale.nibble($0) }
        squares = nibbles.map { nibble in
            let value = Double(scale.low + scale.step * Float(nibble) - 128)
            return value * value
        }
    }
}

/// A query for rows of 4-bit codes; valid until its memory changes.
package struct NibbleQuery {
    let even: UnsafeBufferPointer<Int8>
    let odd: UnsafeBufferPointer<Int8>
    let base: Float
    let scale: Float

    /// The bytes of memory that a query needs.
    package static func byteCount(dimension: Int) -> Int { 2 * half(dimension) }

    private static func half(_ dimension: Int) -> Int { ((dimension + 1) / 2 + 31) / 32 * 32 }

    /// - Parameters:
    ///   - query: of 8-bit codes.
    ///   - memory: `byteCount`.
    package init(
        _ query: CodeQuery, dimension: Int, scale: NibbleScale, in memory: UnsafeMutableBufferPointer<Int8>
    ) {
        let half = Self.half(dimension)
        precondition(memory.count >= 2 * half && query.codes.count >= dimension)
        var sum: Int32 = 0
        for index in 0..<half {
            let even = 2 * index < dimension ? query.codes[2 * index] : 0
            let odd = 2 * index + 1 < dimension ? query.codes[2 * index + 1] : 0
            memory[index] = even
            memory[half + index] = odd
            sum += Int32(even) + Int32(odd)
        }
        even = UnsafeBufferPointer(rebasing: memory[..<half])
        odd = UnsafeBufferPointer(rebasing: memory[half..<2 * half])
        // Without what the offset of 8-bit codes added, the query's own squares, which inner products have none of.
        base = Float(query.base &- 256 &* sum) - 2 * (scale.low - 128) * Float(sum)
        self.scale = 2 * scale.step
    }
}
