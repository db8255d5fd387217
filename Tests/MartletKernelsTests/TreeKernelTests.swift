// The kernels of decision trees against plain loops.

import MartletCore
import MartletKernels
import Testing

@Suite struct TreeKernelTests {
    @Test func histogramsAddEveryRow() {
        var random = SeededRandom(seed: 1)
        let rows = 300
        // Every third row has the same bins.
        var bins = (0..<rows * 8).map { _ in UInt8.random(in: 0...255, using: &random) }
        var usual: UInt64 = 0
        for lane in 0..<8 {
            for row in stride(from: 0, to: rows, by: 3) { bins[row * 8 + lane] = UInt8(30 * lane) }
            usual |= UInt64(30 * lane) << UInt64(8 * lane)
        }
        let gradients = (0..<rows).map { _ in
            (Int64.random(in: -1_000...1_000, using: &random) << 32) + Int64.random(in: 0...1_000, using: &random)
        }
        var expected = [Int64](repeating: 0, count: 2_048)
        for row in 0..<rows {
            for lane in 0..<8 { expected[lane * 256 + Int(bins[row * 8 + lane])] += gradients[row] }
        }
        var whole = [Int64](repeating: 0, count: 2_048)
        TreeKernels.addToHistograms(bins: bins, rows: nil, count: rows, gradients: gradients, histogram: &whole)
        #expect(whole == expected)
        let order = (0..<UInt32(rows)).shuffled(using: &random)
        var named = [Int64](repeating: 0, count: 2_048)
        TreeKernels.addToHistograms(
            bins: bins, rows: order, count: rows, gradients: order.map { gradients[Int($0)] }, histogram: &named)
        #expect(named == expected)
        for rare in [usual, 1] {
            var together = [Int64](repeating: 0, count: 2_048)
            TreeKernels.addToHistograms(
                bins: bins, usual: rare, rows: nil, count: rows, gradients: gradients, histogram: &together)
            #expect(together == expected)
            var apart = [Int64](repeating: 0, count: 2_048)
            TreeKernels.addToHistograms(
                bins: bins, usual: rare, rows: order, count: rows, gradients: order.map { gradients[Int($0)] },
                histogram: &apart)
            #expect(apart == expected)
        }
    }

    @Test(arguments: [2, 3, 17, 100, 256]) func theBestSplitIsTheBest(bins: Int) {
        var random = SeededRandom(seed: UInt64(bins))
        for missing in [false, true] {
            var histogram = (0..<256).map { _ in
                (Int64.random(in: -10_000...10_000, using: &random) << 32) + Int64.random(in: 1...5_000, using: &random)
            }
            if !missing { histogram[0] = 0 }
            let total = histogram.prefix(bins).reduce(0, +)
            let split = TreeKernels.bestSplit(
                histogram: histogram, bins: bins, total: total, gradientUnit: 0.01, hessianUnit: 0.001, l2: 1,
                minimumHessian: 0.5)
            func gain(_ left: Int64) -> Float {
                func part(_ sum: Int64) -> Float {
                    let gradient = Float(sum >> 32) * 0.01
                    return gradient * gradient / (Float(sum & 0xFFFF_FFFF) * 0.001 + 1)
                }
                let enough = [left, total - left].allSatisfy { Float($0 & 0xFFFF_FFFF) * 0.001 >= 0.5 }
                return enough ? part(left) + part(total - left) : 0
            }
            var best: Float = 0
            for missingLeft in missing ? [false, true] : [false] {
                var left = missingLeft ? histogram[0] : 0
                for bin in 0..<bins {
                    if bin > 0 { left += histogram[bin] }
                    best = max(best, gain(left))
                }
            }
            #expect(abs(split.gain - best) <= best * 1e-5)
            if best > 0 { #expect(abs(gain(split.left) - best) <= best * 1e-5) }
        }
    }

    @Test func partitionIsStable() {
        var random = SeededRandom(seed: 5)
        let bins = (0..<800).map { _ in UInt8.random(in: 0...9, using: &random) }
        var table = [UInt8](repeating: 0, count: 256)
        for bin in [0, 3, 7] { table[bin] = 1 }
        var rows = (0..<UInt32(100)).filter { $0 % 3 != 0 }
        let before = rows
        var gradients = rows.map(Int64.init)
        var right = [UInt32](repeating: 0, count: rows.count)
        var rightGradients = [Int64](repeating: 0, count: rows.count)
        let left = TreeKernels.partition(
            bins: bins, stride: 8, goesLeft: table, rows: &rows, gradients: &gradients, count: rows.count,
            rightRows: &right, rightGradients: &rightGradients)
        let isLeft = { (row: UInt32) in table[Int(bins[Int(row) * 8])] != 0 }
        #expect(Array(rows.prefix(left)) == before.filter(isLeft))
        #expect(Array(right.prefix(before.count - left)) == before.filter { !isLeft($0) })
        #expect(gradients.prefix(left).elementsEqual(rows.prefix(left).map(Int64.init)))
    }

    @Test func radixSortSorts() {
        var random = SeededRandom(seed: 6)
        for count in [0, 1, 2, 1_000] {
            var keys = (0..<count).map { _ in UInt32.random(in: 0...UInt32.max, using: &random) }
            let expected = keys.sorted()
            TreeKernels.sort(&keys)
            #expect(keys == expected)
        }
    }

    @Test func exponentialsAndLogarithms() {
        var numbers = (-870...880).map { Float($0) / 10 }
        let before = numbers
        Elementwise.exp(&numbers, numbers.count)
        for (power, x) in zip(numbers, before) {
            var back = power
            Elementwise.log(&back, 1)
            #expect(abs(back - x) <= max(1, abs(x)) * 1e-6)
        }
        #expect(numbers[870] == 1)
        var special: [Float] = [-1_000, 1_000, .nan]
        Elementwise.exp(&special, 3)
        #expect(special[0] > 0 && special[1].isFinite && special[2].isNaN)
        var one: Float = 1
        Elementwise.exp(&one, 1)
        #expect(abs(one - 2.718_281_8) < 1e-6)
    }

    @Test func sparseProducts() {
        var random = SeededRandom(seed: 8)
        for width in 1...140 {
            let matrix = (0..<50 * width).map { _ in Float.random(in: -1...1, using: &random) }
            let indices = (0..<20).map { _ in UInt32.random(in: 0..<50, using: &random) }
            let values = (0..<20).map { _ in Float.random(in: -1...1, using: &random) }
            var scores = [Float](repeating: 9, count: width)
            SparseKernels.scores(indices, values, 20, matrix: matrix, width: width, into: &scores)
            var changed = matrix
            SparseKernels.add(indices, values, 20, steps: scores, to: &changed, width: width)
            var expected = matrix
            for column in 0..<width {
                var sum: Float = 0
                for (index, value) in zip(indices, values) { sum += value * matrix[Int(index) * width + column] }
                #expect(scores[column] == sum)
            }
            for (index, value) in zip(indices, values) {
                for column in 0..<width { expected[Int(index) * width + column] += value * scores[column] }
            }
            #expect(changed == expected)
        }
    }
}
