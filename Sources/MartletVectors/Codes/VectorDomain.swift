// What a metric asks of a vector before it is encoded.

package import MartletCore

package enum VectorDomain {
    /// Copies the vector into `target`, brought to length 1 under `cosine`.
    ///
    /// - Throws: `invalidVector` for elements that are not finite, under `cosine` for a vector
    ///   of zeros, under `hamming` for elements other than 0 and 1.
    package static func bring(
        _ vector: UnsafeBufferPointer<Float>, into target: inout [Float], _ metric: VectorMetric
    ) throws(Diagnostic) {
        precondition(target.count == vector.count)
        var sum = 0.0
        for index in vector.indices {
            let value = vector[index]
            target[index] = value
            sum += Double(value) * Double(value)
        }
        guard sum.isFinite else {
            let place = vector.firstIndex { !$0.isFinite } ?? 0
            throw Diagnostic(.invalidVector, "element \(place + 1) of the vector is not a finite number")
        }
        if metric == .hamming, let place = vector.firstIndex(where: { $0 != 0 && $0 != 1 }) {
            throw Diagnostic(
                .invalidVector,
                "element \(place + 1) of the vector is neither 0 nor 1, and the metric hamming counts bits")
        }
        guard metric == .cosine else { return }
        guard sum > 0 else {
            throw Diagnostic(.invalidVector, "a vector of zeros has no direction, which the metric cosine compares")
        }
        let factor = 1 / sum.squareRoot()
        for index in target.indices { target[index] = Float(Double(target[index]) * factor) }
    }
}
