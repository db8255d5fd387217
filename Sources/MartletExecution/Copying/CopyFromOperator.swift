// COPY … FROM a file or a folder.

import MartletCatalog
import MartletCore
import MartletKernels
import MartletPlanning

/// Streams records into a table in constant memory. One row with the number of rows; all or nothing, but for records
/// that `on_error = 'skip'` leaves out.
final class CopyFromOperator: Operator {
    private let context: ExecutionContext
    private let plan: CopyFromPlan
    private var isDone = false

    init(_ context: ExecutionContext, _ plan: CopyFromPlan) {
        self.context = context
        self.plan = plan
    }

    func next() throws(Diagnostic) -> Batch? {
        if isDone { return nil }
        isDone = true
        let writer = try TableWriter(context, plan.target)
        let reader = try plan.makeReader()
        let rejects: RejectedRecords? =
            if case .skip(let path, let maximum) = plan.options.onError {
                try RejectedRecords(of: plan.path, to: path, maximum: maximum)
            } else {
                nil
            }
        var defaults: [Value] = []
        for expression in plan.defaults { defaults.append(try context.value(expression)) }
        var count = 0
        func write(_ part: CopyBatches.Part) throws(Diagnostic) {
            try context.cancellation.check()
            if !part.numbers.isEmpty { count += try self.write(part.batch, part.numbers, reader, writer, rejects) }
            try rejects?.flush()
            context.progress?(
                Progress(
                    stage: "copy", rowsDone: count, bytesDone: part.consumedByteCount, bytesTotal: part.totalByteCount))
        }
        let batches = CopyBatches(
            reader, plan.target.table.types, defaults, rejects,
            cancellation: plan.options.format.isFolder ? context.cancellation : nil)
        var next = try batches.next()
        while let part = next {
            if context.threads > 1, rejects == nil, plan.options.format.hasNumberedRecords {
                (_, next) = try Parallel.pair { () throws(Diagnostic) in
                    try write(part)
                } beside: { () throws(Diagnostic) in
                    try batches.next()
                }
            } else {
                try write(part)
                next = try batches.next()
            }
        }
        try writer.finish()
        guard let rejects else { return StatementRows.count(count) }
        try rejects.finish()
        return Batch(
            columns: [count, rejects.count].map { Column(type: .integer, storage: .integers([Int64($0)])) }, count: 1)
    }

    /// Writes a batch, and returns how many of its rows were written. Errors of a row carry its place.
    private func write(
        _ batch: Batch, _ numbers: [Int], _ reader: any RecordReader, _ writer: TableWriter, _ rejects: RejectedRecords?
    ) throws(Diagnostic) -> Int {
        let rows: CompletedRows
        do throws(Diagnostic) {
            rows = try writer.completed(batch)
        } catch {
            guard error.isAboutRecord else { throw error }
            writer.forgetRowIDs()
            if batch.count == 1 {
                try refuse(error, numbers[0], reader, rejects)
                return 0
            }
            // Row by row, to find those that are refused.
            var count = 0
            for row in 0..<batch.count {
                count += try write(batch.slice(row..<row + 1), [numbers[row]], reader, writer, rejects)
            }
            return count
        }
        var count = 0
        for row in 0..<rows.count {
            do throws(Diagnostic) {
                // What goes on after a refused row must find nothing of it.
                if rejects != nil { try writer.checkKeys(rows, row: row) }
                try writer.insert(rows, row: row)
                count += 1
            } catch {
                try refuse(error, numbers[row], reader, rejects)
            }
        }
        return count
    }

    private func refuse(
        _ error: Diagnostic, _ number: Int, _ reader: any RecordReader, _ rejects: RejectedRecords?
    ) throws(Diagnostic) {
        var error = error
        error.place = reader.place(of: number)
        error.range = nil
        error.hint = nil
        guard let rejects, error.isAboutRecord else { throw error }
        try rejects.add(error, number)
    }
}

extension Diagnostic {
    /// Whether the error lies in a record, so that others can be read in spite of it; not in the file, the storage or
    /// the statement.
    var isAboutRecord: Bool {
        switch code {
        case .malformedCSV, .malformedJSON, .malformedImage, .notUTF8, .fieldMismatch, .typeMismatch, .nestingTooDeep,
            .limitExceeded,
            .integerOverflow, .divisionByZero, .invalidCast, .outOfRange, .invalidJSON, .invalidVector,
            .invalidPattern, .invalidTimestamp, .invalidText, .notNull, .unique, .check, .foreignKey, .rowTooLarge,
            .keyTooLong, .functionFailed:
            true
        default: false
        }
    }
}
