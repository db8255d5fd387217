// Functions of vectors. Elements are computed with as 32-bit floats; sums are kept in doubles.

import MartletCore
import MartletFormats

enum VectorFunctions {
    static let all: [ScalarFunction] = [
        pair("dot", "the inner product of two vectors") { a, b in
            var sum = 0.0
            for index in a.indices { sum += Double(a[index]) * Double(b[index]) }
            return sum
        },
        pair("l2_distance", "the Euclidean distance of two vectors") { a, b in
            var sum = 0.0
            for index in a.indices {
                let difference = Double(a[index]) - Double(b[index])
                sum += difference * difference
            }
            return sum.squareRoot()
        },
        pair("cosine_distance", "1 − the cosine of the angle between two vectors; NULL if one is zero") { a, b in
            var dot = 0.0
            var aa = 0.0
            var bb = 0.0
            for index in a.indices {
                let x = Double(a[index])
                let y = Double(b[index])
                dot += x * y
                aa += x * x
                bb += y * y
            }
            if aa == 0 || bb == 0 { return nil }
            return 1 - max(-1, min(1, dot / (aa.squareRoot() * bb.squareRoot())))
        },
        pair("hamming_distance", "how many elements of two vectors differ; of bits, Hamming's distance") { a, b in
            var count = 0
            for index in a.indices where a[index] != b[index] { count += 1 }
            return Double(count)
        },
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
        _ name: String, _ summary: String, _ body: @escaping @Sendable ([Float], [Float]) -> Double?
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
                guard let result = body(VectorFormat.unpack(a), VectorFormat.unpack(b)) else { return .null }
                guard result.isFinite else {
                    throw Diagnostic(.outOfRange, "the result of \(name)() is outside the range of REAL")
                }
                return .real(result)
            })
    }
}
