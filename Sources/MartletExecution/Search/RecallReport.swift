// EXPLAIN (RECALL): searches by vectors beside exact ones.

import MartletCatalog
package import MartletCore
import MartletExpressions
package import MartletPlanning
import MartletVectors

/// Runs each NEAR leg as the statement does, then exactly, then with an `ef` that doubles until enough rows are found; all
/// but the exact one three times, of which the shortest counts.
package struct RecallReport {
    private let context: ExecutionContext
    private var rows: [[Value]] = []

    /// The rows of `RecallPlan.columns`.
    ///
    /// Costs the search, an exact one, and one for each `ef` that is tried.
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
        let filter = try plan.inputs.first.map { ids throws(Diagnostic) in
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
        func run(size: Int?, isExact: Bool) throws(Diagnostic) -> Found? {
            try context.cancellation.check()
            var near = near
            near.size = size
            near.isExact = isExact
            guard let leg = try NearLeg(context, search.table, near) else { return nil }
            let clock = ContinuousClock()
            var hits: [SearchHit] = []
            var milliseconds = Double.infinity
            // The first run brings near what the exact search drove out.
            for _ in 0..<(isExact ? 1 : 3) {
                let start = clock.now
                hits = try leg.hits(request)
                milliseconds = min(milliseconds, (clock.now - start) / .milliseconds(1))
            }
            let path =
                near.index == nil || leg.figures == nil
                ? "rows" : leg.figures?.walkedSegments ?? 0 == 0 ? "scan" : "walk"
            return Found(rowIDs: Set(hits.map(\.rowID)), path: path, milliseconds: milliseconds)
        }
        guard let exact = try run(size: nil, isExact: true) else { return }
        func recall(_ found: Found) -> Double {
            exact.rowIDs.isEmpty
                ? 1 : Double(found.rowIDs.intersection(exact.rowIDs).count) / Double(exact.rowIDs.count)
        }
        func row(_ found: Found, size: Int?, _ note: String) -> [Value] {
            [
                .text(name), size.map { .integer(Int64($0)) } ?? .null, .text(found.path),
                .integer(Int64(exact.rowIDs.count)), .integer(Int64(found.rowIDs.intersection(exact.rowIDs).count)),
                .real(recall(found)), .real(found.milliseconds), note.isEmpty ? .null : .text(note),
            ]
        }
        guard let own = try run(size: near.size, isExact: near.isExact) else { return }
        let options = near.index?.vectorOptions
        let walks = (options?.structure == .hnsw || options?.estimates == true) && !near.isExact
        rows.append(
            row(own, size: walks ? VectorSearch.size(near, limit: request.limit) : nil, "this search"))
        rows.append(row(exact, size: nil, "exact search"))
        guard walks, own.path == "walk" || options?.estimates == true else { return }
        var size = max(1, min(request.limit, SearchPlan.Near.sizeRange.upperBound))
        while true {
            guard let found = try run(size: size, isExact: false) else { return }
            let isEnough = recall(found) >= RecallPlan.goal
            rows.append(row(found, size: size, isEnough ? "enough for \(RecallPlan.goal)" : ""))
            if isEnough || size == SearchPlan.Near.sizeRange.upperBound { return }
            size = min(2 * size, SearchPlan.Near.sizeRange.upperBound)
        }
    }
}
