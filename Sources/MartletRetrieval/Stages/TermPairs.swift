// Pairs of words that follow each other: in how many documents each occurs.

import MartletCore
import MartletKernels

/// Ordered pairs of adjacent terms that count, within a column. Those of one document alone are not kept.
struct TermPairs: Sendable {
    /// Ascending: the first term in the upper half, the second in the lower.
    var keys: [UInt64] = []
    var frequencies: [UInt32] = []
    var averageLength: Float = 1
    /// Words that count of a lead, at least 1.
    var averageLead: Float = 1

    static func key(_ first: UInt32, _ second: UInt32) -> UInt64 { UInt64(first) << 32 | UInt64(second) }

    init() {}

    init(_ corpus: RetrievalCorpus, leadWeight: Float, team: WorkerTeam) {
        // By ranges of the first term, so that threads share them out; each range is sorted for itself.
        let parts = 16
        var found = [[(key: UInt64, count: UInt32)]](repeating: [], count: parts)
        found.withUnsafeMutableBufferPointer { found in
            nonisolated(unsafe) let found = found
            team.run(parts) { part in
                var all: [UInt64] = []
                for document in 0..<corpus.count {
                    var own: [UInt64] = []
                    Self.forEach(corpus[document]) { first, second, _ in
                        if Int(first) % parts == part { own.append(Self.key(first, second)) }
                    }
                    own.sort()
                    for (place, key) in own.enumerated() where place == 0 || own[place - 1] != key { all.append(key) }
                }
                all.sort()
                var at = 0
                while at < all.count {
                    var end = at + 1
                    while end < all.count, all[end] == all[at] { end += 1 }
                    if end - at > 1 { found[part].append((all[at], UInt32(end - at))) }
                    at = end
                }
            }
        }
        for entry in found.joined().sorted(by: { $0.key < $1.key }) {
            keys.append(entry.key)
            frequencies.append(entry.count)
        }
        var total: Float = 0
        for document in 0..<corpus.count { total += Self.length(corpus[document], leadWeight: leadWeight) }
        averageLength = corpus.count > 0 ? max(1, total / Float(corpus.count)) : 1
        var leads: Float = 0
        for document in 0..<corpus.count {
            for term in corpus[document].terms.prefix(corpus.leadCounts[document]) where term & 1 == 1 { leads += 1 }
        }
        averageLead = corpus.count > 0 ? max(1, leads / Float(corpus.count)) : 1
    }

    static func forEach(_ document: DocumentTerms, _ body: (UInt32, UInt32, _ isLead: Bool) -> Void) {
        var last: UInt32?
        for (place, term) in document.terms.enumerated() {
            if place == document.leadCount { last = nil }
            guard term & 1 == 1 else { continue }
            if let last { body(last, term >> 1, place < document.leadCount) }
            last = term >> 1
        }
    }

    static func length(_ document: DocumentTerms, leadWeight: Float) -> Float {
        var length: Float = 0
        for (place, term) in document.terms.enumerated() where term & 1 == 1 {
            length += place < document.leadCount ? leadWeight : 1
        }
        return length
    }

    func frequency(_ key: UInt64) -> UInt32 {
        let place = keys.lowerBound(key)
        return place < keys.count && keys[place] == key ? frequencies[place] : 1
    }
}
