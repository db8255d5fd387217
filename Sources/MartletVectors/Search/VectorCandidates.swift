// Rows that may be among the k nearest.

/// Keeps a row unless its lower bound lies above the k-th smallest upper bound seen.
struct VectorCandidates {
    struct Candidate {
        var lower: Float
        var segment: UInt32
        var node: UInt32
    }

    /// What WITHIN allows.
    let greatestRank: Float
    private var uppers: SmallestRanks
    private var kept: [Candidate] = []
    private let k: Int
    /// Whether bounds are only a guess: then the k best by them are candidates, and all of them are compared.
    private let isEstimate: Bool

    init(k: Int, limit: Float, isEstimate: Bool = false) {
        uppers = SmallestRanks(k)
        greatestRank = limit
        self.k = k
        self.isEstimate = isEstimate
    }

    /// No row with a greater lower bound is wanted.
    var limit: Float { isEstimate ? uppers.limit : min(uppers.limit, greatestRank) }

    var count: Int { kept.count }

    mutating func offer(segment: Int, node: Int, lower: Float, upper: Float) {
        guard lower <= limit else { return }
        kept.append(
            Candidate(
                lower: lower, segment: UInt32(truncatingIfNeeded: segment), node: UInt32(truncatingIfNeeded: node)))
        uppers.offer(upper)
    }

    /// Those that still count, by lower bound.
    func sorted() -> [Candidate] {
        let limit = limit
        let sorted = kept.filter { $0.lower <= limit }
            .sorted { ($0.lower, $0.segment, $0.node) < ($1.lower, $1.segment, $1.node) }
        guard isEstimate else { return sorted }
        return sorted.prefix(k).map { candidate in
            var candidate = candidate
            candidate.lower = -.infinity
            return candidate
        }
    }
}
