// The rows that an order by distance has to look at.

import MartletCatalog
import MartletCore
import MartletExpressions
import MartletFormats
import MartletPlanning
import MartletStorage
import MartletVectors

/// Gives rows in the order of their row ids, as a scan of the table would.
final class NearestScanOperator: Operator {
    private let context: ExecutionContext
    private let plan: NearestScan
    private let filter: (any Operator)?
    private var source: (any Operator)?

    /// Fewer rows than this are compared as they are.
    private static let rowsWorthAnIndex = 64

    init(_ context: ExecutionContext, _ plan: NearestScan, filter: (any Operator)?) {
        self.context = context
        self.plan = plan
        self.filter = filter
    }

    func next() throws(Diagnostic) -> Batch? {
        if source == nil { source = try open() }
        return try source?.next()
    }

    private func open() throws(Diagnostic) -> any Operator {
        let matches = try filter?.rowIDs()
        if matches?.count ?? .max > Self.rowsWorthAnIndex, let near = try candidates(matches) {
            return RowListOperator(context, plan.scan, near)
        }
        let condition: CompiledExpression? =
            if let filter = plan.filter { try ExpressionCompiler.compile(filter) } else { nil }
        guard let matches else { return TableScanOperator(context, plan.scan, where: condition) }
        let rows = RowListOperator(context, plan.scan, matches)
        return if let condition { FilterOperator(context, rows, condition) } else { rows }
    }

    /// nil: all rows are to be looked at, which also tells what is wrong with them or with the vector.
    private func candidates(_ matches: [Int64]?) throws(Diagnostic) -> [Int64]? {
        guard let count = try? context.count(plan.count, "LIMIT"), let target = try? context.value(plan.target),
            case .vector(let vector) = target
        else { return nil }
        let query = VectorFormat.unpack(vector)
        // The function counts elements that differ, the index bits.
        if plan.metric == .hamming, !query.allSatisfy({ $0 == 0 || $0 == 1 }) { return nil }
        var offset = 0
        if let expression = plan.offset {
            guard let number = try? context.count(expression, "OFFSET") else { return nil }
            offset = number
        }
        guard count <= Limits.searchResults, offset <= Limits.searchResults else { return nil }
        let view = context.view
        let workspaces = context.vectorWorkspaces ?? VectorWorkspaces()
        let reader = try VectorIndexReader(objectID: plan.index.id, in: view, workspaces)
        // Rows without a vector have no entry.
        let rowCount = try CatalogStore.rowCount(ofTable: plan.scan.table.id, view)
        let isComplete = plan.isNeverNull || Int64(reader.rowCount) == rowCount
        if !isComplete, plan.nullsFirst { return nil }
        let vectors = try RowVectors(plan.scan.table, column: plan.column, in: view)
        let searcher = VectorSearcher(reader.segments, source: vectors, workspaces: workspaces)
        do {
            return try searcher.covering(
                query, metric: reader.definition.metric, k: count + offset, filter: matches,
                isComplete: isComplete)
        } catch  where error.code == .invalidVector {
            return nil
        }
    }
}

/// The rows with some row ids, in their order.
private final class RowListOperator: Operator {
    private let context: ExecutionContext
    private let scan: Scan
    private var rest: ArraySlice<Int64>

    init(_ context: ExecutionContext, _ scan: Scan, _ rowIDs: [Int64]) {
        self.context = context
        self.scan = scan
        rest = rowIDs[...]
    }

    func next() throws(Diagnostic) -> Batch? {
        guard !rest.isEmpty else { return nil }
        try context.cancellation.check()
        let part = rest.prefix(Limits.rowsPerBatch)
        rest = rest.dropFirst(part.count)
        return try context.rows(scan, Array(part))
    }
}

extension Operator {
    /// All row ids that it gives as its first column, ascending.
    func rowIDs() throws(Diagnostic) -> [Int64] {
        var rowIDs: [Int64] = []
        while let batch = try next() {
            if case .integers(let values) = batch.columns[0].storage { rowIDs.append(contentsOf: values) }
        }
        // Scans of an index come in the index's order.
        rowIDs.sort()
        return rowIDs
    }
}
