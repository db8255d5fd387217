// Window functions: the rows sorted by partition and order, each with its calls' values.

import MartletCore
import MartletExpressions
import MartletPlanning

/// Reads its input whole and gives the rows in the order of the window: by the partition's keys, then by ORDER BY; equal
/// rows keep the input's order. O(n log n) for the order, and for the values as `WindowAggregate` and `WindowValues` say.
/// Rows that do not fit into memory are sorted in temporary files, and computed some partitions at a time: one
/// partition must fit, unless `RunningRanks` knows the calls.
final class WindowOperator: Operator {
    private let context: ExecutionContext
    private let input: any Operator
    private let inputTypes: [DataType]
    private let keys: [CompiledExpression]
    private let partitionKeys: [SortKey]
    private let orderKeys: [SortKey]
    private let calls: [WindowCall]
    private var result: Batch?
    private var position = 0
    /// The rows in their order, where there are too many to be sorted at once.
    private var sorted: ExternalSort?
    /// Of them, those at the beginning of a partition whose end is not read yet.
    private var pending: Batch?
    private var running: RunningRanks?
    private var isStarted = false

    init(
        _ context: ExecutionContext, _ input: any Operator, partition: [BoundExpression], order: [OrderKey],
        _ calls: [WindowCall], inputTypes: [DataType]
    ) throws(Diagnostic) {
        self.context = context
        self.input = input
        self.inputTypes = inputTypes
        self.calls = calls
        keys = try ExpressionCompiler.compile(partition + order.map(\.expression))
        partitionKeys = partition.indices.map { SortKey(column: inputTypes.count + $0) }
        orderKeys = order.enumerated().map { index, key in
            SortKey(
                column: inputTypes.count + partition.count + index, isDescending: key.isDescending,
                nullsFirst: key.nullsFirst)
        }
        running = RunningRanks(
            calls, partitionKeys: partitionKeys, orderKeys: orderKeys, columnCount: inputTypes.count)
    }

    func next() throws(Diagnostic) -> Batch? {
        if !isStarted {
            isStarted = true
            result = try read()
        }
        if let sorted, running != nil {
            guard let rows = try sorted.next() else { return nil }
            return running?.add(rows)
        }
        while true {
            if let result, position < result.count {
                let end = min(position + Limits.rowsPerBatch, result.count)
                defer { position = end }
                return result.slice(position..<end)
            }
            guard let rows = try nextPartitions() else { return nil }
            result = try compute(rows)
            position = 0
        }
    }

    private var rowTypes: [DataType] { inputTypes + keys.map(\.type) }

    /// The values of all rows; nil if the rows are too many for that, and will be read from `sorted`.
    private func read() throws(Diagnostic) -> Batch? {
        let evaluation = context.evaluation
        let all = partitionKeys + orderKeys
        // Without PARTITION BY, all rows are one partition.
        let canSpill = !partitionKeys.isEmpty || running != nil
        let memoryBytes = canSpill ? evaluation.memoryLimitBytes / 4 : evaluation.memoryLimitBytes
        var buffer = RowBuffer(types: rowTypes, memoryLimitBytes: evaluation.memoryLimitBytes)
        while let batch = try input.next() {
            var columns = batch.columns
            for key in keys { columns.append(try key.evaluate(batch, evaluation)) }
            let rows = Batch(columns: columns, count: batch.count)
            if let sorted {
                try sorted.add(rows)
                continue
            }
            try buffer.append(rows)
            if buffer.byteCount > memoryBytes {
                let sort = ExternalSort(context, types: rowTypes, by: all)
                try sort.add(buffer.joined())
                buffer = RowBuffer(types: rowTypes, memoryLimitBytes: evaluation.memoryLimitBytes)
                sorted = sort
            }
        }
        if sorted != nil { return nil }
        let rows = buffer.joined()
        if all.isEmpty { return try compute(rows) }
        return try compute(rows.gather(RowOrdering.sorted(rows.columns, count: rows.count, by: all)))
    }

    /// The rows of some whole partitions, in order; nil after the last.
    private func nextPartitions() throws(Diagnostic) -> Batch? {
        guard let sorted else { return nil }
        var buffer = RowBuffer(types: rowTypes, memoryLimitBytes: context.evaluation.memoryLimitBytes)
        if let pending { try buffer.append(pending) }
        pending = nil
        // Where the last partition that was begun starts.
        var start = 0
        while let batch = try sorted.next() {
            let before = buffer.count
            let last = before == 0 ? nil : buffer.last
            try buffer.append(batch)
            let all = last.map { Batch.concatenated([$0, batch]) } ?? batch
            let changes = RowOrdering.boundaries(all.columns, count: all.count, by: partitionKeys)
            if let change = changes.lastIndex(of: true), last == nil || change > 0 {
                start = before + change - (last == nil ? 0 : 1)
            }
            if start > 0, buffer.byteCount > context.evaluation.memoryLimitBytes / 8 {
                let rows = buffer.joined()
                pending = rows.slice(start..<rows.count)
                return rows.slice(0..<start)
            }
        }
        return buffer.count == 0 ? nil : buffer.joined()
    }

    private func compute(_ rows: Batch) throws(Diagnostic) -> Batch {
        try context.cancellation.check()
        let all = partitionKeys + orderKeys
        let partitions = WindowPartitions(
            starts: RowOrdering.boundaries(rows.columns, count: rows.count, by: partitionKeys),
            changes: RowOrdering.boundaries(rows.columns, count: rows.count, by: all))
        let orderColumn = orderKeys.count == 1 ? orderKeys.first.map { (rows.columns[$0.column], $0) } : nil
        let batch = Batch(columns: Array(rows.columns.prefix(inputTypes.count)), count: rows.count)
        var columns = batch.columns
        for call in calls {
            do throws(Diagnostic) {
                let frames = WindowFrames(call.frame, partitions, orderColumn, context)
                switch call.function {
                case .aggregate(let aggregate):
                    columns.append(
                        try WindowAggregate(context, call, aggregate).values(batch, partitions, frames))
                case .ranking(let ranking):
                    columns.append(try WindowValues.ranking(ranking, call, batch, partitions, context))
                case .lag, .lead:
                    columns.append(try WindowValues.shifted(call, batch, partitions, context))
                case .firstValue, .lastValue, .nthValue:
                    columns.append(try WindowValues.picked(call, batch, frames, context))
                }
            } catch {
                throw error.located(at: call.range)
            }
        }
        return Batch(columns: columns, count: batch.count)
    }
}

/// Where each row's partition and its peers, the rows equal in ORDER BY, start and end.
struct WindowPartitions {
    let count: Int
    /// The number of each row's partition, from 0.
    private(set) var numbers: [Int32] = []
    /// The first row of each partition, then the number of rows.
    private(set) var bounds: [Int] = []
    /// The number of each row's group of peers, from 0 over all partitions.
    private(set) var peerNumbers: [Int] = []
    /// The first row of each group of peers, then the number of rows.
    private(set) var peerBounds: [Int] = []

    init(starts: [Bool], changes: [Bool]) {
        count = starts.count
        numbers.reserveCapacity(count)
        peerNumbers.reserveCapacity(count)
        for row in 0..<count {
            if starts[row] { bounds.append(row) }
            if changes[row] { peerBounds.append(row) }
            numbers.append(Int32(clamping: bounds.count - 1))
            peerNumbers.append(peerBounds.count - 1)
        }
        bounds.append(count)
        peerBounds.append(count)
    }

    var partitionCount: Int { bounds.count - 1 }

    func partition(of row: Int) -> Range<Int> {
        let number = Int(numbers[row])
        return bounds[number]..<bounds[number + 1]
    }

    func peers(of row: Int) -> Range<Int> {
        let number = peerNumbers[row]
        return peerBounds[number]..<peerBounds[number + 1]
    }
}
