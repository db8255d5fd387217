// Searching by the strict query language.

package import MartletCore
import MartletKernels

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What a structured search needs beside the index.
package struct QueryResources {
    package var analyzer: Analyzer
    package var texts: any DocumentTexts
    /// Called every now and then; what it throws ends the search.
    package var check: () throws(Diagnostic) -> Void

    package init(
        analyzer: Analyzer, texts: any DocumentTexts, check: @escaping () throws(Diagnostic) -> Void
    ) {
        self.analyzer = analyzer
        self.texts = texts
        self.check = check
    }
}

extension TextSearcher {
    /// The best `k` documents that the query matches, by score descending, then primary key ascending.
    ///
    /// Each leaf (a word, phrase, prefix …) scores as a term does that occurs where the leaf matches, times its boost. What
    /// is excluded does not score, nor what stands in a group whose conditions are not met.
    package func search(
        _ query: StructuredQuery, k: Int, filter: TextFilter = .all, range: TextHitRange = .all,
        _ resources: QueryResources
    ) throws(Diagnostic) -> [TextHit] {
        guard k > 0, documentCount > 0, !query.groups.isEmpty else { return [] }
        let matches = try matches(query, resources)
        let frequencies = try liveFrequencies(query, matches)
        let grid = grid(query, frequencies)
        return try collect(k: k, range: range) { (index, threshold) throws(Diagnostic) in
            let found = matches[index]
            var allowed = try allowed(filter, segment: index)
            if query.groups[0].hasConditions {
                let matching = try found.bitmap(.group(0))
                allowed?.formIntersection(matching)
                if allowed == nil { allowed = matching }
            }
            var lists: [ScoredList] = []
            for (number, leaf) in query.leaves.enumerated() where leaf.isScored && frequencies[number] > 0 {
                guard let postings = found.scored[number] else { continue }
                lists.append(
                    ScoredList(
                        blocks: postings.blocks, count: postings.count,
                        model: model(leaf, frequencies[number], grid)))
            }
            if lists.isEmpty { return [] }
            defer { withExtendedLifetime(found) {} }
            return try search(
                segment: index, lists, k: k, atLeast: threshold, filter: filter, range: range, allowed: allowed)
        }
    }

    /// What the scores of this query depend on now: one frequency a leaf.
    package func statistics(
        _ query: StructuredQuery, _ resources: QueryResources
    ) throws(Diagnostic) -> TextStatistics {
        let frequencies = try liveFrequencies(query, try matches(query, resources))
        return TextStatistics(documentCount: documentCount, totalLengths: totalLengths, frequencies: frequencies)
    }

    /// Takes the score of a hit apart, leaf by leaf.
    package func explain(
        _ query: StructuredQuery, _ hit: TextHit, _ resources: QueryResources
    ) throws(Diagnostic) -> TextExplanation {
        let (lengths, length) = try lengths(of: hit)
        var explanation = TextExplanation(score: 0, lengths: lengths, terms: [])
        guard !query.groups.isEmpty else { return explanation }
        let matches = try matches(query, resources)
        let frequencies = try liveFrequencies(query, matches)
        let grid = grid(query, frequencies)
        for (number, leaf) in query.leaves.enumerated() where leaf.isScored && frequencies[number] > 0 {
            guard let postings = matches[hit.segment].scored[number] else { continue }
            let found = try segments[hit.segment].reading { (_) throws(Diagnostic) in
                try self.frequencies(in: postings.blocks, document: hit.document)
            }
            guard let counts = found else { continue }
            let score = model(leaf, frequencies[number], grid).part(weighted: weighted(counts), length: length)
            if score == 0 { continue }
            explanation.score += score
            explanation.terms.append(
                TextExplanation.Term(
                    term: leaf.label, count: 1, frequencies: counts, documentFrequency: frequencies[number],
                    inverseDocumentFrequency: inverse(frequencies[number]), score: score))
        }
        return explanation
    }

    /// For each leaf the rows that it matches, ascending.
    package func rows(
        ofLeavesOf query: StructuredQuery, _ resources: QueryResources, arePassages: Bool
    ) throws(Diagnostic) -> [[Int64]] {
        var rows = [[Int64]](repeating: [], count: query.leaves.count)
        for (segment, found) in zip(segments, try matches(query, resources, areScored: false)) {
            try segment.reading { (reader) throws(Diagnostic) in
                for leaf in query.leaves.indices {
                    try found.postings[leaf]?.forEach(fieldCount: fieldCount) { (document, _, _) throws(Diagnostic) in
                        if let deleted = segment.deleted, deleted.contains(Int(document)) { return }
                        let id = try reader.rowid(Int(document))
                        rows[leaf].append(arePassages ? PassageID.row(of: id) : id)
                    }
                }
            }
        }
        return rows.map { Array(Set($0)).sorted() }
    }

    private func matches(
        _ query: StructuredQuery, _ resources: QueryResources, areScored: Bool = true
    ) throws(Diagnostic) -> [SegmentMatches] {
        var result: [SegmentMatches] = []
        for segment in segments {
            let finder = LeafFinder(
                segment: segment, weights: parameters.weights, analyzer: resources.analyzer, texts: resources.texts,
                check: resources.check)
            result.append(
                try segment.reading { (_) throws(Diagnostic) in
                    try SegmentMatches(query, segment, finder, areScored: areScored)
                })
        }
        return result
    }

    /// For each leaf, in how many documents it occurs; as an earlier search had it, if so wanted.
    private func liveFrequencies(
        _ query: StructuredQuery, _ matches: [SegmentMatches]
    ) throws(Diagnostic) -> [Int] {
        try query.leaves.indices.map { leaf throws(Diagnostic) in
            let own = matches.reduce(0) { $0 + ($1.postings[leaf]?.liveCount ?? 0) }
            let frequency = frequencies.map { leaf < $0.count ? $0[leaf] : 0 } ?? own
            guard frequency <= documentCount else { throw tooFrequent(query.leaves[leaf].label, frequency) }
            return frequency
        }
    }

    private func inverse(_ frequency: Int) -> Double {
        let present = Double(frequency)
        return log(1 + (Double(documentCount) - present + 0.5) / (present + 0.5))
    }

    private func factor(_ leaf: StructuredQuery.Leaf, _ frequency: Int) -> Float {
        leaf.boost * Float(inverse(frequency)) * (parameters.k1 + 1)
    }

    private func grid(_ query: StructuredQuery, _ frequencies: [Int]) -> TermModel.Grid {
        var total: Float = 0
        for (number, leaf) in query.leaves.enumerated() where leaf.isScored && frequencies[number] > 0 {
            total += factor(leaf, frequencies[number])
        }
        return TermModel.Grid(total: total)
    }

    private func model(_ leaf: StructuredQuery.Leaf, _ frequency: Int, _ grid: TermModel.Grid) -> TermModel {
        TermModel(factor: factor(leaf, frequency), constant: normConstant, slope: normSlope, grid: grid)
    }
}

/// Which documents of one segment a query's leaves and groups match.
private final class SegmentMatches {
    private let query: StructuredQuery
    private let segment: SearchSegment
    /// For each leaf.
    let postings: [LeafPostings?]
    /// For each leaf, the postings in documents in which it counts.
    private(set) var scored: [LeafPostings?] = []
    private var groups: [Int: OrdinalBitmap] = [:]

    init(
        _ query: StructuredQuery, _ segment: SearchSegment, _ finder: LeafFinder, areScored: Bool
    ) throws(Diagnostic) {
        self.query = query
        self.segment = segment
        postings = try query.leaves.map { leaf throws(Diagnostic) in try finder.postings(leaf) }
        if !areScored { return }
        for (number, leaf) in query.leaves.enumerated() {
            var own = postings[number]
            for group in leaf.groups {
                own = try own?.restricted(to: try bitmap(.group(group)), segment.reader)
            }
            scored.append(own)
        }
    }

    func bitmap(_ node: StructuredQuery.Node) throws(Diagnostic) -> OrdinalBitmap {
        let number: Int
        switch node {
        case .leaf(let leaf):
            return try postings[leaf]?.bitmap(segment.reader) ?? OrdinalBitmap(capacity: segment.reader.documentCount)
        case .group(let group): number = group
        }
        if let known = groups[number] { return known }
        if let rows = query.matchingRows {
            let matching = try rows.documents(group: number, segment.reader)
            groups[number] = matching
            return matching
        }
        let group = query.groups[number]
        var result: OrdinalBitmap?
        for node in group.required {
            let found = try bitmap(node)
            result?.formIntersection(found)
            if result == nil { result = found }
        }
        if result == nil {
            var any = OrdinalBitmap(capacity: segment.reader.documentCount)
            for node in group.optional { any.formUnion(try bitmap(node)) }
            result = any
        }
        var matching = result ?? OrdinalBitmap(capacity: segment.reader.documentCount)
        for node in group.excluded { matching.subtract(try bitmap(node)) }
        groups[number] = matching
        return matching
    }
}
