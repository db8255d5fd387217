// Orthonormal columns and small eigenproblems.

import MartletKernels

/// Matrices have a few dozen columns; rows are one after the other.
enum Orthogonal {
    private static let step = 1_024

    /// `matrixᵀ · matrix` in double precision, summed in pieces of fixed size, in order.
    static func gram(_ matrix: [Float], width: Int, team: WorkerTeam) -> [Double] {
        let rows = matrix.count / max(1, width)
        let pieces = (rows + step - 1) / step
        var partial = [Double](repeating: 0, count: pieces * width * width)
        partial.withUnsafeMutableBufferPointer { partial in
            nonisolated(unsafe) let partial = partial
            matrix.withUnsafeBufferPointer { matrix in
                team.run(pieces) { piece in
                    let range = piece * step * width..<min(rows, (piece + 1) * step) * width
                    let size = width * width
                    TallMatrix.addGram(
                        UnsafeBufferPointer(rebasing: matrix[range]), width: width,
                        to: UnsafeMutableBufferPointer(rebasing: partial[piece * size..<(piece + 1) * size]))
                }
            }
        }
        var sum = [Double](repeating: 0, count: width * width)
        for piece in 0..<pieces {
            for index in 0..<width * width { sum[index] += partial[piece * width * width + index] }
        }
        for i in 0..<width { for j in 0..<i { sum[j * width + i] = sum[i * width + j] } }
        return sum
    }

    /// Makes the columns orthonormal (by Cholesky's decomposition of their products); dependent ones become 0.
    static func orthonormalize(_ matrix: inout [Float], width: Int, team: WorkerTeam) {
        // Twice: the products square the condition number.
        for _ in 0..<2 {
            var lower = gram(matrix, width: width, team: team)
            let scale = (0..<width).reduce(0.0) { max($0, lower[$1 * width + $1]) }
            var isLive = [Bool](repeating: true, count: width)
            for i in 0..<width {
                for j in 0...i {
                    var sum = lower[i * width + j]
                    for k in 0..<j { sum -= lower[i * width + k] * lower[j * width + k] }
                    if i == j {
                        isLive[i] = sum > 1e-12 * scale
                        lower[i * width + i] = isLive[i] ? sum.squareRoot() : 1
                    } else {
                        lower[i * width + j] = isLive[j] ? sum / lower[j * width + j] : 0
                    }
                }
            }
            // By columns, without the diagonal.
            var columns = [Double](repeating: 0, count: width * width)
            for i in 0..<width { for j in i + 1..<max(i + 1, width) { columns[i * width + j] = lower[j * width + i] } }
            let triangle = columns
            let diagonal = (0..<width).map { isLive[$0] ? lower[$0 * width + $0] : 0 }
            let rows = matrix.count / max(1, width)
            matrix.withUnsafeMutableBufferPointer { matrix in
                nonisolated(unsafe) let matrix = matrix
                team.forEachRange(rows, step: step) { range in
                    TallMatrix.solveLower(
                        UnsafeMutableBufferPointer(
                            rebasing: matrix[range.lowerBound * width..<range.upperBound * width]),
                        width: width, columns: triangle, diagonal: diagonal)
                }
            }
        }
    }

    /// Eigenvalues of a symmetric matrix, descending, and their vectors as columns (Jacobi's rotations).
    static func eigen(_ symmetric: [Double], _ width: Int) -> (values: [Double], vectors: [Double]) {
        var a = symmetric
        var v = [Double](repeating: 0, count: width * width)
        for i in 0..<width { v[i * width + i] = 1 }
        for _ in 0..<60 {
            var off = 0.0
            var diagonal = 0.0
            for i in 0..<width {
                diagonal += a[i * width + i] * a[i * width + i]
                for j in 0..<i { off += a[i * width + j] * a[i * width + j] }
            }
            if off <= 1e-24 * diagonal { break }
            for p in 0..<width {
                for q in p + 1..<max(p + 1, width) where a[p * width + q] != 0 {
                    let theta = (a[q * width + q] - a[p * width + p]) / (2 * a[p * width + q])
                    let tangent = (theta >= 0 ? 1.0 : -1.0) / (abs(theta) + (theta * theta + 1).squareRoot())
                    let cosine = 1 / (tangent * tangent + 1).squareRoot()
                    let sine = tangent * cosine
                    for k in 0..<width {
                        let (x, y) = (a[k * width + p], a[k * width + q])
                        a[k * width + p] = cosine * x - sine * y
                        a[k * width + q] = sine * x + cosine * y
                    }
                    for k in 0..<width {
                        let (x, y) = (a[p * width + k], a[q * width + k])
                        a[p * width + k] = cosine * x - sine * y
                        a[q * width + k] = sine * x + cosine * y
                    }
                    for k in 0..<width {
                        let (x, y) = (v[k * width + p], v[k * width + q])
                        v[k * width + p] = cosine * x - sine * y
                        v[k * width + q] = sine * x + cosine * y
                    }
                }
            }
        }
        let order = (0..<width).sorted {
            let (x, y) = (a[$0 * width + $0], a[$1 * width + $1])
            return x != y ? x > y : $0 < $1
        }
        var vectors = [Double](repeating: 0, count: width * width)
        for (column, from) in order.enumerated() {
            for row in 0..<width { vectors[row * width + column] = v[row * width + from] }
        }
        return (order.map { a[$0 * width + $0] }, vectors)
    }
}
