// Matrix products against plain loops.

import MartletCore
import MartletKernels
import Testing

@Suite struct MatrixProductTests {
    @Test(arguments: [(1, 1, 1), (3, 5, 7), (12, 32, 4), (13, 33, 300), (100, 10, 600), (97, 70, 1), (5, 4, 0)])
    func equalsPlainLoops(rows: Int, columns: Int, inner: Int) {
        var random = SeededRandom(seed: UInt64(rows * 1_000 + columns))
        let a = (0..<rows * inner).map { _ in Float.random(in: -1...1, using: &random) }
        let b = (0..<inner * columns).map { _ in Float.random(in: -1...1, using: &random) }
        var aTransposed = a
        var bTransposed = b
        for i in 0..<rows { for p in 0..<inner { aTransposed[p * rows + i] = a[i * inner + p] } }
        for p in 0..<inner { for j in 0..<columns { bTransposed[j * inner + p] = b[p * columns + j] } }
        var expected = [Double](repeating: 0, count: rows * columns)
        for i in 0..<rows {
            for j in 0..<columns {
                for p in 0..<inner {
                    expected[i * columns + j] += Double(a[i * inner + p]) * Double(b[p * columns + j])
                }
            }
        }
        // Views do not keep an array alive.
        func pointer(_ numbers: [Float]) -> UnsafePointer<Float> {
            let memory = UnsafeMutablePointer<Float>.allocate(capacity: max(1, numbers.count))
            for (index, number) in numbers.enumerated() { memory[index] = number }
            return UnsafePointer(memory)
        }
        let (aMemory, bMemory) = (pointer(a), pointer(b))
        let (aTurned, bTurned) = (pointer(aTransposed), pointer(bTransposed))
        defer { for memory in [aMemory, bMemory, aTurned, bTurned] { memory.deallocate() } }
        var results: [[Float]] = []
        for threads in [1, 3] {
            let product = MatrixProduct(team: WorkerTeam(threads: threads))
            let plain = MatrixView(aMemory, rows: rows, columns: inner)
            let turned = MatrixView(aTurned, rows: inner, columns: rows).transposed
            let right = MatrixView(bMemory, rows: inner, columns: columns)
            let rightTurned = MatrixView(bTurned, rows: columns, columns: inner).transposed
            for (left, right) in [(plain, right), (turned, right), (plain, rightTurned)] {
                var result = [Float](repeating: .nan, count: rows * columns)
                product.multiply(left, right, into: &result)
                results.append(result)
            }
        }
        for (value, wanted) in zip(results[0], expected) { #expect(abs(Double(value) - wanted) < 1e-4) }
        for other in results.dropFirst() { #expect(other == results[0]) }
        var sum = results[0]
        MatrixProduct(team: WorkerTeam(threads: 2)).multiply(
            MatrixView(aMemory, rows: rows, columns: inner), MatrixView(bMemory, rows: inner, columns: columns),
            adding: true,
            into: &sum)
        for (value, wanted) in zip(sum, expected) { #expect(abs(Double(value) - 2 * wanted) < 2e-4) }
    }
}
