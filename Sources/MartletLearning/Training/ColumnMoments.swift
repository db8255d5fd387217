// Means and deviations of columns, by several threads.

import MartletCore
import MartletKernels

/// Sums of the columns' values and of their squares, less a value of each column, so that numbers far from 0 keep their
/// digits. Pieces of rows are added in their order, whatever the number of threads.
struct ColumnMoments {
    private var shifts: [Double]
    private var sums: [Double]
    private var squares: [Double]
    private var counts: [Double]

    private static let rowsPerPiece = 4_096

    /// O(rows · columns).
    init(_ matrices: [FeatureMatrix], columns: Int, team: WorkerTeam) {
        shifts = [Double](repeating: 0, count: columns)
        sums = shifts
        squares = shifts
        counts = shifts
        for column in 0..<columns {
            for matrix in matrices {
                guard let row = (0..<matrix.rowCount).first(where: { !matrix[$0, column].isNaN }) else { continue }
                shifts[column] = Double(matrix[row, column])
                break
            }
        }
        for matrix in matrices { add(matrix, columns, team) }
    }

    private mutating func add(_ matrix: FeatureMatrix, _ columns: Int, _ team: WorkerTeam) {
        let pieces = (matrix.rowCount + Self.rowsPerPiece - 1) / Self.rowsPerPiece
        var parts = [[Double]](repeating: [], count: pieces)
        let shifts = shifts
        parts.withUnsafeMutableBufferPointer { parts in
            nonisolated(unsafe) let parts = parts
            matrix.values.withUnsafeBufferPointer { values in
                nonisolated(unsafe) let values = values
                team.run(pieces) { piece in
                    var part = [Double](repeating: 0, count: 3 * columns)
                    let last = min(matrix.rowCount, (piece + 1) * Self.rowsPerPiece)
                    part.withUnsafeMutableBufferPointer { part in
                        shifts.withUnsafeBufferPointer { shifts in
                            for row in piece * Self.rowsPerPiece..<last {
                                let start = row * columns
                                for column in 0..<columns {
                                    let value = Double(values[start + column])
                                    let shifted = value.isNaN ? 0 : value - shifts[column]
                                    part[column] += shifted
                                    part[columns + column] += shifted * shifted
                                    part[2 * columns + column] += value.isNaN ? 0 : 1
                                }
                            }
                        }
                    }
                    parts[piece] = part
                }
            }
        }
        for part in parts {
            for column in 0..<columns {
                sums[column] += part[column]
                squares[column] += part[columns + column]
                counts[column] += part[2 * columns + column]
            }
        }
    }

    /// All columns as one.
    var united: ColumnMoments {
        var all = self
        let shift = shifts.first ?? 0
        var (sum, square, count) = (0.0, 0.0, 0.0)
        for column in shifts.indices {
            let distance = shifts[column] - shift
            sum += sums[column] + counts[column] * distance
            square += squares[column] + 2 * distance * sums[column] + counts[column] * distance * distance
            count += counts[column]
        }
        (all.shifts, all.sums, all.squares, all.counts) = ([shift], [sum], [square], [count])
        return all
    }

    /// The mean, and 1 over the deviation; 0 for a column without two values.
    ///
    /// - Parameter name: the column's; nil for all columns as one.
    /// - Throws: `trainingFailed` for a number too large to be squared.
    func scale(
        _ column: Int, name: @autoclosure () -> String?
    ) throws(Diagnostic) -> (mean: Float, scale: Float) {
        guard counts.indices.contains(column), counts[column] > 0 else { return (0, 0) }
        let mean = sums[column] / counts[column]
        let variance = max(0, squares[column] / counts[column] - mean * mean)
        guard (mean + shifts[column]).isFinite, variance.isFinite, variance < 1e38 else {
            throw .numbersTooLarge(in: name())
        }
        // Rounding alone is no variation.
        let isConstant = variance <= 1e-12 * max(1e-30, shifts[column] * shifts[column])
        let scale = isConstant ? 0 : Float(1 / variance.squareRoot())
        return (Float(mean + shifts[column]), scale.isFinite ? scale : 0)
    }
}

extension Diagnostic {
    /// - Parameter column: Where the numbers are; nil: in any of the features.
    static func numbersTooLarge(in column: String?) -> Diagnostic {
        let place = column.map { "column '\($0)'" } ?? "the features"
        return Diagnostic(
            .trainingFailed, "numbers in \(place) are too large, or infinite, for single precision",
            hint: "bring them nearer to 0 before training, as with ln(x) or x / 1e300")
    }
}
