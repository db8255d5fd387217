// neighbours(): a join of rows with their nearest ones.

import MartletCatalog
import MartletCore
import MartletExpressions
import MartletKernels
import MartletPlanning
import MartletStorage
import MartletVectors

/// Gives, for each row with a vector in the order of row ids, its nearest rows, nearest first.
///
/// Takes some hundred rows at a time. With a graph each of them walks it; else they are compared with all rows together.
final class NeighboursOperator: Operator {
    private let context: ExecutionContext
    private let plan: NeighboursPlan
    private let count: BoundExpression
    private var cursor: Cursor?
    private var isDone = false
    private static let rowsAtOnce = 512

    init(_ context: ExecutionContext, _ plan: NeighboursPlan, count: BoundExpression) {
        self.context = context
        self.plan = plan
        self.count = count
    }

    func next() throws(Diagnostic) -> Batch? {
        guard !isDone, let limit = try context.count(count, "neighbours()") else { return nil }
        guard limit <= Limits.searchResults / Self.rowsAtOnce else {
            throw Diagnostic(
                .limitExceeded, "neighbours() gives at most \(Limits.searchResults / Self.rowsAtOnce) rows for each",
                at: count.range)
        }
        while true {
            try context.cancellation.check()
            let (rowIDs, queries) = try read()
            if rowIDs.isEmpty {
                isDone = true
                return nil
            }
            let found = try nearest(queries, limit: plan.isWithinTable ? limit + 1 : limit)
            var rows: [Int64] = []
            var hits: [VectorHit] = []
            var ranks: [Int64] = []
            for (rowID, near) in zip(rowIDs, found) {
                let others = plan.isWithinTable ? near.filter { $0.rowID != rowID } : near
                for (rank, hit) in others.prefix(limit).enumerated() {
                    rows.append(rowID)
                    hits.append(hit)
                    ranks.append(Int64(rank + 1))
                }
            }
            if hits.isEmpty { continue }
            return Batch(
                columns: [
                    try keys(rows, of: plan.queryTable), try keys(hits.map(\.rowID), of: plan.table),
                    Column(type: .integer, storage: .integers(ranks)),
                    Column(
                        type: .real, storage: .reals(hits.map { VectorSearch.score(plan.metric, $0.distance) })),
                ], count: hits.count)
        }
    }

    /// The next rows that have a vector.
    private func read() throws(Diagnostic) -> (rowIDs: [Int64], queries: [[Float]]) {
        let vectors = try RowVectors(plan.queryTable, column: plan.queryColumn, in: context.view)
        if cursor == nil { cursor = try context.view.cursor(KeyPrefix(.row, plan.queryTable.id)) }
        var rowIDs: [Int64] = []
        var queries: [[Float]] = []
        while rowIDs.count < Self.rowsAtOnce, try cursor!.next() {
            guard let floats = try vectors.floats(inRow: cursor!.value) else { continue }
            let rowID = try RowKey.rowID(cursor!.keySuffix)
            let query = [Float](unsafeUninitializedCapacity: floats.count / 4) { buffer, count in
                UnsafeMutableRawBufferPointer(buffer).copyMemory(from: floats)
                count = floats.count / 4
            }
            do {
                _ = try NearestRows(query, metric: VectorMetric(plan.metric), k: 0)
            } catch {
                throw error.located("table \(plan.queryTable.name), row \(rowID)")
            }
            rowIDs.append(rowID)
            queries.append(query)
        }
        return (rowIDs, queries)
    }

    private func nearest(_ queries: [[Float]], limit: Int) throws(Diagnostic) -> [[VectorHit]] {
        let view = context.view
        let threads = view.isWritable ? 1 : context.threads
        let source = { @Sendable [plan] () throws(Diagnostic) -> any VectorSource in
            try RowVectors(plan.table, column: plan.column, in: view)
        }
        guard let index = plan.index else { return try compared(queries, limit: limit) }
        let workspaces = context.vectorWorkspaces ?? VectorWorkspaces()
        let reader = try VectorIndexReader(objectID: index.id, in: view, workspaces)
        let segments = reader.segments
        let metric = reader.definition.metric
        guard reader.definition.structure != .flat else {
            return try VectorSearcher.search(
                queries, among: segments, metric: metric, k: limit, threads: threads, workspaces: workspaces,
                source: source)
        }
        let near = SearchPlan.Near(
            column: plan.column, target: .vector(count), index: index, metric: plan.metric)
        let size = VectorSearch.size(near, limit: limit)
        let portion = 16
        let found = try Parallel.map(count: (queries.count + portion - 1) / portion, threads: threads) {
            (part) throws(Diagnostic) -> [[VectorHit]] in
            let searcher = VectorSearcher(segments, source: try source(), workspaces: workspaces)
            var figures = VectorSearchFigures()
            var hits: [[VectorHit]] = []
            for query in queries[part * portion..<min(queries.count, (part + 1) * portion)] {
                hits.append(
                    try searcher.search(
                        query, metric: metric, k: limit, mode: .approximate(size: size), figures: &figures))
            }
            return hits
        }
        return found.flatMap { $0 }
    }

    /// Without an index: one pass over the rows.
    private func compared(_ queries: [[Float]], limit: Int) throws(Diagnostic) -> [[VectorHit]] {
        var nearest: [NearestRows] = []
        for query in queries { nearest.append(try NearestRows(query, metric: VectorMetric(plan.metric), k: limit)) }
        let vectors = try RowVectors(plan.table, column: plan.column, in: context.view)
        var rows = try context.view.cursor(KeyPrefix(.row, plan.table.id))
        var number = 0
        while try rows.next() {
            number += 1
            if number % 64 == 0 { try context.cancellation.check() }
            guard let floats = try vectors.floats(inRow: rows.value) else { continue }
            let rowID = try RowKey.rowID(rows.keySuffix)
            for index in nearest.indices { nearest[index].offer(rowID, floats) }
        }
        return nearest.map { $0.sorted() }
    }

    /// The primary keys of rows, or their ids.
    private func keys(_ rowIDs: [Int64], of table: Table) throws(Diagnostic) -> Column {
        guard table.primaryKey.count == 1, table.rowIDColumn == nil else {
            return Column(type: .integer, storage: .integers(rowIDs))
        }
        let scan = Scan(table: table, alias: table.name, columns: table.primaryKey, includesRowID: false)
        return try context.rows(scan, rowIDs, namedBy: "a vector index").columns[0]
    }
}
