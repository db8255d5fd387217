// SEARCH … NEAR: ranks rows by the distance of their vectors.

import MartletCatalog
import MartletCore
import MartletExpressions
import MartletFormats
import MartletPlanning
import MartletStorage
import MartletVectors

/// Gives the hits nearest first, equal ones by row id.
///
/// The filter's row ids are collected first and looked for inside of the search, so that there are as many hits as
/// match, up to the limit.
final class VectorSearchOperator: Operator {
    private let context: ExecutionContext
    private let plan: SearchPlan
    private let near: SearchPlan.Near
    private let filter: (any Operator)?
    private var isDone = false

    init(
        _ context: ExecutionContext, _ plan: SearchPlan, _ near: SearchPlan.Near, filter: (any Operator)?
    ) throws(Diagnostic) {
        self.context = context
        self.plan = plan
        self.near = near
        self.filter = filter
    }

    func next() throws(Diagnostic) -> Batch? {
        if isDone { return nil }
        isDone = true
        let limit = try context.count(plan.limit, "LIMIT") ?? SearchPlan.defaultLimit
        guard limit <= Limits.searchResults else {
            throw Diagnostic(
                .limitExceeded, "a SEARCH returns at most \(Limits.searchResults) rows", at: plan.limit.range)
        }
        var within: Double?
        if let bound = near.within {
            guard case .real(let number) = try context.value(bound) else { return nil }
            within = number
        }
        let vectors = try RowVectors(plan.table, column: near.column, in: context.view)
        guard let (query, itself) = try target(vectors) else { return nil }
        let search = VectorSearch(context, near, plan.table, vectors)
        var hits = try search.hits(
            query, limit: itself == nil ? limit : limit + 1, within: within, filter: try matchingRows())
        if let itself {
            hits.removeAll { $0.rowID == itself }
            hits = Array(hits.prefix(limit))
        }
        return try rows(hits)
    }

    /// The vector to compare with, and the row that it belongs to; nil: nothing is near NULL.
    private func target(_ vectors: RowVectors) throws(Diagnostic) -> (query: [Float], itself: Int64?)? {
        switch near.target {
        case .vector(let expression):
            guard case .vector(let vector) = try context.value(expression) else { return nil }
            return (VectorFormat.unpack(vector), nil)
        case .row(let expression):
            let key = try context.value(expression)
            if key.isNull { return nil }
            guard let rowID = try rowID(ofKey: key) else {
                throw Diagnostic(
                    .unknownObject, "table \(plan.table.name) has no row \(BoundExpression.literal(key))",
                    at: expression.range)
            }
            guard let floats = try vectors.floats(ofRowIfAny: rowID) else { return nil }
            return (
                [Float](unsafeUninitializedCapacity: floats.count / 4) { buffer, count in
                    UnsafeMutableRawBufferPointer(buffer).copyMemory(from: floats)
                    count = floats.count / 4
                }, rowID
            )
        }
    }

    private func rowID(ofKey key: Value) throws(Diagnostic) -> Int64? {
        let table = plan.table
        if table.rowIDColumn != nil {
            guard case .integer(let rowID) = key else { return nil }
            return try context.view.get(RowKey.key(table.id, rowID)) == nil ? nil : rowID
        }
        guard let index = context.catalog.indexes(of: table.id).first(where: { $0.uniqueColumns == table.primaryKey })
        else { throw Diagnostic(.corrupt, "table \(table.name) has no index of its primary key") }
        var values = [Value](repeating: .null, count: table.columns.count)
        values[table.primaryKey[0]] = key
        let maker = try EntryMaker(try Binder.bound(index, of: table, in: context.catalog), table)
        guard let entry = try maker.entry(values, 0)?.key, let found = try context.view.get(entry) else { return nil }
        return try entry.bytes.withRawBytes { (bytes) throws(Diagnostic) in
            try IndexEntry.rowID(key: bytes, value: found)
        }
    }

    private func matchingRows() throws(Diagnostic) -> [Int64]? {
        guard let filter else { return nil }
        var rowIDs: [Int64] = []
        while let batch = try filter.next() {
            if case .integers(let values) = batch.columns[0].storage { rowIDs.append(contentsOf: values) }
        }
        // Scans of an index come in the index's order.
        rowIDs.sort()
        return rowIDs
    }

    private func rows(_ hits: [VectorHit]) throws(Diagnostic) -> Batch {
        let scan = Scan(table: plan.table, alias: plan.alias, columns: plan.columns, includesRowID: true)
        let fetched = try context.rows(scan, hits.map(\.rowID))
        guard fetched.count == hits.count else {
            throw Diagnostic(
                .corrupt,
                "index \(near.index?.name ?? "") names rows that table \(plan.table.name) does not have")
        }
        var columns = fetched.columns
        columns.append(
            Column(type: .real, storage: .reals(hits.map { VectorSearch.score(near.metric, $0.distance) })))
        return Batch(columns: columns, count: hits.count)
    }
}
