// Products and triangular systems of tall matrices, against plain loops: the same bits.

import MartletCore
import MartletKernels
import Testing

@Suite struct TallMatrixTests {
    private static func numbers(_ count: Int, _ random: inout SeededRandom) -> [Float] {
        (0..<count).map { _ in Float(Int64(bitPattern: random.next()) >> 40) / 4_096 }
    }

    @Test(arguments: [1, 2, 3, 7, 8, 17, 64, 148]) func gram(width: Int) {
        var random = SeededRandom(seed: UInt64(width))
        for rowCount in [0, 1, 3, 4, 5, 9] {
            let rows = Self.numbers(rowCount * width, &random)
            var sums = [Double](repeating: 0.1, count: width * width)
            var expected = sums
            for row in 0..<rowCount {
                for i in 0..<width {
                    for j in 0...i {
                        expected[i * width + j] += Double(rows[row * width + i]) * Double(rows[row * width + j])
                    }
                }
            }
            rows.withUnsafeBufferPointer { rows in
                sums.withUnsafeMutableBufferPointer { TallMatrix.addGram(rows, width: width, to: $0) }
            }
            #expect(sums == expected)
        }
    }

    @Test(arguments: [1, 2, 3, 7, 8, 17, 64, 148]) func triangle(width: Int) {
        var random = SeededRandom(seed: UInt64(width))
        let columns = Self.numbers(width * width, &random).map { Double($0) / 1_000 }
        let diagonal = (0..<width).map { $0 % 5 == 3 ? 0 : Double($0 + 1) }
        for rowCount in [0, 1, 3, 4, 5, 9] {
            var rows = Self.numbers(rowCount * width, &random)
            var expected = rows
            for row in 0..<rowCount {
                var solved = [Double](repeating: 0, count: width)
                for i in 0..<width {
                    var sum = Double(rows[row * width + i])
                    for k in 0..<i { sum -= columns[k * width + i] * solved[k] }
                    solved[i] = diagonal[i] == 0 ? 0 : sum / diagonal[i]
                    expected[row * width + i] = Float(solved[i])
                }
            }
            rows.withUnsafeMutableBufferPointer {
                TallMatrix.solveLower($0, width: width, columns: columns, diagonal: diagonal)
            }
            #expect(rows.map(\.bitPattern) == expected.map(\.bitPattern))
        }
    }
}
