// A query's words, found in documents.

/// Looks through a document's terms once and counts what of the query is in it.
///
/// Words of a query that count beyond the first `slotLimit` different ones are not looked for.
final class QueryScan {
    static let slotLimit = 64

    private let base: RetrievalBase
    /// Place of a term among the query's, plus one; 0: not in the query.
    private var slots: [UInt8]
    private(set) var terms: [UInt32] = []
    private(set) var inverse: [Float] = []
    private(set) var inverseTotal: Float = 0
    private var pairOf: [UInt8] = []
    private var pairInverse: [Float] = []
    private var isInQuery: [UInt32: Bool] = [:]
    private(set) var numeralCount = 0

    // Of the last document.
    private var leadCounts: [Float] = []
    private var restCounts: [Float] = []
    private var earlyCounts: [Float] = []
    private var pairCounts: [Float] = []

    struct Found {
        /// BM25 of the pairs.
        var pairs: Float = 0
        var pairShare: Float = 0
        /// Shares of the query's idf mass.
        var leadCoverage: Float = 0
        var restCoverage: Float = 0
        var earlyCoverage: Float = 0
        /// Share of the lead's idf mass that the query has.
        var leadMatched: Float = 0
        var leadUnmatchedCount: Float = 0
        var leadUnmatchedMass: Float = 0
        var isLeadInQuery: Float = 0
        var numeralsMatched: Float = 0
        var numeralsUnmatched: Float = 0
        var length: Float = 0
        var leadLength: Float = 0
    }

    init(_ base: RetrievalBase) {
        self.base = base
        slots = [UInt8](repeating: 0, count: base.corpus.vocabulary.count)
    }

    func begin(_ query: RetrievalQuery) {
        for term in terms { slots[Int(term)] = 0 }
        terms = []
        isInQuery = [:]
        let content = query.content
        for term in content where slots[Int(term)] == 0 && terms.count < Self.slotLimit {
            terms.append(term)
            slots[Int(term)] = UInt8(terms.count)
        }
        for term in query.terms { isInQuery[term >> 1] = true }
        numeralCount = isInQuery.keys.reduce(0) { $0 + (base.isNumeral[Int($1)] ? 1 : 0) }
        inverse = terms.map { base.inverse[Int($0)] }
        inverseTotal = inverse.reduce(0, +)
        pairOf = [UInt8](repeating: 0, count: terms.count * terms.count)
        pairInverse = []
        let count = Float(base.corpus.count)
        for (first, second) in zip(content, content.dropFirst()) {
            let (a, b) = (Int(slots[Int(first)]), Int(slots[Int(second)]))
            guard a > 0, b > 0, pairInverse.count < 255 else { continue }
            let place = (a - 1) * terms.count + b - 1
            if pairOf[place] != 0 { continue }
            let frequency = Float(base.pairs.frequency(TermPairs.key(first, second)))
            pairInverse.append(Mathematics.logarithm(1 + (count - frequency + 0.5) / (frequency + 0.5)))
            pairOf[place] = UInt8(pairInverse.count)
        }
        leadCounts = [Float](repeating: 0, count: terms.count)
        restCounts = leadCounts
        earlyCounts = leadCounts
        pairCounts = [Float](repeating: 0, count: pairInverse.count)
    }

    func scan(_ document: DocumentTerms) -> Found {
        var found = Found()
        for slot in leadCounts.indices {
            leadCounts[slot] = 0
            restCounts[slot] = 0
            earlyCounts[slot] = 0
        }
        for pair in pairCounts.indices { pairCounts[pair] = 0 }
        let width = terms.count
        let leadWeight = base.leadWeight
        let leadEnd = document.leadCount
        var last = 0
        var leadMass: Float = 0
        var leadHeld: Float = 0
        var numeralsMatched = 0
        slots.withUnsafeBufferPointer { slots in
            document.terms.withUnsafeBufferPointer { terms in
                for place in terms.indices {
                    if place == leadEnd { last = 0 }
                    let encoded = terms[place]
                    let term = Int(encoded >> 1)
                    let isLead = place < leadEnd
                    if isLead {
                        if base.isNumeral[term] {
                            if isInQuery[encoded >> 1] != nil {
                                numeralsMatched += 1
                            } else {
                                found.numeralsUnmatched += 1
                            }
                        }
                        if encoded & 1 == 1 {
                            leadMass += base.inverse[term]
                            if slots[term] != 0 {
                                leadHeld += base.inverse[term]
                            } else {
                                found.leadUnmatchedCount += 1
                            }
                            found.leadLength += 1
                        }
                    }
                    if encoded & 1 == 0 { continue }
                    found.length += isLead ? leadWeight : 1
                    let slot = Int(slots[term])
                    if slot > 0 {
                        if isLead {
                            leadCounts[slot - 1] += 1
                        } else {
                            restCounts[slot - 1] += 1
                            if place < leadEnd + 40 { earlyCounts[slot - 1] += 1 }
                        }
                        if last > 0 {
                            let pair = Int(pairOf[(last - 1) * width + slot - 1])
                            if pair > 0 { pairCounts[pair - 1] += isLead ? leadWeight : 1 }
                        }
                    }
                    last = slot
                }
            }
        }
        let norm = 1.2 * (0.25 + 0.75 * found.length / base.pairs.averageLength)
        var matchedPairs: Float = 0
        for (pair, count) in pairCounts.enumerated() where count > 0 {
            found.pairs += pairInverse[pair] * count * 2.2 / (count + norm)
            matchedPairs += 1
        }
        found.pairShare = pairCounts.isEmpty ? 0 : matchedPairs / Float(pairCounts.count)
        for slot in 0..<width {
            if leadCounts[slot] > 0 { found.leadCoverage += inverse[slot] }
            if restCounts[slot] > 0 { found.restCoverage += inverse[slot] }
            if earlyCounts[slot] > 0 { found.earlyCoverage += inverse[slot] }
        }
        if inverseTotal > 0 {
            found.leadCoverage /= inverseTotal
            found.restCoverage /= inverseTotal
            found.earlyCoverage /= inverseTotal
        }
        found.leadMatched = leadMass > 0 ? leadHeld / leadMass : 0
        found.leadUnmatchedMass = leadMass - leadHeld
        found.isLeadInQuery = found.leadLength > 0 && found.leadUnmatchedCount == 0 ? 1 : 0
        found.numeralsMatched = Float(numeralsMatched)
        return found
    }
}
