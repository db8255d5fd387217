// COPY … FROM a file or a folder.

import MartletCatalog
import MartletCore
import MartletPlanning

/// Streams records into a table in constant memory. One row with the number of rows; all or nothing, but for records
/// that `on_error = 'skip'` leaves out.
final class CopyFromOperator: Operator {
    private let context: ExecutionContext
    private let plan: CopyFromPlan
    private var isDone = false

    /// A batch is written when it has so many bytes of text, however few rows these are.
    private static let bytesPerBatch = 8 << 20

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
        let types = plan.target.table.types
        let wide = types.indices.filter { ![.integer, .real, .timestamp, .boolean].contains(types[$0]) }
        var count = 0
        var numbers: [Int] = []
        var builders = types.map { ColumnBuilder(type: $0, reserving: Limits.rowsPerBatch) }
        func flush() throws(Diagnostic) {
            try context.cancellation.check()
            defer { numbers.removeAll(keepingCapacity: true) }
            let batch = Batch(columns: builders.map { $0.finish() }, count: numbers.count)
            builders = types.map { ColumnBuilder(type: $0, reserving: Limits.rowsPerBatch) }
            if !numbers.isEmpty { count += try write(batch, numbers, reader, writer, rejects) }
            try rejects?.flush()
            context.progress?(
                Progress(
                    stage: "copy", rowsDone: count, bytesDone: reader.consumedByteCount,
                    bytesTotal: reader.totalByteCount))
        }
        while true {
            let hasNext: Bool
            do throws(Diagnostic) {
                hasNext = try reader.next()
            } catch {
                guard let rejects, error.isAboutRecord else { throw error }
                try rejects.add(error, reader.number)
                try reader.skipRecord()
                if rejects.isFull { try flush() }
                continue
            }
            if !hasNext { break }
            do throws(Diagnostic) {
                try reader.append(to: &builders, defaults: defaults)
            } catch {
                guard let rejects, error.isAboutRecord else { throw error }
                try rejects.add(error, reader.number)
                for column in builders.indices { builders[column].truncate(to: numbers.count) }
                if rejects.isFull { try flush() }
                continue
            }
            numbers.append(reader.number)
            var isFull = numbers.count == Limits.rowsPerBatch
            for column in wide where builders[column].byteCount > Self.bytesPerBatch { isFull = true }
            if isFull { try flush() }
        }
        if !numbers.isEmpty { try flush() }
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
        case .malformedCSV, .malformedJSON, .notUTF8, .fieldMismatch, .typeMismatch, .nestingTooDeep, .limitExceeded,
            .integerOverflow, .divisionByZero, .invalidCast, .outOfRange, .invalidJSON, .invalidVector,
            .invalidPattern, .invalidTimestamp, .invalidText, .notNull, .unique, .check, .foreignKey, .rowTooLarge,
            .keyTooLong, .functionFailed:
            true
        default: false
        }
    }
}
