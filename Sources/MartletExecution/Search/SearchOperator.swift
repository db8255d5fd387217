// SEARCH: ranks rows by its legs and fetches the best.

import MartletCatalog
import MartletCore
import MartletExpressions
import MartletKernels
import MartletPlanning
import MartletText

/// Gives the hits in order: score descending, then primary key ascending, unless ORDER BY wants another.
///
/// The filter's row ids are collected first and looked for inside each leg, so that there are as many hits as match, up to
/// the limit.
final class SearchOperator: Operator {
    private let context: ExecutionContext
    private let plan: SearchPlan
    private let filter: (any Operator)?
    private let inOrder: (any Operator)?
    private var isDone = false

    /// - Parameters:
    ///   - filter: the ids of the rows that pass.
    ///   - inOrder: the keys and ids of the rows that pass, in the order of ORDER BY.
    init(
        _ context: ExecutionContext, _ plan: SearchPlan, filter: (any Operator)?, inOrder: (any Operator)?
    ) {
        self.context = context
        self.plan = plan
        self.filter = filter
        self.inOrder = inOrder
    }

    func next() throws(Diagnostic) -> Batch? {
        if isDone { return nil }
        isDone = true
        let limit = try context.count(plan.limit, "LIMIT") ?? SearchPlan.defaultLimit
        guard limit <= Limits.searchResults else {
            throw Diagnostic(
                .limitExceeded, "a SEARCH returns at most \(Limits.searchResults) rows", at: plan.limit.range)
        }
        var cursor: SearchCursor?
        if let after = plan.after {
            // Behind nothing is the first page.
            if case .text(let text) = try context.value(after) { cursor = try self.cursor(text, after.range) }
        }
        let rows = SearchRows(context, plan)
        if let order = plan.order, let inOrder {
            return try ordered(try OrderedSearch(context, order, rows: inOrder), limit, cursor, rows)
        }
        if plan.fusion == nil, plan.reranking == nil { return try single(limit, cursor, rows) }
        return try fused(limit, cursor, rows)
    }

    // MARK: One leg

    private func single(_ limit: Int, _ cursor: SearchCursor?, _ rows: SearchRows) throws(Diagnostic) -> Batch? {
        var request = LegRequest(limit: limit, minimumScore: plan.minimumScore)
        var kept: [TextStatistics]?
        if case .behind(let place, let statistics)? = cursor?.position {
            request.after = place
            kept = statistics
        }
        guard let leg = try open(plan.legs[0], statistics: kept) else { return nil }
        request.filter = try filter?.rowIDs()
        let hits = try leg.hits(request)
        var cursors: [String]?
        if plan.computed.contains(.cursor) {
            let fingerprint = try fingerprint()
            let statistics = if let kept { kept } else { try leg.statistics() }
            var texts: [String] = []
            for hit in hits {
                let position = SearchCursor.Position.behind(try leg.place(hit), statistics: statistics)
                texts.append(SearchCursor(search: fingerprint, position: position).text)
            }
            cursors = texts
        }
        return try rows.batch(hits, [leg], cursors: cursors) { hit throws(Diagnostic) in
            let members = try leg.why(hit)
            return "{\(members)}"
        }
    }

    private func ordered(
        _ search: OrderedSearch, _ limit: Int, _ cursor: SearchCursor?, _ rows: SearchRows
    ) throws(Diagnostic) -> Batch? {
        guard let leg = try open(plan.legs[0]) else { return nil }
        var behind: [UInt8]?
        if case .inOrder(let place)? = cursor?.position { behind = place }
        let request = LegRequest(limit: limit, filter: try filter?.rowIDs(), minimumScore: plan.minimumScore)
        let found = try search.first(of: leg, request, behind: behind)
        var cursors: [String]?
        if plan.computed.contains(.cursor) {
            let fingerprint = try fingerprint()
            cursors = found.map { SearchCursor(search: fingerprint, position: .inOrder($0.place)).text }
        }
        return try rows.batch(found.map(\.hit), [leg], cursors: cursors) { hit throws(Diagnostic) in
            let members = try leg.why(hit)
            return "{\(members)}"
        }
    }

    private func open(
        _ leg: SearchPlan.Leg, statistics: [TextStatistics]? = nil
    ) throws(Diagnostic) -> (any SearchLeg)? {
        switch leg.source {
        case .text(let text): try TextLeg(context, plan.table, text, statistics: statistics)
        case .near(let near): try NearLeg(context, plan.table, near)
        }
    }

    // MARK: Several legs

    private func fused(_ limit: Int, _ cursor: SearchCursor?, _ rows: SearchRows) throws(Diagnostic) -> Batch? {
        var given: [Int64] = []
        if case .without(let rowIDs)? = cursor?.position { given = rowIDs }
        var legs: [any SearchLeg] = []
        var weights: [Double] = []
        for leg in plan.legs {
            guard let opened = try open(leg), let weight = try weight(leg) else { continue }
            legs.append(opened)
            weights.append(weight)
        }
        let filter = try self.filter?.rowIDs()
        let reranking = plan.reranking.map { Reranking(context, plan.table, $0) }
        // The rows of earlier pages are among the best: as many more are looked at.
        let wanted = try reranking?.top(limit: limit + given.count) ?? (limit + given.count)
        var fusion = RankFusion(plan.fusion ?? .standard, legs, weights: weights)
        var hits: [SearchHit]
        if plan.fusion == nil, let leg = legs.first {
            hits = try leg.hits(LegRequest(limit: wanted, filter: filter))
            fusion.rankings = [hits]
        } else {
            hits = try fusion.run(limit: wanted, filter: filter, context, plan.table)
        }
        if let reranking { hits = try reranking.run(Array(hits.prefix(wanted))) }
        if let minimum = plan.minimumScore { hits.removeAll { $0.score < minimum } }
        if !given.isEmpty {
            let known = Set(given)
            hits.removeAll { known.contains($0.rowID) }
        }
        hits = Array(hits.prefix(limit))
        return try rows.batch(hits, legs, cursors: try cursors(hits, given)) { hit throws(Diagnostic) in
            try self.why(hit, legs, fusion)
        }
    }

    private func weight(_ leg: SearchPlan.Leg) throws(Diagnostic) -> Double? {
        guard let weight = leg.weight else { return 1 }
        guard case .real(let number) = try context.value(weight) else { return nil }
        guard number >= 0, number.isFinite else {
            throw Diagnostic(.outOfRange, "WEIGHT must be a number from 0 up", at: weight.range)
        }
        return number
    }

    private func cursors(_ hits: [SearchHit], _ given: [Int64]) throws(Diagnostic) -> [String]? {
        guard plan.computed.contains(.cursor) else { return nil }
        let fingerprint = try fingerprint()
        return hits.indices.map { index in
            let rowIDs = Set(given + hits[...index].map(\.rowID)).sorted()
            return SearchCursor(search: fingerprint, position: .without(rowIDs)).text
        }
    }

    private func why(
        _ hit: SearchHit, _ legs: [any SearchLeg], _ fusion: RankFusion
    ) throws(Diagnostic) -> String {
        var parts: [String] = []
        for (place, rank) in fusion.ranks(hit.rowID).enumerated() {
            guard let rank else {
                parts.append("{\"rank\":null}")
                continue
            }
            let members = try legs[place].why(fusion.hit(rank: rank, leg: place))
            parts.append("{\"rank\":\(rank),\(members)}")
        }
        return "{\"score\":\(TextExplanation.rounded(hit.score)),\"legs\":[\(parts.joined(separator: ","))]}"
    }

    // MARK: Cursors

    private func cursor(_ text: String, _ range: SourceRange) throws(Diagnostic) -> SearchCursor {
        guard let cursor = SearchCursor(text) else {
            throw Diagnostic(
                .invalidCursor, "AFTER takes what cursor() gave in the RETURN of an earlier page", at: range)
        }
        let isSingle = plan.fusion == nil && plan.reranking == nil
        let fits =
            switch cursor.position {
            case .behind(_, let statistics):
                isSingle && plan.order == nil && statistics.map(\.totalLengths.count) == fieldCounts
            case .without: !isSingle
            case .inOrder: plan.order != nil
            }
        guard fits, cursor.search == (try fingerprint()) else {
            throw Diagnostic(
                .invalidCursor, "the cursor is of another SEARCH", at: range,
                hint: "every page is the same SEARCH but for LIMIT and AFTER")
        }
        return cursor
    }

    /// For each text index, its number of columns.
    private var fieldCounts: [Int] {
        var counts: [Int] = []
        for leg in plan.legs {
            if case .text(let text) = leg.source { counts += text.parts.map(\.weights.count) }
        }
        return counts
    }

    /// A checksum of what is searched for: the legs and the order, not the filter or the limit.
    private func fingerprint() throws(Diagnostic) -> UInt32 {
        var key = KeyWriter()
        key.append(.integer(Int64(plan.table.id)))
        for leg in plan.legs {
            switch leg.source {
            case .text(let text):
                key.append(try context.value(text.text))
                switch text.syntax {
                case .words: break
                case .query: key.append(.integer(1))
                case .row: key.append(.integer(2))
                }
                for part in text.parts {
                    key.append(.integer(Int64(part.index.id)))
                    for weight in part.weights { key.append(.real(weight)) }
                }
            case .near(let near):
                key.append(.integer(Int64(near.column)))
                switch near.target {
                case .vector(let vector): key.append(try context.value(vector))
                case .row(let row): key.append(try context.value(row))
                }
            }
            if let weight = leg.weight { key.append(try context.value(weight)) }
        }
        if let order = plan.order { key.append(.text(order.text)) }
        return Checksum.crc32c(key.bytes)
    }
}
