// MATCH, QUERY, and a text alone: a leg that ranks rows by their words.

import MartletCatalog
import MartletCore
import MartletExpressions
import MartletPlanning
import MartletText

/// By falling score, equal ones by primary key. Where several indexes are searched, a row's scores in them are added.
final class TextLeg: SearchLeg {
    private let context: ExecutionContext
    private let table: Table
    private let parts: [TextSearch]
    private let patterns: [TextPattern]
    private let text: String
    private let retriever: RetrieverSearch?
    /// What feedback of the deployment says of this text's answers.
    private let guidance: FeedbackGuidance?
    /// The row whose words are looked for, which is not found.
    private let itself: Int64?

    /// nil: nothing is found for NULL.
    ///
    /// - Parameter statistics: those of an earlier page, one for each index.
    init?(
        _ context: ExecutionContext, _ table: Table, _ leg: SearchPlan.Text, statistics: [TextStatistics]? = nil
    ) throws(Diagnostic) {
        let wanted = try context.value(leg.text)
        if wanted.isNull { return nil }
        let row = leg.syntax == .row ? try context.row(withKey: wanted, table, at: leg.text.range) : nil
        let text = if case .text(let written) = wanted { written } else { "" }
        itself = row
        self.text = text
        self.context = context
        self.table = table
        var parts: [TextSearch] = []
        for (place, part) in leg.parts.enumerated() {
            parts.append(try TextSearch(context, table, part, statistics: statistics?[place]))
        }
        self.parts = parts
        switch leg.syntax {
        case .words:
            if parts.count == 1 {
                let retriever = try RetrieverSearch(context, table, leg.parts[0], parts[0])
                self.retriever = retriever
                guidance = try DeploymentFeedback(context, table, leg.parts[0], parts[0], retriever)?
                    .guidance(for: text)
                parts[0].expansion = guidance?.expansion
            } else {
                retriever = nil
                guidance = nil
            }
            patterns = parts.map { $0.pattern(text) }
        case .query:
            retriever = nil
            guidance = nil
            do throws(Diagnostic) {
                patterns = try TextSearch.structured(text, parts).map { .structured($0) }
            } catch {
                throw Self.located(error, in: text, leg.text)
            }
        case .row:
            retriever = nil
            guidance = nil
            var patterns: [TextPattern] = []
            for (place, part) in parts.enumerated() {
                let words =
                    if let statistics {
                        TextQuery(terms: statistics[place].terms ?? [])
                    } else {
                        try part.characteristicWords(ofRow: row ?? 0)
                    }
                patterns.append(.words(words))
            }
            self.patterns = patterns
        }
    }

    /// Puts the place of a mistake in a query into the statement; where the query is not written there, names the character.
    private static func located(_ error: Diagnostic, in text: String, _ expression: BoundExpression) -> Diagnostic {
        guard error.code == .invalidQuery, let inner = error.range else { return error.located(at: expression.range) }
        var located = error
        let utf8 = Array(text.utf8)
        if case .constant(.text, _, let range) = expression,
            range.end - range.start == utf8.count + 2 + utf8.count(where: { $0 == UInt8(ascii: "'") })
        {
            // A quote is written twice.
            func place(_ offset: Int) -> Int {
                range.start + 1 + offset + utf8.prefix(offset).count { $0 == UInt8(ascii: "'") }
            }
            located.range = SourceRange(place(inner.start), place(inner.end))
        } else {
            let characters = String(decoding: utf8.prefix(inner.start), as: UTF8.self).count
            located.range = expression.range
            located.place = "character \(characters + 1) of the query"
        }
        return located
    }

    func hits(_ request: LegRequest) throws(Diagnostic) -> [SearchHit] {
        guard let itself else { return try found(request) }
        var wider = request
        wider.limit += 1
        return Array(try found(wider).filter { $0.rowID != itself }.prefix(request.limit))
    }

    private func found(_ request: LegRequest) throws(Diagnostic) -> [SearchHit] {
        if retriever != nil || guidance != nil { return try learned(request) }
        if parts.count == 1, !parts[0].holdsPassages {
            let range = TextHitRange(
                minimum: request.minimumScore.map { Self.atLeast($0) } ?? 0,
                after: request.after.map { .init(score: Float($0.score), rowid: $0.rowID, key: $0.key) })
            return try hits(part: 0, request.limit, request.filter, range)
        }
        func best(_ limit: Int) throws(Diagnostic) -> [SearchHit] {
            var hits = try added(limit, request.filter)
            if let minimum = request.minimumScore { hits.removeAll { $0.score < minimum } }
            return hits
        }
        guard let after = request.after else { return try best(request.limit) }
        return try paged(request, best) { hit throws(Diagnostic) in try isBehind(hit, after) }
    }

    private func isBehind(_ hit: SearchHit, _ after: SearchCursor.Place) throws(Diagnostic) -> Bool {
        if hit.score != after.score { return hit.score < after.score }
        let key = try key(hit.rowID)
        return key == after.key ? hit.rowID > after.rowID : after.key.lexicographicallyPrecedes(key)
    }

    /// By a trained version and by feedback: their scores, equal ones by primary key.
    private func learned(_ request: LegRequest) throws(Diagnostic) -> [SearchHit] {
        func unguided(_ limit: Int) throws(Diagnostic) -> [SearchHit] {
            if let retriever { return try retriever.hits(text, limit: limit, filter: request.filter) }
            return try hits(part: 0, limit, request.filter)
        }
        func best(_ limit: Int) throws(Diagnostic) -> [SearchHit] {
            var hits =
                if let guidance {
                    try guidance.hits(limit: limit, filter: request.filter, unguided)
                } else {
                    try unguided(limit)
                }
            if let minimum = request.minimumScore { hits.removeAll { $0.score < minimum } }
            try context.rank(&hits, of: table)
            return Array(hits.prefix(limit))
        }
        guard let after = request.after else { return try best(request.limit) }
        return try paged(request, best) { hit throws(Diagnostic) in try isBehind(hit, after) }
    }

    /// The lowest single-precision score that is at least `minimum`.
    private static func atLeast(_ minimum: Double) -> Float {
        let rounded = Float(minimum)
        return max(0, Double(rounded) < minimum ? rounded.nextUp : rounded)
    }

    private func hits(
        part: Int, _ limit: Int, _ filter: [Int64]?, _ range: TextHitRange = .all
    ) throws(Diagnostic) -> [SearchHit] {
        try parts[part].hits(patterns[part], limit: limit, filter: filter.map { .rowids($0) } ?? .all, range: range)
            .map { SearchHit(rowID: $0.rowid, score: Double($0.score)) }
    }

    /// The best by the sum over the indexes (the threshold algorithm of Fagin, Lotem and Naor 2001): looks deeper into the
    /// rankings until nothing below can be among the best.
    private func added(_ limit: Int, _ filter: [Int64]?) throws(Diagnostic) -> [SearchHit] {
        if limit == 0 { return [] }
        var depth = max(100, limit)
        while true {
            var scores: [[Int64: Double]] = []
            var lists: [[SearchHit]] = []
            for part in parts.indices { lists.append(try hits(part: part, depth, filter)) }
            let rowIDs = Array(Set(lists.joined().lazy.map(\.rowID))).sorted()
            // No row that is in none of the lists has a higher sum.
            var bound = 0.0
            for (part, list) in lists.enumerated() {
                var known = Dictionary(list.map { ($0.rowID, $0.score) }, uniquingKeysWith: { first, _ in first })
                if list.count == depth, let last = list.last {
                    bound += last.score
                    let missing = rowIDs.filter { known[$0] == nil }
                    for hit in try hits(part: part, missing.count, missing) { known[hit.rowID] = hit.score }
                }
                scores.append(known)
            }
            var sums = rowIDs.map { rowID in
                SearchHit(rowID: rowID, score: scores.reduce(0) { $0 + ($1[rowID] ?? 0) })
            }
            try context.rank(&sums, of: table)
            if bound == 0 || (sums.count >= limit && sums[limit - 1].score > bound) {
                return Array(sums.prefix(limit))
            }
            depth *= 4
        }
    }

    private func key(_ rowID: Int64) throws(Diagnostic) -> [UInt8] {
        for part in parts {
            let key = try part.key(rowID)
            if !key.isEmpty { return key }
        }
        return []
    }

    func place(_ hit: SearchHit) throws(Diagnostic) -> SearchCursor.Place {
        SearchCursor.Place(score: hit.score, rowID: hit.rowID, key: try key(hit.rowID))
    }

    func statistics() throws(Diagnostic) -> [TextStatistics] {
        var result: [TextStatistics] = []
        for (part, pattern) in zip(parts, patterns) {
            var statistics = try part.statistics(pattern)
            if itself != nil, case .words(let query) = pattern { statistics.terms = query.terms.map(\.bytes) }
            result.append(statistics)
        }
        return result
    }

    func why(_ hit: SearchHit) throws(Diagnostic) -> String {
        var members: [String] = []
        for (part, pattern) in zip(parts, patterns) { members.append(try part.why(hit.rowID, pattern)) }
        if let retriever { members[0] += ",\(try retriever.why(hit.rowID, text))" }
        if let feedback = guidance?.why(hit.rowID) { members[0] += ",\(feedback)" }
        if members.count == 1 { return members[0] }
        let objects = members.map { "{\($0)}" }.joined(separator: ",")
        return "\"score\":\(TextExplanation.rounded(hit.score)),\"indexes\":[\(objects)]"
    }

    // MARK: Passages

    /// The index in which the column is searched, else one that knows its words, else the first.
    private func part(of column: Int) -> Int {
        parts.firstIndex { $0.searches(column) } ?? parts.firstIndex { $0.index.columns.contains(column) } ?? 0
    }

    func searches(_ column: Int) -> Bool { parts.contains { $0.searches(column) } }

    func snippet(_ body: String, column: Int, rowID: Int64) -> String {
        let part = parts[part(of: column)]
        return TextSnippet.make(matches(part.passage(of: body, rowID), column: column))
    }

    /// Whether the column's words are known by passages.
    func holdsPassages(of column: Int) -> Bool { passagePart(of: column) != nil }

    private func passagePart(of column: Int) -> Int? {
        parts.firstIndex { $0.holdsPassages && $0.index.columns.contains(column) }
    }

    /// The column's piece of the passage by which a row is found; nil where the column has none.
    func passage(_ body: String, column: Int, rowID: Int64) throws(Diagnostic) -> String? {
        guard let part = passagePart(of: column) else { return nil }
        return try parts[part].passage(of: body, rowID, patterns[part])
    }

    /// Where the text of a column matches.
    func matches(_ body: String, column: Int) -> TextMatches {
        let part = part(of: column)
        return parts[part].matches(body, column: column, patterns[part])
    }
}
