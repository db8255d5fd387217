// The terms of several shares in byte order, and where each share's terms are among them.

import MartletCore
import MartletKernels

/// All terms of a segment with what its assembly needs to find their postings' places.
struct TermOrder: Sendable {
    /// A term of the segment: a share that knows it, and its number there.
    struct Term: Sendable {
        var share: Int32
        var term: Int32
        /// How many documents hold it.
        var count: Int
    }

    /// In byte order.
    private(set) var terms: [Term] = []
    /// By share, the rank of each of its terms; 0 for one that no document has any more.
    private(set) var ranks: [[UInt32]]

    /// Merges the shares' terms. O(terms · shares).
    init(_ rankings: [TermRanking], _ shares: [AnalyzedDocuments]) {
        ranks = rankings.map { [UInt32](repeating: 0, count: $0.counts.count) }
        terms.reserveCapacity(rankings.map(\.terms.count).max() ?? 0)
        if rankings.count == 1 {
            for (rank, term) in rankings[0].terms.enumerated() {
                ranks[0][Int(term)] = UInt32(truncatingIfNeeded: rank)
                terms.append(Term(share: 0, term: term, count: Int(rankings[0].counts[Int(term)])))
            }
            return
        }
        var next = [Int](repeating: 0, count: rankings.count)
        /// The shares that have the lowest of the next terms.
        var lowest: [Int] = []
        while true {
            lowest.removeAll(keepingCapacity: true)
            for share in rankings.indices where next[share] < rankings[share].terms.count {
                if let first = lowest.first {
                    let order = Self.compare(
                        rankings[share], next[share], shares[share], rankings[first], next[first], shares[first])
                    if order > 0 { continue }
                    if order < 0 { lowest.removeAll(keepingCapacity: true) }
                }
                lowest.append(share)
            }
            guard let first = lowest.first else { return }
            let rank = UInt32(truncatingIfNeeded: terms.count)
            var found = Term(share: Int32(first), term: rankings[first].terms[next[first]], count: 0)
            for share in lowest {
                let term = Int(rankings[share].terms[next[share]])
                ranks[share][term] = rank
                found.count += Int(rankings[share].counts[term])
                next[share] += 1
            }
            terms.append(found)
        }
    }

    /// Below, at or above zero as a term of one share sorts before, with or after one of another; mostly their first bytes
    /// tell.
    @inline(__always)
    private static func compare(
        _ ranking: TermRanking, _ place: Int, _ share: AnalyzedDocuments,
        _ other: TermRanking, _ otherPlace: Int, _ otherShare: AnalyzedDocuments
    ) -> Int {
        let prefix = ranking.prefixes[place]
        let otherPrefix = other.prefixes[otherPlace]
        if prefix != otherPrefix { return prefix < otherPrefix ? -1 : 1 }
        return share.analyzer.compare(
            Int(ranking.terms[place]), with: Int(other.terms[otherPlace]), of: otherShare.analyzer)
    }
}
