// A query on the scale of a segment's codes, and what distances between codes say about true ones.

import MartletKernels

/// Owns the codes of one query, or its floats or bits, as the rows ask for them.
///
/// *Rank* is what is compared: the Euclidean distance (`l2`; for `cosine` of the vectors at length 1; for `hamming` of
/// the bits as 0 and 1), or the negated inner product. The codes of a row stand for a point that is at most the row's
/// error away from it, those of the query for one at most the query's: by the triangle inequality the true Euclidean
/// distance differs from the codes' by at most the sum. For inner products, by Cauchy and Schwarz:
/// |q · x − q̂ · x̂| ≤ |q| · |x − x̂| + |q − q̂| · |x̂|. On top comes what arithmetic in floats may add. Bits of vectors
/// that are none have no bounds: what they say is an estimate.
final class EncodedQuery {
    private let memory: UnsafeMutableBufferPointer<Int8>
    let view: CodeQuery
    private let metric: VectorMetric
    private let rowScale: CodeScale
    private let dimension: Int
    private let kind: CodeKind
    /// For squared distances: the bound of the distance between the query and what its codes stand for.
    private let error: Float
    /// For inner products: the scale of the query's codes, the sum of its elements, its length.
    private let step: Float
    private let sum: Float
    private let length: Float
    /// A bound of the relative error of sums of floats.
    private let rounding: Float

    /// - Parameters:
    ///   - query: as `VectorDomain.bring` leaves it.
    ///   - stride: of the rows; at least the query's dimensions.
    init(
        _ query: UnsafeBufferPointer<Float>, scale: CodeScale, metric: VectorMetric, stride: Int, kind: CodeKind = .i8
    ) {
        self.kind = kind
        if kind != .i8 {
            memory = CodeRows.queryMemory(kind.queryByteCount(dimension: query.count))
            let raw = UnsafeMutableRawBufferPointer(memory)
            self.metric = metric
            rowScale = scale
            dimension = query.count
            rounding = Float(query.count / 32 + 16) * 0x1p-23
            error = 0
            step = 1
            sum = 0
            var squares = 0.0
            for value in query { squares += Double(value) * Double(value) }
            length = Float(squares.squareRoot()) * 1.000_001
            if kind == .bit {
                _ = scale.write(query, as: .bit, into: raw)
            } else {
                for index in query.indices {
                    raw.storeBytes(of: query[index] / scale.step, toByteOffset: 4 * index, as: Float.self)
                }
            }
            view = CodeQuery(codes: UnsafeBufferPointer(memory), base: 0)
            return
        }
        precondition(stride >= query.count)
        memory = .allocate(capacity: stride)
        memory.initialize(repeating: 0)
        self.metric = metric
        rowScale = scale
        dimension = query.count
        rounding = Float(query.count / 32 + 16) * 0x1p-23
        var squares: Int32 = 0
        var sum: Int32 = 0
        var error = 0.0
        if metric == .dot {
            var largest: Float = 0
            var elements = 0.0
            var length = 0.0
            for value in query {
                largest = max(largest, abs(value))
                elements += Double(value)
                length += Double(value) * Double(value)
            }
            let step = max(largest / 127, .leastNormalMagnitude)
            for index in query.indices {
                let code = Int8(max(-127, min(127, (query[index] / step).rounded(.toNearestOrEven))))
                memory[index] = code
                sum += Int32(code)
                let difference = Double(query[index]) - Double(step) * Double(code)
                error += difference * difference
            }
            self.step = step
            self.sum = Float(elements)
            self.length = Float(length.squareRoot()) * 1.000_001
        } else {
            let middle = Double(scale.middle)
            let step = Double(scale.step)
            for index in query.indices {
                memory[index] = Int8(truncatingIfNeeded: Int32(scale.code(query[index])) - 128)
            }
            for index in query.indices {
                let code = Int32(memory[index])
                sum += code
                squares += code * code
                let difference = Double(query[index]) - (middle + step * Double(code))
                error += difference * difference
            }
            self.step = scale.step
            self.sum = 0
            length = 0
        }
        self.error = (Float(error.squareRoot()) * 1.000_001).nextUp
        view = CodeQuery(codes: UnsafeBufferPointer(memory), base: squares + 256 * sum)
    }

    deinit { memory.deallocate() }

    /// Between which ranks a row lies.
    ///
    /// - Parameters:
    ///   - distance: of the codes.
    ///   - rowError: of the row.
    ///   - rowLength: of what the row stands for, from the scale's middle, if it is needed.
    func bounds(_ distance: Float, rowError: Float, rowLength: () -> Float) -> (lower: Float, upper: Float) {
        if kind == .bit {
            let estimate = max(0, distance).squareRoot()
            return (estimate * (1 - rounding), estimate * (1 + rounding))
        }
        if metric == .dot {
            let estimate =
                kind == .i8
                ? -(rowScale.middle * sum - rowScale.step * step * distance / 2)
                : distance * rowScale.step * rowScale.step
            let slack = slack(rowError: rowError, rowLength: rowLength())
            return (estimate - slack, estimate + slack)
        }
        let estimate = rowScale.step * max(0, distance).squareRoot()
        let slack = rowError + error
        var lower = max(0, estimate - slack) * (1 - rounding)
        var upper = (estimate + slack) * (1 + rounding)
        if metric == .cosine {
            // The cosine itself has an absolute error, and the rank is √(2 − 2 cos).
            lower = max(0, lower * lower - 4 * rounding).squareRoot()
            upper = (upper * upper + 4 * rounding).squareRoot()
        }
        return (lower, upper)
    }

    /// A code distance that no row exceeds whose lower bound is at most `rank`.
    ///
    /// - Parameters:
    ///   - greatestError: of the rows.
    ///   - greatestLength: of the rows, as for `bounds`.
    func distanceLimit(rank: Float, greatestError: Float, greatestLength: Float) -> Float {
        guard rank.isFinite else { return .infinity }
        if kind == .bit { return rank * rank * (1 + 4 * rounding) * 1.000_01 }
        if metric == .dot {
            let slack = slack(rowError: greatestError, rowLength: greatestLength)
            if kind != .i8 {
                let square = rowScale.step * rowScale.step
                return (rank + slack) / square + 1e-5 * (abs(rank) + slack) / square
            }
            return 2 * (rank + slack + rowScale.middle * sum) / (rowScale.step * step)
                + 1e-5 * abs(2 * (abs(rank) + slack + abs(rowScale.middle * sum)) / (rowScale.step * step))
        }
        var rank = rank
        if metric == .cosine { rank = (rank * rank + 4 * rounding).squareRoot() }
        let reach = (rank * (1 + 3 * rounding) + greatestError + error) / rowScale.step
        return reach * reach * 1.000_01
    }

    private func slack(rowError: Float, rowLength: Float) -> Float {
        let whole = abs(rowScale.middle) * Float(dimension).squareRoot() + rowLength + rowError
        return length * rowError + error * rowLength + 4 * rounding * length * whole
    }
}
