// How the nearness of two vectors is measured.

/// The smaller the distance, the nearer. `code` is stored.
package enum VectorMetric: String, Hashable, Sendable, Codable, CaseIterable {
    /// The Euclidean distance.
    case l2
    /// 1 − the cosine of the angle: vectors are brought to length 1, and compared as by `l2`.
    case cosine
    /// The negated inner product.
    case dot
    /// The number of bits that differ.
    case hamming

    var code: UInt8 {
        switch self {
        case .l2: 0
        case .cosine: 1
        case .dot: 2
        case .hamming: 3
        }
    }

    init?(code: UInt8) {
        guard let metric = Self.allCases.first(where: { $0.code == code }) else { return nil }
        self = metric
    }
}
