// Aggregates over the frame of each row.

import MartletCore
import MartletExpressions
import MartletPlanning

/// A whole partition is aggregated once for all its rows. Counts and sums of INTEGER are differences of running sums,
/// exact in 128 bits: O(1) a row for every frame. Other aggregates keep their state while the frame only grows at its
/// end, as running ones do, and start again where it loses rows: O(frame) for such a row.
struct WindowAggregate {
    private let context: ExecutionContext
    private let call: WindowCall
    private let aggregate: AggregateCall

    init(_ context: ExecutionContext, _ call: WindowCall, _ aggregate: AggregateCall) {
        self.context = context
        self.call = call
        self.aggregate = aggregate
    }

    func values(
        _ batch: Batch, _ partitions: WindowPartitions, _ windowFrames: WindowFrames
    ) throws(Diagnostic) -> Column {
        let whole = try windowFrames.ranges()
        // Only rows that pass FILTER are counted, and only for them are the arguments computed.
        var part = batch
        var frames = whole
        var numbers = partitions.numbers
        /// Where the rows before a row end among those that are counted.
        var place: (Range<Int>) -> Range<Int> = { $0 }
        if let filter = call.filter {
            let rows = try ExpressionCompiler.compile(filter).select(batch, context.evaluation)
            var keptBefore = [Int](repeating: 0, count: batch.count + 1)
            for row in rows { keptBefore[row + 1] = 1 }
            for row in 0..<batch.count { keptBefore[row + 1] += keptBefore[row] }
            place = { [keptBefore] in keptBefore[$0.lowerBound]..<keptBefore[$0.upperBound] }
            frames = whole.map(place)
            numbers = rows.map { numbers[$0] }
            part = batch.gather(rows)
        }
        var arguments: [Column] = []
        for argument in call.arguments {
            arguments.append(try ExpressionCompiler.compile(argument).evaluate(part, context.evaluation))
        }

        if windowFrames.hasExclusion {
            return try each(arguments, whole.indices.map { windowFrames.pieces(whole[$0], of: $0).map(place) })
        }
        if case .unboundedPreceding = call.frame.start, case .unboundedFollowing = call.frame.end {
            let state = aggregate.makeState(memoryLimitBytes: context.evaluation.memoryLimitBytes)
            try state.update(
                groups: numbers, groupCount: partitions.partitionCount, arguments: arguments, count: part.count)
            return try state.finish(groupCount: partitions.partitionCount).gather(partitions.numbers.map { Int($0) })
        }
        if let sums = try sums(arguments, part.count, frames) { return sums }
        return try running(arguments, frames)
    }

    // MARK: Differences of running sums

    private func sums(_ arguments: [Column], _ count: Int, _ frames: [Range<Int>]) throws(Diagnostic) -> Column? {
        if aggregate.isDistinct { return nil }
        let name = aggregate.function.name
        var counts = [Int](repeating: 0, count: count + 1)
        for row in 0..<count {
            counts[row + 1] = counts[row] + (arguments.first.map { $0.isNull(row) } ?? false ? 0 : 1)
        }
        func present(_ frame: Range<Int>) -> Int { counts[frame.upperBound] - counts[frame.lowerBound] }
        var builder = ColumnBuilder(type: call.type, reserving: frames.count)
        if name == "count" {
            for frame in frames { builder.append(integer: Int64(present(frame))) }
            return builder.finish()
        }
        guard ["sum", "total", "avg"].contains(name), arguments.count == 1,
            case .integers(let values) = arguments[0].storage, arguments[0].type == .integer
        else { return nil }
        var totals = [Int128](repeating: 0, count: count + 1)
        for row in 0..<count { totals[row + 1] = totals[row] + (arguments[0].isNull(row) ? 0 : Int128(values[row])) }
        for frame in frames {
            let total = totals[frame.upperBound] - totals[frame.lowerBound]
            let present = present(frame)
            switch name {
            case "total": builder.append(real: Double(total))
            case _ where present == 0: builder.appendNull()
            case "avg": builder.append(real: Double(total) / Double(present))
            default:
                guard let sum = Int64(exactly: total) else {
                    throw Diagnostic(
                        .integerOverflow, "the sum \(total) is outside the range of INTEGER",
                        hint: "use total(x), or sum(CAST(x AS REAL))")
                }
                builder.append(integer: sum)
            }
        }
        return builder.finish()
    }

    // MARK: A state for each row

    /// For frames with gaps. O(frame) a row.
    private func each(_ arguments: [Column], _ frames: [[Range<Int>]]) throws(Diagnostic) -> Column {
        var builder = ColumnBuilder(type: call.type, reserving: frames.count)
        var addedCount = 0
        for pieces in frames {
            let state = aggregate.makeState(memoryLimitBytes: context.evaluation.memoryLimitBytes)
            let rows = pieces.flatMap { Array($0) }
            try state.update(
                groups: nil, groupCount: 1, arguments: arguments.map { $0.gather(rows) }, count: rows.count)
            builder.append(try state.finish(groupCount: 1)[0])
            addedCount += rows.count + 1
            if addedCount >= Limits.rowsPerBatch {
                addedCount = 0
                try context.cancellation.check()
            }
        }
        return builder.finish()
    }

    // MARK: States that follow the frame

    private func running(_ arguments: [Column], _ frames: [Range<Int>]) throws(Diagnostic) -> Column {
        let memoryLimitBytes = context.evaluation.memoryLimitBytes
        var state = aggregate.makeState(memoryLimitBytes: memoryLimitBytes)
        var covered = 0..<0
        var value = Value.null
        var isFresh = false
        var addedCount = 0
        var builder = ColumnBuilder(type: call.type, reserving: frames.count)
        for (row, frame) in frames.enumerated() {
            if !isFresh || frame != covered {
                if frame.lowerBound != covered.lowerBound || frame.upperBound < covered.upperBound {
                    state = aggregate.makeState(memoryLimitBytes: memoryLimitBytes)
                    covered = frame.lowerBound..<frame.lowerBound
                }
                let added = Array(covered.upperBound..<frame.upperBound)
                try state.update(
                    groups: nil, groupCount: 1, arguments: arguments.map { $0.gather(added) }, count: added.count)
                covered = frame
                value = try state.finish(groupCount: 1)[0]
                isFresh = true
                addedCount += added.count
            }
            if row % Limits.rowsPerBatch == 0 || addedCount >= Limits.rowsPerBatch {
                addedCount = 0
                try context.cancellation.check()
            }
            builder.append(value)
        }
        return builder.finish()
    }
}
