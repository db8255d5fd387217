// What every leg of a SEARCH can do.

import MartletCore
import MartletPlanning
import MartletText

/// A row that a leg found, or that several did together.
struct SearchHit: Hashable, Sendable {
    var rowID: Int64
    /// Higher is better.
    var score: Double
}

/// What a leg is asked for.
struct LegRequest {
    /// How many rows at most.
    var limit: Int
    /// The row ids that may be found, ascending; nil for all.
    var filter: [Int64]?
    /// No lower scores.
    var minimumScore: Double?
    /// Only what ranks behind this place.
    var after: SearchCursor.Place?
}

/// One way of ranking rows, open in one transaction. Used by one thread at a time.
protocol SearchLeg: AnyObject {
    /// The best rows by falling score: never fewer than the limit when as many can be found.
    func hits(_ request: LegRequest) throws(Diagnostic) -> [SearchHit]

    /// The place of a hit in the leg's ranking, for a cursor.
    func place(_ hit: SearchHit) throws(Diagnostic) -> SearchCursor.Place

    /// What the leg's scores depend on beside the rows, one for each text index.
    func statistics() throws(Diagnostic) -> [TextStatistics]

    /// The members of a JSON object that tell how a row came by its score in this leg.
    func why(_ hit: SearchHit) throws(Diagnostic) -> String
}

extension SearchLeg {
    /// The scores of those of some rows, ascending ids, that the leg finds at all.
    func scores(_ rowIDs: [Int64]) throws(Diagnostic) -> [Int64: Double] {
        let hits = try hits(LegRequest(limit: rowIDs.count, filter: rowIDs))
        return Dictionary(hits.map { ($0.rowID, $0.score) }, uniquingKeysWith: { first, _ in first })
    }

    /// Asks for more and more until the limit is reached behind the place: for legs that cannot begin there.
    func paged(
        _ request: LegRequest, _ best: (_ limit: Int) throws(Diagnostic) -> [SearchHit],
        _ isBehind: (SearchHit) throws(Diagnostic) -> Bool
    ) throws(Diagnostic) -> [SearchHit] {
        var wanted = request.limit
        while true {
            let all = try best(wanted)
            var hits: [SearchHit] = []
            for hit in all where try isBehind(hit) { hits.append(hit) }
            if hits.count >= request.limit || all.count < wanted { return Array(hits.prefix(request.limit)) }
            wanted += max(request.limit, wanted)
        }
    }
}
