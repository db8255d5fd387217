// A query's words, found in documents.

import MartletKernels

/// Looks through a document's terms once and counts what of the query is in it.
///
/// Words of a query that count beyond the first `slotLimit` different ones are not looked for.
package final class QueryScan {
    static let slotLimit = 64
    /// Words of the query count as near each other within so many words that count.
    private static let nearDistance = 8
    /// Of the words before, so many are looked at.
    private static let nearCount = 4

    private let base: RetrievalBase
    /// For each term its place among the query's, plus one; 0: not in the query. 128 more: in the query, maybe uncounted.
    private let slots: UnsafeMutableBufferPointer<UInt8>
    private static let inQuery: UInt8 = 128
    private var marked: [UInt32] = []
    private(set) var terms: [UInt32] = []
    private(set) var inverse: [Float] = []
    private(set) var inverseTotal: Float = 0
    private var pairOf: [UInt8] = []
    private var pairInverse: [Float] = []
    private(set) var numeralCount = 0

    // Of the last document.
    private var leadCounts: [Float] = []
    private var restCounts: [Float] = []
    private var earlyCounts: [Float] = []
    private var pairCounts: [Float] = []
    private var nearCounts: [Float] = []

    package struct Found {
        /// BM25 of the pairs.
        package var pairs: Float = 0
        package var pairShare: Float = 0
        /// BM25 of two words near each other, by the lesser idf.
        package var near: Float = 0
        /// BM25 of the lead alone and of the rest alone.
        package var leadScore: Float = 0
        package var restScore: Float = 0
        /// Shares of the query's idf mass.
        package var coverage: Float = 0
        var leadCoverage: Float = 0
        var restCoverage: Float = 0
        var earlyCoverage: Float = 0
        /// Share of the lead's idf mass that the query has.
        package var leadMatched: Float = 0
        var leadUnmatchedCount: Float = 0
        var leadUnmatchedMass: Float = 0
        package var isLeadInQuery: Float = 0
        var numeralsMatched: Float = 0
        var numeralsUnmatched: Float = 0
        var length: Float = 0
        package var leadLength: Float = 0
    }

    package init(_ base: RetrievalBase) {
        self.base = base
        slots = .allocate(capacity: base.corpus.vocabulary.count)
        slots.initialize(repeating: 0)
    }

    deinit { slots.deallocate() }

    package func begin(_ query: RetrievalQuery) {
        for term in marked { slots[Int(term)] = 0 }
        marked.removeAll(keepingCapacity: true)
        terms.removeAll(keepingCapacity: true)
        numeralCount = 0
        let content = query.content
        for term in content where slots[Int(term)] == 0 && terms.count < Self.slotLimit {
            terms.append(term)
            slots[Int(term)] = UInt8(terms.count)
            marked.append(term)
        }
        for term in query.terms where slots[Int(term >> 1)] & Self.inQuery == 0 {
            if slots[Int(term >> 1)] == 0 { marked.append(term >> 1) }
            slots[Int(term >> 1)] |= Self.inQuery
            if base.isNumeral[Int(term >> 1)] { numeralCount += 1 }
        }
        inverse = terms.map { base.inverse[Int($0)] }
        inverseTotal = inverse.reduce(0, +)
        pairOf = [UInt8](repeating: 0, count: terms.count * terms.count)
        nearCounts = [Float](repeating: 0, count: terms.count * terms.count)
        pairInverse.removeAll(keepingCapacity: true)
        let count = Float(base.corpus.count)
        for (first, second) in zip(content, content.dropFirst()) {
            let (a, b) = (Int(slots[Int(first)] & 127), Int(slots[Int(second)] & 127))
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

    package func scan(_ document: DocumentTerms) -> Found {
        var found = Found()
        count(document, &found)
        let norm = 1.2 * (0.25 + 0.75 * found.length / base.pairs.averageLength)
        var matchedPairs: Float = 0
        for pair in pairCounts.indices where pairCounts[pair] > 0 {
            found.pairs += pairInverse[pair] * pairCounts[pair] * 2.2 / (pairCounts[pair] + norm)
            matchedPairs += 1
            pairCounts[pair] = 0
        }
        found.pairShare = pairCounts.isEmpty ? 0 : matchedPairs / Float(pairCounts.count)
        let rest = found.length - found.leadLength * base.leadWeight
        let leadNorm = 1.2 * (0.25 + 0.75 * found.leadLength / base.averageLead)
        let restNorm = 1.2 * (0.25 + 0.75 * rest / base.averageRest)
        let width = terms.count
        for slot in 0..<width {
            let (lead, rest) = (leadCounts[slot], restCounts[slot])
            guard lead + rest > 0 else { continue }
            found.coverage += inverse[slot]
            if lead > 0 {
                found.leadCoverage += inverse[slot]
                found.leadScore += inverse[slot] * lead * 2.2 / (lead + leadNorm)
            }
            if rest > 0 {
                found.restCoverage += inverse[slot]
                found.restScore += inverse[slot] * rest * 2.2 / (rest + restNorm)
                if earlyCounts[slot] > 0 { found.earlyCoverage += inverse[slot] }
            }
            for other in 0..<slot where nearCounts[slot * width + other] > 0 {
                let count = nearCounts[slot * width + other]
                found.near += min(inverse[slot], inverse[other]) * count * 2.2 / (count + norm)
                nearCounts[slot * width + other] = 0
            }
            leadCounts[slot] = 0
            restCounts[slot] = 0
            earlyCounts[slot] = 0
        }
        if inverseTotal > 0 {
            found.coverage /= inverseTotal
            found.leadCoverage /= inverseTotal
            found.restCoverage /= inverseTotal
            found.earlyCoverage /= inverseTotal
        }
        return found
    }

    /// Counts words, pairs and near words, in one pass over the document.
    private func count(_ document: DocumentTerms, _ found: inout Found) {
        let width = terms.count
        let leadWeight = base.leadWeight
        let leadEnd = document.leadCount
        let slots = UnsafeBufferPointer(slots)
        var last = 0
        var leadMass: Float = 0
        var leadHeld: Float = 0
        var content = 0
        // The last places of the query's words: slot and position.
        var recent = SIMD8<Int32>(repeating: -1_000_000)
        document.terms.withUnsafeBufferPointer { terms in
            base.inverse.withUnsafeBufferPointer { inverses in
                for place in 0..<min(leadEnd, terms.count) {
                    let encoded = terms[place]
                    let slot = slots[Int(encoded >> 1)]
                    if base.isNumeral[Int(encoded >> 1)] {
                        if slot & Self.inQuery != 0 { found.numeralsMatched += 1 } else { found.numeralsUnmatched += 1 }
                    }
                    if encoded & 1 == 1 {
                        let inverse = inverses[Int(encoded >> 1)]
                        leadMass += inverse
                        if slot & 127 != 0 { leadHeld += inverse } else { found.leadUnmatchedCount += 1 }
                        found.leadLength += 1
                    }
                }
                leadCounts.withUnsafeMutableBufferPointer { leadCounts in
                    restCounts.withUnsafeMutableBufferPointer { restCounts in
                        for place in terms.indices {
                            let encoded = terms[place]
                            if place == leadEnd {
                                last = 0
                                content += 1
                            }
                            if encoded & 1 == 0 { continue }
                            content += 1
                            let slot = Int(slots[Int(encoded >> 1)] & 127)
                            if slot > 0 {
                                let isLead = place < leadEnd
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
                                for index in 0..<Self.nearCount {
                                    let other = Int(recent[2 * index])
                                    guard other >= 0, content - Int(recent[2 * index + 1]) <= Self.nearDistance,
                                        other != slot - 1
                                    else { continue }
                                    nearCounts[max(other, slot - 1) * width + min(other, slot - 1)] += 1
                                }
                                recent = SIMD8(
                                    Int32(slot - 1), Int32(content), recent[0], recent[1], recent[2], recent[3],
                                    recent[4], recent[5])
                            }
                            last = slot
                        }
                    }
                }
            }
        }
        found.length = Float(content - (leadEnd < document.terms.count ? 1 : 0)) - found.leadLength
        found.length += found.leadLength * leadWeight
        found.leadMatched = leadMass > 0 ? leadHeld / leadMass : 0
        found.leadUnmatchedMass = leadMass - leadHeld
        found.isLeadInQuery = found.leadLength > 0 && found.leadUnmatchedCount == 0 ? 1 : 0
    }
}
