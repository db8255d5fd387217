// Functions of vectors. Elements are computed with as 32-bit floats; sums are kept in doubles.

import MartletCore
import MartletFormats

enum VectorFunctions {
    static let all: [ScalarFunction] = [
        pair("dot", "the inner product of two vectors", VectorPairs.dot) { $0.dot },
        pair("l2_distance", "the Euclidean distance of two vectors", VectorPairs.squaredDistance) {
            $0.squaredDistance.squareRoot()
        },
        pair(
            "cosine_distance", "1 − the cosine of the angle between two vectors; NULL if one is zero",
            VectorPairs.angle
        ) { sums in
            if sums.aa == 0 || sums.bb == 0 { return nil }
            return 1 - max(-1, min(1, sums.dot / (sums.aa.squareRoot() * sums.bb.squareRoot())))
        },
        pair(
            "hamming_distance", "how many elements of two vectors differ; of bits, Hamming's distance",
            VectorPairs.differing
        ) { $0.squaredDistance },
        ScalarFunction(
            "norm", [.vector], returns: .type(.real), canFail: false, summary: "the Euclidean length of a vector",
            .row(nullIfAnyNull: true) { (values, _) throws(Diagnostic) in
                guard case .vector(let vector) = values[0] else { return .null }
                var sum = 0.0
                for element in VectorFormat.unpack(vector) { sum += Double(element) * Double(element) }
                return .real(sum.squareRoot())
            }),
        ScalarFunction(
            "dimension", [.vector], returns: .type(.integer), canFail: false, summary: "the number of elements",
            .row(nullIfAnyNull: true) { (values, _) throws(Diagnostic) in
                guard case .vector(let vector) = values[0] else { return .null }
                return .integer(Int64(vector.dimension))
            }),
        ScalarFunction(
            "vector", [.type(.real)], variadic: .type(.real),
            returns: .computed { (types) throws(Diagnostic) in
                if types.count > Limits.vectorDimension {
                    throw Diagnostic(.limitExceeded, "a vector has at most \(Limits.vectorDimension) elements")
                }
                return .vector(dimension: types.count, element: .f32)
            }, summary: "a vector of the given numbers",
            .row(nullIfAnyNull: true) { (values, _) throws(Diagnostic) in
                var numbers: [Double] = []
                for value in values {
                    guard case .real(let number) = value else { return .null }
                    numbers.append(number)
                }
                return .vector(try VectorFormat.pack(numbers, dimension: numbers.count, element: .f32))
            }),
    ]

    private static func pair(
        _ name: String, _ summary: String, _ sums: @escaping @Sendable (Vector, Vector) -> VectorPairs.Sums,
        _ result: @escaping @Sendable (VectorPairs.Sums) -> Double?
    ) -> ScalarFunction {
        ScalarFunction(
            name, [.vector, .vector],
            returns: .computed { (types) throws(Diagnostic) in
                if case .vector(let a, _) = types[0], case .vector(let b, _) = types[1], a != b {
                    throw Diagnostic(.typeMismatch, "\(name)() needs vectors of one dimension, not \(a) and \(b)")
                }
                return .real
            }, summary: summary,
            .row(nullIfAnyNull: true) { (values, _) throws(Diagnostic) in
                guard case (.vector(let a), .vector(let b)) = (values[0], values[1]) else { return .null }
                guard a.dimension == b.dimension else {
                    throw Diagnostic(
                        .invalidVector,
                        "\(name)() needs vectors of one dimension, not \(a.dimension) and \(b.dimension)")
                }
                guard let result = result(sums(a, b)) else { return .null }
                guard result.isFinite else {
                    throw Diagnostic(.outOfRange, "the result of \(name)() is outside the range of REAL")
                }
                return .real(result)
            })
    }
}
