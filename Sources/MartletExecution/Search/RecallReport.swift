// EXPLAIN (RECALL): searches by vectors beside exact ones.

import MartletCatalog
package import MartletCore
import MartletExpressions
package import MartletPlanning
import MartletVectors

/// Runs each NEAR leg as the statement does, then exactly, then with an `ef` or `probes` that doubles until enough rows are
/// found; all but the exact one three times, of which the shortest counts.
package struct RecallReport {
    private let context: ExecutionContext
    private var rows: [[Value]] = []

    /// The rows of `RecallPlan.columns`.
    ///
    /// Costs the search, an exact one, and one for each `ef` or `probes` that is tried.
    package static func batch(_ plan: PhysicalPlan, _ context: ExecutionContext) throws(Diagnostic) -> Batch {
        var report = RecallReport(context: context)
        for search in RecallPlan.searches(of: plan) { try report.add(search) }
        return Batch(rows: report.rows, types: RecallPlan.columns.map(\.type))
    }

    private init(context: ExecutionContext) { self.context = context }

    private mutating func add(_ plan: PhysicalPlan) throws(Diagnostic) {
        guard case .search(let search) = plan.operation else { return }
        let limit = try context.count(search.limit, "LIMIT") ?? SearchPlan.defaultLimit
        let wanted = search.fusion?.candidateCount(limit: limit) ?? limit
        guard wanted <= Limits.searchResults else {
            throw Diagnostic(
                .limitExceeded, "a SEARCH returns at most \(Limits.searchResults) rows", at: search.limit.range)
        }
        let filter = try (search.filter == nil ? nil : plan.inputs.first).map { ids throws(Diagnostic) in
            try OperatorBuilder(context).build(ids).rowIDs()
        }
        let request = LegRequest(limit: wanted, filter: filter, minimumScore: nil)
        for case .near(let near) in search.legs.map(\.source) { try add(near, search, request) }
    }

    private struct Found {
        var rowIDs: Set<Int64>
        var path: String
        var milliseconds: Double
    }

    private mutating func add(
        _ near: SearchPlan.Near, _ search: SearchPlan, _ request: LegRequest
    ) throws(Diagnostic) {
        let name = search.table.columns[near.column].name
        func run(_ near: SearchPlan.Near) throws(Diagnostic) -> Found? {
            try context.cancellation.check()
            guard let leg = try NearLeg(context, search.table, near) else { return nil }
            let clock = ContinuousClock()
            var hits: [SearchHit] = []
            var milliseconds = Double.infinity
            // The first run brings near what the exact search drove out.
            for _ in 0..<(near.isExact ? 1 : 3) {
                let start = clock.now
                hits = try leg.hits(request)
                milliseconds = min(milliseconds, (clock.now - start) / .milliseconds(1))
            }
            let path =
                near.index == nil || leg.figures == nil
                ? "rows"
                : leg.figures?.walkedSegments ?? 0 > 0
                    ? "walk" : leg.figures?.probedSegments ?? 0 > 0 ? "lists" : "scan"
            return Found(rowIDs: Set(hits.map(\.rowID)), path: path, milliseconds: milliseconds)
        }
        let options = near.index?.vectorOptions
        // What estimates miss lies in the size of their sample.
        let looksIntoLists = options?.structure == .ivf && options?.estimates != true
        var exactNear = near
        exactNear.isExact = true
        guard let exact = try run(exactNear) else { return }
        func recall(_ found: Found) -> Double {
            exact.rowIDs.isEmpty
                ? 1 : Double(found.rowIDs.intersection(exact.rowIDs).count) / Double(exact.rowIDs.count)
        }
        func row(_ found: Found, _ breadth: Int?, _ note: String) -> [Value] {
            let shown = breadth.map { Value.integer(Int64($0)) } ?? .null
            return [
                .text(name), looksIntoLists ? .null : shown, looksIntoLists ? shown : .null, .text(found.path),
                .integer(Int64(exact.rowIDs.count)), .integer(Int64(found.rowIDs.intersection(exact.rowIDs).count)),
                .real(recall(found)), .real(found.milliseconds), note.isEmpty ? .null : .text(note),
            ]
        }
        guard let own = try run(near) else { return }
        let isApproximate = (options?.isApproximate == true || options?.estimates == true) && !near.isExact
        let ownBreadth = looksIntoLists ? near.probes : VectorSearch.size(near, limit: request.limit)
        rows.append(row(own, isApproximate ? ownBreadth : nil, "this search"))
        rows.append(row(exact, nil, "exact search"))
        guard isApproximate, own.path == "walk" || own.path == "lists" || options?.estimates == true else { return }
        let range = looksIntoLists ? SearchPlan.Near.probeRange : SearchPlan.Near.sizeRange
        var breadth = looksIntoLists ? 1 : max(1, min(request.limit, range.upperBound))
        while true {
            var tried = near
            if looksIntoLists { tried.probes = breadth } else { tried.size = breadth }
            guard let found = try run(tried) else { return }
            let isEnough = recall(found) >= RecallPlan.goal
            rows.append(row(found, breadth, isEnough ? "enough for \(RecallPlan.goal)" : ""))
            if isEnough || breadth == range.upperBound { return }
            breadth = min(2 * breadth, range.upperBound)
        }
    }
}
