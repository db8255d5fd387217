// The nearest rows of one table, by a vector index or by the rows themselves.

import MartletCatalog
import MartletCore
import MartletExpressions
import MartletPlanning
import MartletStorage
import MartletVectors

struct VectorSearch {
    private let context: ExecutionContext
    private let near: SearchPlan.Near
    private let table: Table
    private let vectors: RowVectors

    init(_ context: ExecutionContext, _ near: SearchPlan.Near, _ table: Table, _ vectors: RowVectors) {
        self.context = context
        self.near = near
        self.table = table
        self.vectors = vectors
    }

    /// Higher is better: the cosine or inner product, or the negated distance.
    static func score(_ metric: VectorOptions.Metric, _ distance: Double) -> Double {
        // 0 − x, so that no distance gives no negative zero.
        metric == .cosine ? 1 - distance : 0 - distance
    }

    /// How many near rows a graph is asked for.
    static func size(_ near: SearchPlan.Near, limit: Int) -> Int {
        near.size
            ?? (near.index?.vectorOptions?.estimates == true
                ? VectorSearcher.sampleSize(k: limit) : max(64, 2 * limit))
    }

    /// - Parameters:
    ///   - filter: the row ids that may be found, ascending; nil for all.
    ///   - figures: what was done with an index; nil where the rows themselves were compared.
    func hits(
        _ query: [Float], limit: Int, within: Double?, filter: [Int64]?, figures: inout VectorSearchFigures?
    ) throws(Diagnostic) -> [VectorHit] {
        if let within, within.isNaN || limit == 0 { return [] }
        let estimates = near.index?.vectorOptions?.estimates ?? false
        guard let index = near.index, !(near.isExact && estimates) else {
            return try scan(query, limit: limit, within: within, filter: filter)
        }
        let workspaces = context.vectorWorkspaces ?? VectorWorkspaces()
        let reader = try VectorIndexReader(objectID: index.id, in: context.view, workspaces)
        let mode: VectorSearchMode =
            near.isExact || reader.definition.structure == .flat && !estimates
            ? .exact : .approximate(size: Self.size(near, limit: limit), lists: near.probes)
        let searcher = VectorSearcher(
            reader.segments, source: vectors, workspaces: workspaces)
        var done = VectorSearchFigures()
        defer { figures = done }
        return try searcher.search(
            query, metric: reader.definition.metric, k: limit, mode: mode, filter: filter, within: within,
            figures: &done)
    }

    /// Compares the rows themselves.
    private func scan(
        _ query: [Float], limit: Int, within: Double?, filter: [Int64]?
    ) throws(Diagnostic) -> [VectorHit] {
        var nearest = try NearestRows(query, metric: VectorMetric(near.metric), k: limit, within: within)
        if let filter {
            for (number, rowID) in filter.enumerated() {
                if number % Limits.rowsPerBatch == 0 { try context.cancellation.check() }
                if let floats = try vectors.floats(ofRowIfAny: rowID) { nearest.offer(rowID, floats) }
            }
            return nearest.sorted()
        }
        var cursor = try context.view.cursor(KeyPrefix(.row, table.id))
        var found = try cursor.first()
        var number = 0
        while found {
            number += 1
            if number % Limits.rowsPerBatch == 0 { try context.cancellation.check() }
            if let floats = try vectors.floats(inRow: cursor.value) {
                nearest.offer(try RowKey.rowID(cursor.keySuffix), floats)
            }
            found = try cursor.next()
        }
        return nearest.sorted()
    }
}
