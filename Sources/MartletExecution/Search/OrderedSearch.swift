// SEARCH … ORDER BY: the rows that a leg finds, in the order of their columns.

import MartletCore
import MartletExpressions
import MartletPlanning

/// Where few rows match, these are sorted. Where many do, the table's rows are walked in order, a few at a time, until
/// enough of them match: with an index in that order, reading ends early.
struct OrderedSearch {
    /// So many matches are sorted at most.
    private static let sortedMatches = 4_096
    /// How many rows are looked at together at first, and at most.
    private static let firstRows = 1_024
    private static let mostRows = 65_536

    /// A row, and its keys and row id as bytes that sort as the rows do.
    struct Found {
        var hit: SearchHit
        var place: [UInt8]
    }

    private let context: ExecutionContext
    private let order: SearchPlan.Order
    private let keys: [CompiledExpression]
    /// The keys and row ids of all rows that pass the filter, in order.
    private let rows: any Operator

    init(_ context: ExecutionContext, _ order: SearchPlan.Order, rows: any Operator) throws(Diagnostic) {
        self.context = context
        self.order = order
        self.rows = rows
        keys = try ExpressionCompiler.compile(order.keys.map(\.expression))
    }

    /// The first rows that the leg finds.
    ///
    /// - Parameter behind: a place that all must follow.
    func first(
        of leg: any SearchLeg, _ request: LegRequest, behind: [UInt8]?
    ) throws(Diagnostic) -> [Found] {
        if request.limit == 0 { return [] }
        var few = request
        few.limit = Self.sortedMatches + 1
        let matches = try leg.hits(few)
        if matches.count <= Self.sortedMatches { return try sorted(matches, request.limit, behind) }
        return try walked(leg, request, behind)
    }

    private func sorted(_ matches: [SearchHit], _ limit: Int, _ behind: [UInt8]?) throws(Diagnostic) -> [Found] {
        let rowIDs = matches.map(\.rowID)
        let batch = try context.rows(order.scan, rowIDs, namedBy: "an index of the search")
        var columns: [Column] = []
        for key in keys { columns.append(try key.evaluate(batch, context.evaluation)) }
        var found: [Found] = []
        for (row, hit) in matches.enumerated() {
            let place = place(columns, row, hit.rowID)
            if let behind, !behind.lexicographicallyPrecedes(place) { continue }
            found.append(Found(hit: hit, place: place))
        }
        found.sort { $0.place.lexicographicallyPrecedes($1.place) }
        return Array(found.prefix(limit))
    }

    private func walked(
        _ leg: any SearchLeg, _ request: LegRequest, _ behind: [UInt8]?
    ) throws(Diagnostic) -> [Found] {
        var found: [Found] = []
        var wanted = Self.firstRows
        while true {
            var next: [(rowID: Int64, place: [UInt8])] = []
            var isAtEnd = false
            while next.count < wanted {
                guard let batch = try rows.next() else {
                    isAtEnd = true
                    break
                }
                for row in 0..<batch.count {
                    guard case .integer(let rowID) = batch.columns[keys.count][row] else { continue }
                    let place = place(batch.columns, row, rowID)
                    if let behind, !behind.lexicographicallyPrecedes(place) { continue }
                    next.append((rowID, place))
                }
            }
            let scores = try leg.scores(next.map(\.rowID).sorted())
            for (rowID, place) in next {
                guard let score = scores[rowID], score >= request.minimumScore ?? -.infinity else { continue }
                found.append(Found(hit: SearchHit(rowID: rowID, score: score), place: place))
                if found.count == request.limit { return found }
            }
            if isAtEnd { return found }
            wanted = min(2 * wanted, Self.mostRows)
        }
    }

    private func place(_ columns: [Column], _ row: Int, _ rowID: Int64) -> [UInt8] {
        var writer = KeyWriter()
        for (key, column) in zip(order.keys, columns) {
            let value = column[row]
            // NULLs stand where the statement wants them, whatever the direction.
            writer.append(boolean: value.isNull != key.nullsFirst)
            if !value.isNull { writer.append(value, key.isDescending ? .descending : .ascending) }
        }
        writer.append(.integer(rowID))
        return writer.bytes
    }
}
