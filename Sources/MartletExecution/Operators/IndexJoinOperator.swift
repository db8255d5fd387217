// Joins by looking up, for each left row, the right rows by their row id or an index.

import MartletCatalog
import MartletCore
import MartletExpressions
import MartletPlanning
import MartletStorage

/// Rows come out in the left input's order, and for one left row in the path's order.
final class IndexJoinOperator: Operator {
    private let context: ExecutionContext
    private let left: any Operator
    private let plan: IndexJoin
    private let keys: [CompiledExpression]
    private let filter: CompiledExpression?
    private let residual: CompiledExpression?
    private let walk: IndexWalk?
    private let decoder: RowDecoder
    /// The prefix of the index: a key of the left row, or a value that is the same for all.
    private var prefix: [(key: Int?, value: Value)] = []
    private var leftRows: Batch?
    private var keyColumns: [Column] = []
    private var row = 0
    /// Matches of the row that `row` names are still to come.
    private var isWithinRow = false

    init(_ context: ExecutionContext, _ left: any Operator, _ plan: IndexJoin) throws(Diagnostic) {
        self.context = context
        self.left = left
        self.plan = plan
        decoder = RowDecoder(context, plan.scan)
        keys = try ExpressionCompiler.compile(plan.keys)
        filter = if let filter = plan.filter { try ExpressionCompiler.compile(filter) } else { nil }
        residual = if let residual = plan.residual { try ExpressionCompiler.compile(residual) } else { nil }
        switch plan.path {
        case .index(let path):
            walk = try IndexWalk(context, path, covering: plan.scan)
            for equal in path.prefix {
                if let key = IndexJoin.key(of: equal.value) {
                    prefix.append((key, .null))
                } else {
                    prefix.append((nil, try context.value(equal.value)))
                }
            }
        case .keys(let expressions):
            walk = nil
            for expression in expressions { prefix.append((IndexJoin.key(of: expression), .null)) }
        default: throw Diagnostic(.notSupported, "an index join of such a path")
        }
    }

    func next() throws(Diagnostic) -> Batch? {
        while true {
            try context.cancellation.check()
            if leftRows == nil || row >= leftRows?.count ?? 0 {
                guard let batch = try left.next() else { return nil }
                leftRows = batch
                row = 0
                keyColumns = []
                for key in keys { keyColumns.append(try key.evaluate(batch, context.evaluation)) }
                if batch.count == 0 { continue }
            }
            if let leftRows, let joined = try join(leftRows) { return joined }
        }
    }

    /// The rows of some of the left batch's rows, about a batch of them; nil if there are none.
    private func join(_ batch: Batch) throws(Diagnostic) -> Batch? {
        let first = row
        var candidates: [(row: Int, rowID: Int64)] = []
        while row < batch.count, candidates.count < Limits.rowsPerBatch {
            if let walk {
                if !isWithinRow {
                    walk.restart(prefix.map { part in part.key.map { keyColumns[$0][row] } ?? part.value })
                    isWithinRow = true
                }
                // A left join must see all matches of a row at once, to know whether there are any.
                repeat {
                    let rowIDs = try walk.next(Limits.rowsPerBatch)
                    for rowID in rowIDs { candidates.append((row, rowID)) }
                    isWithinRow = rowIDs.count == Limits.rowsPerBatch
                } while isWithinRow && plan.kind == .left
            } else {
                for part in prefix {
                    guard let place = part.key, case .integer(let rowID) = keyColumns[place][row] else { continue }
                    candidates.append((row, rowID))
                }
            }
            if !isWithinRow { row += 1 }
        }
        let last = isWithinRow ? row + 1 : row
        var pairs = JoinPairs()
        let rightRows = try fetch(candidates, first: first, &pairs)
        if let filter {
            let kept = try filter.select(rightRows, context.evaluation)
            if kept.count < rightRows.count {
                pairs = JoinPairs(left: kept.map { pairs.left[$0] }, right: kept)
            }
        }
        let joined = try pairs.joined(
            batch.slice(first..<last), rightRows, residual: residual, keepingLeft: plan.kind == .left,
            context.evaluation)
        return joined.count > 0 ? joined : nil
    }

    /// The right rows of the candidates that are there, and the pairs that they make.
    private func fetch(
        _ candidates: [(row: Int, rowID: Int64)], first: Int, _ pairs: inout JoinPairs
    ) throws(Diagnostic) -> Batch {
        if let rows = walk?.takeRows(candidates.map(\.rowID)) {
            for (index, candidate) in candidates.enumerated() { pairs.append(candidate.row - first, index) }
            return rows
        }
        let block = EntryBlock(capacity: candidates.count)
        let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
        var rowIDs: [Int64] = []
        rowIDs.reserveCapacity(candidates.count)
        let found = try context.places(plan.scan.table, candidates.map(\.rowID))
        for (index, (row, rowID)) in candidates.enumerated() {
            guard let bytes = found[index] else { continue }
            block.append(nothing, bytes)
            pairs.append(row - first, rowIDs.count)
            rowIDs.append(rowID)
        }
        return try decoder.batch(block, rowIDs: rowIDs)
    }
}
