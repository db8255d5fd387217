// Rows of numbers in 8 bits each.

import MartletKernels

/// Rows of `width` numbers, each a code times its row's scale: a quarter of the memory of floats, and products in integers.
package struct QuantizedRows: Sendable {
    let width: Int
    /// Code c stands for c − 128; `stride` codes a row, those beyond the width stand for 0.
    private(set) var codes: [UInt8]
    private(set) var scales: [Float]

    var stride: Int { CodeKind.i8.stride(dimension: width) }
    package var count: Int { scales.count }

    /// - Precondition: as many codes as the scales' rows take.
    init(width: Int, codes: [UInt8], scales: [Float]) {
        self.width = width
        self.codes = codes
        self.scales = scales
    }

    /// O(numbers). A row with a number that is not finite becomes 0.
    package init(_ values: [Float], width: Int) {
        let stride = CodeKind.i8.stride(dimension: width)
        let count = values.count / width
        var codes = [UInt8](repeating: 128, count: count * stride)
        var scales = [Float](repeating: 0, count: count)
        codes.withUnsafeMutableBufferPointer { codes in
            values.withUnsafeBufferPointer { values in
                for row in 0..<count {
                    var greatest: Float = 0
                    for index in row * width..<(row + 1) * width { greatest = max(greatest, abs(values[index])) }
                    guard greatest > 1e-30, greatest.isFinite else { continue }
                    scales[row] = greatest / 127
                    let inverse = 127 / greatest
                    for index in 0..<width {
                        codes[row * stride + index] = Self.code(values[row * width + index] * inverse) &+ 128
                    }
                }
            }
        }
        self.width = width
        self.codes = codes
        self.scales = scales
    }

    /// The nearest whole number, from −127 to 127, in two's complement: adding 1.5 · 2²³ leaves it in the lowest bits.
    @inline(__always)
    private static func code(_ number: Float) -> UInt8 {
        UInt8(truncatingIfNeeded: (number + 12_582_912).bitPattern)
    }

    package func values(ofRow row: Int) -> [Float] {
        codes[row * stride..<row * stride + width].map { Float(Int32($0) &- 128) * scales[row] }
    }

    /// vector += weight · row
    package func add(_ row: Int, times weight: Float, to vector: inout [Float]) {
        let factor = weight * scales[row]
        let start = row * stride
        vector.withUnsafeMutableBufferPointer { vector in
            codes.withUnsafeBufferPointer { codes in
                let codes = UnsafeBufferPointer(rebasing: codes[start..<start + width])
                for index in 0..<width { vector[index] += factor * Float(Int32(codes[index]) &- 128) }
            }
        }
    }

    /// Inner products of some rows and a vector of `width` numbers.
    package func products(_ vector: [Float], of rows: [UInt32]) -> [Float] {
        products(vector, count: rows.count) { matrix, query, out in
            rows.withUnsafeBufferPointer { matrix.distances(query, of: $0, into: out) }
        } scale: {
            Int(rows[$0])
        }
    }

    /// Inner products of all rows.
    package func products(_ vector: [Float]) -> [Float] {
        products(vector, count: count) { matrix, query, out in
            matrix.distances(query, of: 0..<matrix.count, into: out)
        } scale: {
            $0
        }
    }

    private func products(
        _ vector: [Float], count: Int, _ body: (CodeRows, CodeQuery, UnsafeMutableBufferPointer<Float>) -> Void,
        scale: (Int) -> Int
    ) -> [Float] {
        var out = [Float](repeating: 0, count: count)
        var greatest: Float = 0
        for number in vector { greatest = max(greatest, abs(number)) }
        guard greatest > 1e-30, greatest.isFinite, count > 0 else { return out }
        let inverse = 127 / greatest
        var query = [Int8](repeating: 0, count: stride)
        var sum: Int32 = 0
        for index in 0..<min(width, vector.count) {
            query[index] = Int8(bitPattern: Self.code(vector[index] * inverse))
            sum += Int32(query[index])
        }
        query.withUnsafeBufferPointer { query in
            codes.withUnsafeBytes { codes in
                guard let matrix = CodeRows(codes: codes, norms: nil, count: scales.count, stride: stride) else {
                    return
                }
                out.withUnsafeMutableBufferPointer { body(matrix, CodeQuery(codes: query, base: 256 * sum), $0) }
            }
        }
        // The kernel gives −2 · Σ query · code.
        let factor = -0.5 * greatest / 127
        for place in out.indices {
            let row = scale(place)
            out[place] = row < scales.count ? out[place] * factor * scales[row] : 0
        }
        return out
    }
}
