// The records of a COPY … FROM as batches of rows.

import MartletCore
import MartletPlanning

/// Reads a batch at a time.
///
/// `@unchecked Sendable`: used by one thread at a time; while a batch is written, another thread may read the next.
final class CopyBatches: @unchecked Sendable {
    struct Part: Sendable {
        var batch: Batch
        /// For each row, the number of its record.
        var numbers: [Int]
        var consumedByteCount: Int?
        var totalByteCount: Int?
    }

    private let reader: any RecordReader
    private let types: [DataType]
    private let defaults: [Value]
    private let rejects: RejectedRecords?
    private let cancellation: Cancellation?
    /// Columns whose values may be of any size.
    private let wide: [Int]
    private var isAtEnd = false

    /// A batch ends when it has so many bytes of text, or so much has been read for it, however few rows these are.
    private static let bytesPerBatch = 8 << 20

    /// - Parameters:
    ///   - rejects: where records go that cannot become rows; nil: they are errors.
    ///   - cancellation: looked at before each record, if a record may take long.
    init(
        _ reader: any RecordReader, _ types: [DataType], _ defaults: [Value], _ rejects: RejectedRecords?,
        cancellation: Cancellation?
    ) {
        self.cancellation = cancellation
        self.reader = reader
        self.types = types
        self.defaults = defaults
        self.rejects = rejects
        wide = types.indices.filter { ![.integer, .real, .timestamp, .boolean].contains(types[$0]) }
    }

    /// nil after the last. May be without rows when there are many rejected records.
    func next() throws(Diagnostic) -> Part? {
        if isAtEnd { return nil }
        var builders = types.map { ColumnBuilder(type: $0, reserving: Limits.rowsPerBatch) }
        var numbers: [Int] = []
        let start = reader.consumedByteCount ?? 0
        reading: while !isFull(builders, numbers.count) {
            if let cancellation {
                try cancellation.check()
                if (reader.consumedByteCount ?? 0) - start > Self.bytesPerBatch { break }
            }
            do throws(Diagnostic) {
                guard try reader.next() else {
                    isAtEnd = true
                    break reading
                }
            } catch {
                guard let rejects, error.isAboutRecord else { throw error }
                try rejects.add(error, reader.number)
                try reader.skipRecord()
                if rejects.isFull { break }
                continue
            }
            do throws(Diagnostic) {
                try reader.append(to: &builders, defaults: defaults)
                numbers.append(reader.number)
            } catch {
                guard let rejects, error.isAboutRecord else { throw error }
                try rejects.add(error, reader.number)
                for column in builders.indices { builders[column].truncate(to: numbers.count) }
                if rejects.isFull { break }
            }
        }
        if isAtEnd, numbers.isEmpty { return nil }
        return Part(
            batch: Batch(columns: builders.map { $0.finish() }, count: numbers.count), numbers: numbers,
            consumedByteCount: reader.consumedByteCount, totalByteCount: reader.totalByteCount)
    }

    private func isFull(_ builders: [ColumnBuilder], _ count: Int) -> Bool {
        if count == Limits.rowsPerBatch { return true }
        for column in wide where builders[column].byteCount > Self.bytesPerBatch { return true }
        return false
    }
}

extension FileFormat {
    /// Whether a record's place follows from its number alone, however far the reader has come.
    var hasNumberedRecords: Bool { [.csv, .tsv, .jsonl].contains(self) }
}
