// Sorting more rows than fit into memory.

import MartletCore
import MartletExpressions
import MartletStorage

/// Rows in, sorted rows out. Rows are kept in memory up to a quarter of the statement's limit, since sorting copies them;
/// what is more goes to temporary files as sorted runs, which are merged, sixteen at a time (external merge sort, Knuth
/// vol. 3, 5.4). Equal rows keep their order.
final class ExternalSort {
    private let context: ExecutionContext
    private let types: [DataType]
    private let keys: [SortKey]
    private var buffer: RowBuffer
    private var runs: [SpilledRun] = []
    /// The file of the runs that are being written.
    private var file: TemporaryFile?
    private var merger: RunMerger?
    /// Without runs: all rows, and how far they are given.
    private var sorted: Batch?
    private var position = 0

    /// Runs that are merged at a time; a batch of each is in memory then.
    private static let fanIn = 16

    private var memoryBytes: Int { context.evaluation.memoryLimitBytes / 4 }
    private var pieceBytes: Int { memoryBytes / Self.fanIn }

    init(_ context: ExecutionContext, types: [DataType], by keys: [SortKey]) {
        self.context = context
        self.types = types
        self.keys = keys
        buffer = RowBuffer(types: types, memoryLimitBytes: .max)
    }

    /// Whether rows take more memory than may be kept.
    func isTooLarge(_ batches: [Batch]) -> Bool { batches.reduce(0) { $0 + $1.byteCount } > memoryBytes }

    /// Takes all rows, in order, instead of any that are added.
    func give(_ batch: Batch) { sorted = batch }

    /// - Throws: `cannotWriteFile`, `diskFull`, `inputOutput`.
    func add(_ batch: Batch) throws(Diagnostic) {
        try buffer.append(batch)
        if buffer.byteCount > memoryBytes { try spill() }
    }

    /// Some of the rows that come next; nil after the last. No row may be added any more.
    ///
    /// - Throws: as `add`.
    func next() throws(Diagnostic) -> Batch? {
        try context.cancellation.check()
        if sorted == nil, merger == nil { try finish() }
        if let merger { return try merger.next() }
        guard let sorted, position < sorted.count else { return nil }
        let end = min(position + Limits.rowsPerBatch, sorted.count)
        defer { position = end }
        return sorted.slice(position..<end)
    }

    private func sortBuffer() -> Batch {
        let rows = buffer.joined()
        buffer = RowBuffer(types: types, memoryLimitBytes: .max)
        return rows.gather(RowOrdering.sorted(rows.columns, count: rows.count, by: keys))
    }

    private func spill() throws(Diagnostic) {
        let file = if let file { file } else { try context.makeTemporaryFile() }
        self.file = file
        let run = SpilledRun(file, types: types)
        try run.append(sortBuffer(), pieceBytes: pieceBytes)
        runs.append(run)
    }

    private func finish() throws(Diagnostic) {
        if runs.isEmpty {
            sorted = sortBuffer()
            return
        }
        if buffer.count > 0 { try spill() }
        while runs.count > Self.fanIn { try mergeOnce() }
        merger = RunMerger(runs, by: keys)
        // The runs hold on to their file.
        file = nil
        runs = []
    }

    /// Makes one run of every sixteen, in a new file.
    private func mergeOnce() throws(Diagnostic) {
        let file = try context.makeTemporaryFile()
        var merged: [SpilledRun] = []
        for start in stride(from: 0, to: runs.count, by: Self.fanIn) {
            let merger = RunMerger(Array(runs[start..<min(start + Self.fanIn, runs.count)]), by: keys)
            let run = SpilledRun(file, types: types)
            while let batch = try merger.next() {
                try context.cancellation.check()
                try run.append(batch, pieceBytes: pieceBytes)
            }
            merged.append(run)
        }
        runs = merged
        self.file = file
    }
}
