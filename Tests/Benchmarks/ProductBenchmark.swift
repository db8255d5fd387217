// Matrix products at the sizes that training uses, in operations a second.

import MartletKernels

enum ProductBenchmark {
    /// Rows, inner dimension and columns: an mlp's layers forward and backward, and a cnn's patches.
    private static let sizes: [(name: String, rows: Int, inner: Int, columns: Int)] = [
        ("mlp forward", 256, 784, 256), ("mlp weights", 784, 256, 256), ("mlp outputs", 256, 256, 10),
        ("cnn first", 6_272, 9, 32), ("cnn second", 1_568, 288, 64), ("cnn head", 128, 3_136, 128),
        ("square", 1_024, 1_024, 1_024),
    ]

    /// One line a size.
    static func run(isTiny: Bool, threads: Int) -> [Figures] {
        let product = MatrixProduct(team: WorkerTeam(threads: threads))
        var random = RepeatableRandom(seed: 6)
        return sizes.map { size in
            let shrink = isTiny ? 16 : 1
            let (rows, inner, columns) = (
                max(1, size.rows / shrink), max(1, size.inner / shrink), max(1, size.columns / shrink)
            )
            let a = (0..<rows * inner).map { _ in Float(random.unit()) }
            let b = (0..<inner * columns).map { _ in Float(random.unit()) }
            var result = [Float](repeating: 0, count: rows * columns)
            let operations = 2 * Double(rows * inner * columns)
            let repeats = isTiny ? 1 : max(3, Int(2e10 / operations))
            func multiply(_ count: Int) {
                a.withUnsafeBufferPointer { a in
                    b.withUnsafeBufferPointer { b in
                        result.withUnsafeMutableBufferPointer { result in
                            guard let a = a.baseAddress, let b = b.baseAddress, let result = result.baseAddress else {
                                return
                            }
                            for _ in 0..<count {
                                product.multiply(
                                    MatrixView(a, rows: rows, columns: inner),
                                    MatrixView(b, rows: inner, columns: columns), into: result)
                            }
                        }
                    }
                }
            }
            multiply(1)
            let time = seconds { multiply(repeats) }
            var figures = Figures(task: "products")
            figures.add("data", size.name)
            figures.add("size", "\(rows) × \(inner) × \(columns)")
            figures.add("threads", threads)
            figures.add("gigaflops", operations * Double(repeats) / time / 1e9)
            return figures
        }
    }
}
