// All rows of an input, kept.

import MartletCore
import MartletExpressions

/// Batches joined into one, within a limit of memory.
struct RowBuffer {
    private var batches: [Batch] = []
    private(set) var count = 0
    private(set) var byteCount = 0
    private let types: [DataType]
    private let memoryLimitBytes: Int

    init(types: [DataType], memoryLimitBytes: Int) {
        self.types = types
        self.memoryLimitBytes = memoryLimitBytes
    }

    mutating func append(_ batch: Batch) throws(Diagnostic) {
        if batch.count == 0 { return }
        batches.append(batch)
        count += batch.count
        byteCount += batch.byteCount
        if byteCount > memoryLimitBytes {
            throw Diagnostic(
                .limitExceeded, "the rows to be kept exceed the statement's memory limit of \(memoryLimitBytes) bytes")
        }
    }

    /// The last row; the buffer must have one.
    var last: Batch {
        let batch = batches[batches.count - 1]
        return batch.slice(batch.count - 1..<batch.count)
    }

    mutating func appendAll(of input: any Operator) throws(Diagnostic) {
        while let batch = try input.next() { try append(batch) }
    }

    consuming func joined() -> Batch {
        batches.isEmpty ? Batch(rows: [], types: types) : .concatenated(batches)
    }
}

extension Batch {
    /// About the bytes that the columns take.
    var byteCount: Int {
        columns.reduce(0) { total, column in
            switch column.storage {
            case .integers, .reals: total + column.count * 8
            case .booleans: total + column.count
            case .bytes(let bytes): total + bytes.bytes.count + column.count * 8
            case .nulls: total
            }
        }
    }

    func slice(_ range: Range<Int>) -> Batch {
        range == 0..<count ? self : gather(Array(range))
    }
}
