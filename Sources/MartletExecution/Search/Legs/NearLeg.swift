// NEAR: a leg that ranks rows by the distance of their vectors.

import MartletCatalog
import MartletCore
import MartletExpressions
import MartletFormats
import MartletPlanning
import MartletStorage
import MartletText
import MartletVectors

/// Nearest first, equal ones by row id.
final class NearLeg: SearchLeg {
    private let context: ExecutionContext
    private let table: Table
    private let near: SearchPlan.Near
    private let within: Double?
    private let vectors: RowVectors
    /// The vector to compare with.
    private let query: [Float]
    /// The row that the vector belongs to, which is not found.
    private let itself: Int64?
    /// What the last search did with an index.
    private(set) var figures: VectorSearchFigures?

    /// nil: nothing is near NULL.
    init?(_ context: ExecutionContext, _ table: Table, _ near: SearchPlan.Near) throws(Diagnostic) {
        self.context = context
        self.table = table
        self.near = near
        if let bound = near.within {
            guard case .real(let number) = try context.value(bound) else { return nil }
            within = number
        } else {
            within = nil
        }
        vectors = try RowVectors(table, column: near.column, layout: near.layout, in: context.view)
        guard let (query, itself) = try Self.target(context, table, near, vectors) else { return nil }
        self.query = query
        self.itself = itself
    }

    private static func target(
        _ context: ExecutionContext, _ table: Table, _ near: SearchPlan.Near, _ vectors: RowVectors
    ) throws(Diagnostic) -> (query: [Float], itself: Int64?)? {
        switch near.target {
        case .vector(let expression):
            guard case .vector(let vector) = try context.value(expression) else { return nil }
            return (VectorFormat.unpack(vector), nil)
        case .row(let expression):
            let key = try context.value(expression)
            if key.isNull { return nil }
            let rowID = try context.row(withKey: key, table, at: expression.range)
            guard let floats = try vectors.floats(ofRowIfAny: rowID) else { return nil }
            return (
                [Float](unsafeUninitializedCapacity: floats.count / 4) { buffer, count in
                    UnsafeMutableRawBufferPointer(buffer).copyMemory(from: floats)
                    count = floats.count / 4
                }, rowID
            )
        }
    }

    func hits(_ request: LegRequest) throws(Diagnostic) -> [SearchHit] {
        let search = VectorSearch(context, near, table, vectors)
        let metric = near.metric
        func best(_ limit: Int) throws(Diagnostic) -> [SearchHit] {
            var hits = try search.hits(
                query, limit: itself == nil ? limit : limit + 1, within: within, filter: request.filter,
                figures: &figures)
            if let itself {
                hits.removeAll { $0.rowID == itself }
                hits = Array(hits.prefix(limit))
            }
            var found = hits.map { SearchHit(rowID: $0.rowID, score: VectorSearch.score(metric, $0.distance)) }
            if let minimum = request.minimumScore { found.removeAll { $0.score < minimum } }
            return found
        }
        guard let after = request.after else { return try best(request.limit) }
        return try paged(request, best) { hit in
            hit.score != after.score ? hit.score < after.score : hit.rowID > after.rowID
        }
    }

    func place(_ hit: SearchHit) -> SearchCursor.Place {
        SearchCursor.Place(score: hit.score, rowID: hit.rowID, key: [])
    }

    func statistics() -> [TextStatistics] { [] }

    func why(_ hit: SearchHit) -> String {
        "\"score\":\(TextExplanation.rounded(hit.score)),\"near\":\(TextExplanation.quoted(table.columns[near.column].name)),"
            + "\"metric\":\"\(near.metric.rawValue)\""
    }
}

extension ExecutionContext {
    /// The row that NEAR ROW names.
    func row(withKey key: Value, _ table: Table, at range: SourceRange) throws(Diagnostic) -> Int64 {
        if let rowID = try rowID(ofKey: key, table) { return rowID }
        throw Diagnostic(
            .unknownObject, "table \(table.name) has no row \(BoundExpression.literal(key))", at: range)
    }

    /// The row with a primary key of one column.
    func rowID(ofKey key: Value, _ table: Table) throws(Diagnostic) -> Int64? {
        if table.rowIDColumn != nil {
            guard case .integer(let rowID) = key else { return nil }
            return try view.get(RowKey.key(table.id, rowID)) == nil ? nil : rowID
        }
        guard let index = catalog.indexes(of: table.id).first(where: { $0.uniqueColumns == table.primaryKey })
        else { throw Diagnostic(.corrupt, "table \(table.name) has no index of its primary key") }
        var values = [Value](repeating: .null, count: table.columns.count)
        values[table.primaryKey[0]] = key
        let maker = try EntryMaker(try Binder.bound(index, of: table, in: catalog), table)
        guard let entry = try maker.entry(values, 0)?.key, let found = try view.get(entry) else { return nil }
        return try entry.bytes.withRawBytes { (bytes) throws(Diagnostic) in
            try IndexEntry.rowID(key: bytes, value: found)
        }
    }
}
