// Reads the rows that an ordered index finds, in the path's order.

import MartletCore
import MartletExpressions
import MartletPlanning
import MartletStorage

final class IndexScanOperator: Operator {
    private let context: ExecutionContext
    private let scan: Scan
    private let walk: IndexWalk
    private let decoder: RowDecoder
    private let condition: CompiledExpression?
    private lazy var rows = EntryBlock(capacity: Limits.rowsPerBatch)
    private var isStarted = false
    /// Small at first: many scans find few rows, or are stopped early.
    private var batchSize = 64

    init(
        _ context: ExecutionContext, _ scan: Scan, _ path: IndexPath, where condition: CompiledExpression? = nil
    ) throws(Diagnostic) {
        decoder = RowDecoder(context, scan, condition)
        self.condition = condition
        self.context = context
        self.scan = scan
        walk = try IndexWalk(context, path, covering: scan)
    }

    func next() throws(Diagnostic) -> Batch? {
        if !isStarted {
            isStarted = true
            try walk.start()
        }
        while true {
            try context.cancellation.check()
            let rowIDs = try walk.next(batchSize)
            if rowIDs.isEmpty { return nil }
            batchSize = min(batchSize * 16, Limits.rowsPerBatch)
            let batch = try batch(rowIDs)
            if batch.count > 0 { return batch }
        }
    }

    private func batch(_ rowIDs: [Int64]) throws(Diagnostic) -> Batch {
        guard let all = walk.takeRows(rowIDs) else {
            return try decoder.batch(rows, rowIDs: try context.fetch(scan.table, rowIDs, into: rows))
        }
        guard let condition else { return all }
        return all.gather(try condition.select(all, context.evaluation))
    }
}

/// Reads the rows that any of several paths reaches, in the order of their row ids.
final class UnionScanOperator: Operator {
    private let context: ExecutionContext
    private let scan: Scan
    private let paths: [AccessPath]
    private var rowIDs: [Int64]?
    private var position = 0

    init(_ context: ExecutionContext, _ scan: Scan, _ paths: [AccessPath]) {
        self.context = context
        self.scan = scan
        self.paths = paths
    }

    func next() throws(Diagnostic) -> Batch? {
        try context.cancellation.check()
        let all: [Int64]
        if let rowIDs {
            all = rowIDs
        } else {
            all = try found()
            rowIDs = all
        }
        if position >= all.count { return nil }
        let end = min(position + Limits.rowsPerBatch, all.count)
        defer { position = end }
        return try context.rows(scan, Array(all[position..<end]))
    }

    private func found() throws(Diagnostic) -> [Int64] {
        var rowIDs: [Int64] = []
        for path in paths {
            try context.cancellation.check()
            switch path {
            case .keys(let keys):
                for key in keys {
                    if case .integer(let rowID) = try context.value(key) { rowIDs.append(rowID) }
                }
            case .index(let path):
                let walk = try IndexWalk(context, path)
                try walk.start()
                while true {
                    let found = try walk.next(Limits.rowsPerBatch)
                    if found.isEmpty { break }
                    rowIDs += found
                    let limit = context.evaluation.memoryLimitBytes
                    if rowIDs.count * 16 > limit {
                        throw Diagnostic(
                            .limitExceeded,
                            "the row ids to be kept exceed the statement's memory limit of \(limit) bytes"
                        )
                    }
                }
            default: throw Diagnostic(.notSupported, "a union of such paths")
            }
        }
        rowIDs.sort()
        var count = 0
        for rowID in rowIDs where count == 0 || rowIDs[count - 1] != rowID {
            rowIDs[count] = rowID
            count += 1
        }
        rowIDs.removeLast(rowIDs.count - count)
        return rowIDs
    }
}
