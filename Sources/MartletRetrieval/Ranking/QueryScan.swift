// A query's words, found in documents.

import MartletCore
import MartletKernels

/// Looks through a document's terms once and counts what of the query is in it.
///
/// Words of a query that count beyond the first `slotLimit` different ones are not looked for.
package final class QueryScan {
    static let slotLimit = 64
    /// Words of the query count as near each other within so many words that count.
    private static let nearDistance: Int32 = 8
    /// Of the words before, so many are looked at.
    private static let nearCount = 4
    /// The first words of the rest.
    private static let earlyCount = 40

    private let base: RetrievalBase
    /// For each term its place among the query's that count, plus one; 0: not in the query.
    private let slots: UnsafeMutableBufferPointer<UInt8>
    /// For each term whether it is in the query, counted or not.
    private let isAsked: UnsafeMutableBufferPointer<Bool>
    private var marked: [UInt32] = []
    private var asked: [UInt32] = []
    private(set) var terms: [UInt32] = []
    private(set) var inverse: [Float] = []
    private(set) var inverseTotal: Float = 0
    private var words: [UInt32] = []
    /// For two slots the number of their pair in the query, plus one; 0: none.
    private let pairOf: UnsafeMutableBufferPointer<UInt8>
    private var pairInverse: [Float] = []

    // Of a document that is looked through; 0 between two of them.
    private let found: MarkedTerms
    private let leadCounts: UnsafeMutableBufferPointer<Float>
    private let restCounts: UnsafeMutableBufferPointer<Float>
    private let earlyCounts: UnsafeMutableBufferPointer<Float>
    private let pairCounts: UnsafeMutableBufferPointer<Float>
    private let nearCounts: UnsafeMutableBufferPointer<Float>

    package struct Found: Equatable {
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
        package var numeralsMatched: Float = 0
        package var numeralsUnmatched: Float = 0
        /// Share of the lead's words that the query has as they are written.
        package var leadWritten: Float = 0
        var length: Float = 0
        package var leadLength: Float = 0
    }

    package init(_ base: RetrievalBase) {
        self.base = base
        let count = base.corpus.vocabulary.count
        slots = .allocate(capacity: count + 3)
        slots.initialize(repeating: 0)
        isAsked = .allocate(capacity: count)
        isAsked.initialize(repeating: false)
        found = MarkedTerms(limit: RetrievalCorpus.termLimit)
        func zeros<Number: BinaryFloatingPoint>(_ count: Int) -> UnsafeMutableBufferPointer<Number> {
            let numbers = UnsafeMutableBufferPointer<Number>.allocate(capacity: count)
            numbers.initialize(repeating: 0)
            return numbers
        }
        leadCounts = zeros(Self.slotLimit)
        restCounts = zeros(Self.slotLimit)
        earlyCounts = zeros(Self.slotLimit)
        pairCounts = zeros(256)
        nearCounts = zeros(Self.slotLimit * Self.slotLimit)
        pairOf = .allocate(capacity: Self.slotLimit * Self.slotLimit)
        pairOf.initialize(repeating: 0)
    }

    deinit {
        slots.deallocate()
        isAsked.deallocate()
        pairOf.deallocate()
        for counts in [leadCounts, restCounts, earlyCounts, pairCounts, nearCounts] { counts.deallocate() }
    }

    package func begin(_ query: RetrievalQuery) {
        for term in marked { slots[Int(term)] = 0 }
        for term in asked { isAsked[Int(term)] = false }
        marked.removeAll(keepingCapacity: true)
        asked.removeAll(keepingCapacity: true)
        terms.removeAll(keepingCapacity: true)
        words = query.words
        let content = query.content
        for term in content where slots[Int(term)] == 0 && terms.count < Self.slotLimit {
            terms.append(term)
            slots[Int(term)] = UInt8(terms.count)
            marked.append(term)
        }
        for term in query.terms {
            isAsked[Int(term >> 1)] = true
            asked.append(term >> 1)
        }
        inverse = terms.map { base.inverse[Int($0)] }
        inverseTotal = inverse.reduce(0, +)
        for place in 0..<terms.count * terms.count { pairOf[place] = 0 }
        pairInverse.removeAll(keepingCapacity: true)
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
    }

    /// One of the corpus.
    package func scan(_ document: Int) -> Found {
        let range = base.corpus.starts[document]..<base.corpus.starts[document + 1]
        let words = base.corpus.leadWordStarts[document]..<base.corpus.leadWordStarts[document + 1]
        return base.corpus.terms.withUnsafeBufferPointer { terms in
            base.corpus.leadWords.withUnsafeBufferPointer { leadWords in
                scan(
                    UnsafeBufferPointer(rebasing: terms[range]), leadCount: base.corpus.leadCounts[document],
                    contentCount: Int(base.corpus.contentCounts[document]), base.leads[document],
                    UnsafeBufferPointer(rebasing: leadWords[words]))
            }
        }
    }

    /// One that is not in the corpus.
    package func scan(_ document: DocumentTerms) -> Found {
        let lead = base.lead(document.terms.prefix(document.leadCount))
        let content = document.terms.reduce(0) { $0 + Int($1 & 1) }
        return document.terms.withUnsafeBufferPointer { terms in
            document.leadWords.withUnsafeBufferPointer { words in
                scan(terms, leadCount: document.leadCount, contentCount: content, lead, words)
            }
        }
    }

    private func scan(
        _ document: UnsafeBufferPointer<UInt32>, leadCount: Int, contentCount: Int, _ lead: LeadFacts,
        _ leadWords: UnsafeBufferPointer<UInt32>
    ) -> Found {
        var found = Found()
        found.leadLength = lead.length
        found.length = Float(contentCount) - lead.length + lead.length * base.leadWeight
        scanLead(document.prefix(leadCount), lead, leadWords, &found)
        count(document, leadCount)
        let norm = 1.2 * (0.25 + 0.75 * found.length / base.pairs.averageLength)
        var matchedPairs: Float = 0
        let pairCount = pairInverse.count
        for pair in 0..<pairCount where pairCounts[pair] > 0 {
            found.pairs += pairInverse[pair] * pairCounts[pair] * 2.2 / (pairCounts[pair] + norm)
            matchedPairs += 1
            pairCounts[pair] = 0
        }
        found.pairShare = pairCount == 0 ? 0 : matchedPairs / Float(pairCount)
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

    private func scanLead(
        _ terms: Slice<UnsafeBufferPointer<UInt32>>, _ lead: LeadFacts, _ leadWords: UnsafeBufferPointer<UInt32>,
        _ found: inout Found
    ) {
        var held: Float = 0
        var heldCount: Float = 0
        for encoded in terms {
            let term = Int(encoded >> 1)
            if isAsked[term], base.isNumeral[term] { found.numeralsMatched += 1 }
            if encoded & 1 == 1, slots[term] != 0 {
                held += base.inverse[term]
                heldCount += 1
            }
        }
        found.numeralsUnmatched = lead.numeralCount - found.numeralsMatched
        found.leadUnmatchedCount = lead.length - heldCount
        found.leadMatched = lead.mass > 0 ? held / lead.mass : 0
        found.leadUnmatchedMass = max(0, lead.mass - held)
        found.isLeadInQuery = lead.length > 0 && found.leadUnmatchedCount == 0 ? 1 : 0
        guard !leadWords.isEmpty else { return }
        var written = 0
        for word in leadWords where words.containsSorted(word) { written += 1 }
        found.leadWritten = Float(written) / Float(leadWords.count)
    }

    /// Counts words, pairs and near words, where the query's words are.
    private func count(_ document: UnsafeBufferPointer<UInt32>, _ leadEnd: Int) {
        let width = terms.count
        guard width > 0 else { return }
        let leadWeight = base.leadWeight
        let foundCount = found.find(in: document, marks: UnsafeBufferPointer(slots))
        // Of the word before: its slot and ordinal.
        var last = 0
        var lastOrdinal: Int32 = -2
        // The last places of the query's words: slot and ordinal.
        var recent = SIMD8<Int32>(repeating: -1_000_000)
        for index in 0..<foundCount {
            let place = Int(found.places[index])
            let slot = Int(slots[Int(document[place] >> 1)])
            let isLead = place < leadEnd
            // Between the lead and the rest one is left out, so that no words are beside each other there.
            let ordinal = Int32(bitPattern: found.ordinals[index]) + (isLead ? 0 : 1)
            if isLead {
                leadCounts[slot - 1] += 1
            } else {
                restCounts[slot - 1] += 1
                if place < leadEnd + Self.earlyCount { earlyCounts[slot - 1] += 1 }
            }
            if ordinal == lastOrdinal + 1 {
                let pair = Int(pairOf[(last - 1) * width + slot - 1])
                if pair > 0 { pairCounts[pair - 1] += isLead ? leadWeight : 1 }
            }
            for index in 0..<Self.nearCount {
                let other = Int(recent[2 * index])
                guard other >= 0, ordinal - recent[2 * index + 1] <= Self.nearDistance, other != slot - 1 else {
                    continue
                }
                nearCounts[max(other, slot - 1) * width + min(other, slot - 1)] += 1
            }
            recent = SIMD8(
                Int32(slot - 1), ordinal, recent[0], recent[1], recent[2], recent[3], recent[4], recent[5])
            last = slot
            lastOrdinal = ordinal
        }
    }
}
