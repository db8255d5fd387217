// Reads a table in the order of its row ids, whole or a range of it.

import MartletCatalog
import MartletCore
import MartletExpressions
import MartletPlanning
import MartletStorage

final class TableScanOperator: Operator {
    private let context: ExecutionContext
    private let scan: Scan
    private let range: RowIDRange
    private let decoder: RowDecoder
    private var cursor: Cursor?
    private var block: EntryBlock?
    /// Small at first: many scans are stopped early.
    private var batchSize = 64
    private var isDone = false

    /// - Parameter condition: only rows that pass it come out.
    init(
        _ context: ExecutionContext, _ scan: Scan, _ range: RowIDRange = RowIDRange(),
        where condition: CompiledExpression? = nil
    ) {
        self.context = context
        self.scan = scan
        self.range = range
        decoder = RowDecoder(context, scan, condition)
    }

    func next() throws(Diagnostic) -> Batch? {
        while !isDone, !range.isEmpty {
            try context.cancellation.check()
            let block = try nextBlock()
            if block.count == 0 { break }
            let batch = try decoder.batch(block)
            if batch.count > 0 { return batch }
        }
        isDone = true
        cursor = nil
        block = nil
        return nil
    }

    private func nextBlock() throws(Diagnostic) -> EntryBlock {
        let isStarted = cursor != nil
        if !isStarted { cursor = try start() }
        if block.map({ $0.capacity < batchSize }) ?? true { block = EntryBlock(capacity: batchSize) }
        guard let block else { return EntryBlock(capacity: 1) }
        try cursor?.fill(block, limit: batchSize, includingCurrent: !isStarted)
        batchSize = min(batchSize * 8, Limits.rowsPerBatch)
        guard let upper = range.upper, let last = block.keys.last else { return block }
        if try RowKey.rowID(key: last) >= upper {
            isDone = true
            var count = block.count
            while count > 0, try RowKey.rowID(key: block.keys[count - 1]) > upper { count -= 1 }
            block.truncate(to: count)
        }
        return block
    }

    private func start() throws(Diagnostic) -> Cursor {
        var cursor = try context.view.cursor(KeyPrefix(.row, scan.table.id))
        if let lower = range.lower {
            _ = try cursor.seek(toOrAfter: RowKey.key(scan.table.id, lower))
        } else {
            _ = try cursor.first()
        }
        return cursor
    }
}

extension ExecutionContext {
    /// A row's decoding error with the row's place.
    func located(_ error: Diagnostic, _ table: String, _ rowID: Int64) -> Diagnostic {
        var error = error
        error.place = "table \(table), row \(rowID)"
        return error
    }
}
