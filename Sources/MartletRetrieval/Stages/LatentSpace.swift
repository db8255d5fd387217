// A truncated singular value decomposition of the documents' terms.

import MartletCore
import MartletKernels

/// Projects weighed terms by V · Σ^(−1/2) (Deerwester et al. 1990), found by random projection (Halko, Martinsson and Tropp
/// 2011) with a fixed seed and sums of fixed order.
struct LatentSpace: Sendable {
    static let dimension = 50
    private static let oversampling = 20
    private static let iterations = 5

    let dimension: Int
    /// A row a term.
    var projection: QuantizedRows
    /// A row a document, of length 1.
    var documents: QuantizedRows

    init(dimension: Int, projection: QuantizedRows, documents: QuantizedRows) {
        self.dimension = dimension
        self.projection = projection
        self.documents = documents
    }

    init(
        _ rows: SparseMatrix, _ columns: SparseMatrix, team: WorkerTeam, check: () throws(Diagnostic) -> Void
    ) throws(Diagnostic) {
        let width = min(Self.dimension + Self.oversampling, rows.rowCount, rows.columnCount)
        let dimension = max(1, min(Self.dimension, width))
        self.dimension = dimension
        guard width > 0 else {
            projection = QuantizedRows([Float](repeating: 0, count: rows.columnCount), width: dimension)
            documents = QuantizedRows([Float](repeating: 0, count: rows.rowCount), width: dimension)
            return
        }
        var random = SeededRandom(seed: 0x6C61_7465_6E74)
        let start = (0..<rows.columnCount * width).map { _ in Float(random.next() >> 40) * 0x1p-23 - 1 }
        var left = rows.multiplied(start, width: width, team: team)
        for _ in 0..<Self.iterations {
            try check()
            Orthogonal.orthonormalize(&left, width: width, team: team)
            try check()
            var right = columns.multiplied(left, width: width, team: team)
            try check()
            Orthogonal.orthonormalize(&right, width: width, team: team)
            left = rows.multiplied(right, width: width, team: team)
        }
        Orthogonal.orthonormalize(&left, width: width, team: team)
        let terms = columns.multiplied(left, width: width, team: team)
        let (values, vectors) = Orthogonal.eigen(Orthogonal.gram(terms, width: width, team: team), width)
        // Directions without any variance are left out.
        let largest = values.first ?? 0
        var rotation = [Float](repeating: 0, count: width * dimension)
        for column in 0..<dimension where values[column] > 1e-9 * largest && largest > 0 {
            // The eigenvalues are σ²; V · Σ^(−1/2) = terms · U · σ^(−3/2).
            let sigma = values[column].squareRoot()
            let scale = 1 / (sigma * sigma.squareRoot())
            for row in 0..<width { rotation[row * dimension + column] = Float(vectors[row * width + column] * scale) }
        }
        var projection = [Float](repeating: 0, count: rows.columnCount * dimension)
        let product = MatrixProduct(team: team)
        projection.withUnsafeMutableBufferPointer { projection in
            terms.withUnsafeBufferPointer { terms in
                rotation.withUnsafeBufferPointer { rotation in
                    guard let terms = terms.baseAddress, let rotation = rotation.baseAddress,
                        let target = projection.baseAddress
                    else { return }
                    product.multiply(
                        MatrixView(terms, rows: rows.columnCount, columns: width),
                        MatrixView(rotation, rows: width, columns: dimension), into: target)
                }
            }
        }
        self.projection = QuantizedRows(projection, width: dimension)
        var places = rows.multiplied(projection, width: dimension, team: team)
        for row in 0..<rows.rowCount { Self.normalize(&places, at: row * dimension, dimension) }
        documents = QuantizedRows(places, width: dimension)
    }

    /// The place of weighed terms; 0 for none.
    func vector(_ weights: [(column: UInt32, value: Float)]) -> [Float] {
        var vector = [Float](repeating: 0, count: dimension)
        for weight in weights where Int(weight.column) < projection.count {
            projection.add(Int(weight.column), times: weight.value, to: &vector)
        }
        Self.normalize(&vector, at: 0, dimension)
        return vector
    }

    static func normalize(_ values: inout [Float], at start: Int, _ count: Int) {
        var square: Float = 0
        for index in start..<start + count { square += values[index] * values[index] }
        guard square > 1e-20 else { return }
        let inverse = 1 / square.squareRoot()
        for index in start..<start + count { values[index] *= inverse }
    }
}
