// Rows in a temporary file, shared out by the hash of their keys.

import MartletCore
import MartletExpressions
import MartletStorage

/// Sixteen parts, each with the rows of some keys in the order in which they came. A part that is still too large is
/// shared out again by the next four bits of the hash: its `level`.
final class SpilledParts {
    static let count = 16
    /// Behind it there are no bits left in the hash.
    static let lastLevel = 15

    let level: Int
    private let pieceBytes: Int
    private let types: [DataType]
    private var buffers: [RowBuffer]
    private let runs: [SpilledRun]

    /// - Throws: `cannotWriteFile`.
    init(_ context: ExecutionContext, types: [DataType], level: Int) throws(Diagnostic) {
        self.level = level
        self.types = types
        pieceBytes = context.evaluation.memoryLimitBytes / (4 * Self.count)
        let file = try context.makeTemporaryFile()
        runs = (0..<Self.count).map { _ in SpilledRun(file, types: types) }
        buffers = (0..<Self.count).map { _ in RowBuffer(types: types, memoryLimitBytes: .max) }
    }

    /// Adds rows, given the columns of their keys.
    ///
    /// - Throws: `diskFull`, `inputOutput`.
    func add(_ batch: Batch, keys: [Column]) throws(Diagnostic) {
        var rows = [[Int]](repeating: [], count: Self.count)
        for (row, hash) in RowHash.hashes(keys, count: batch.count).enumerated() {
            rows[Int(hash >> UInt64(level * 4) & 15)].append(row)
        }
        for part in rows.indices where !rows[part].isEmpty {
            try buffers[part].append(batch.gather(rows[part]))
            if buffers[part].byteCount > pieceBytes { try flush(part) }
        }
    }

    private func flush(_ part: Int) throws(Diagnostic) {
        try runs[part].append(buffers[part].joined(), pieceBytes: pieceBytes)
        buffers[part] = RowBuffer(types: types, memoryLimitBytes: .max)
    }

    /// The parts, to be read once each. No row may be added any more.
    ///
    /// - Throws: as `add`.
    func finish() throws(Diagnostic) -> [SpilledRun] {
        for part in buffers.indices { try flush(part) }
        return runs
    }
}

/// Rows that come from several parts, put back into the order of the rows that they were made of.
struct RestoredOrder {
    private let sort: ExternalSort
    private let columnCount: Int

    /// - Parameter types: Of the rows, without their ordinals.
    init(_ context: ExecutionContext, types: [DataType]) {
        columnCount = types.count
        sort = ExternalSort(context, types: types + [.integer], by: [SortKey(column: types.count)])
    }

    /// Rows with equal ordinals keep their order.
    func add(_ batch: Batch, ordinals: [Int64]) throws(Diagnostic) {
        if batch.count > 0 { try sort.add(batch.adding(ordinals)) }
    }

    func next() throws(Diagnostic) -> Batch? { try sort.next().map { $0.withoutOrdinals } }
}

extension Batch {
    /// The rows, each with its place among all in a last column.
    func adding(_ ordinals: [Int64]) -> Batch {
        Batch(columns: columns + [Column(type: .integer, storage: .integers(ordinals))], count: count)
    }

    var ordinals: [Int64] {
        if case .integers(let ordinals)? = columns.last?.storage { ordinals } else { [] }
    }

    var withoutOrdinals: Batch { Batch(columns: Array(columns.dropLast()), count: count) }
}
