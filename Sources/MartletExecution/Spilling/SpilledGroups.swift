// The groups that do not fit into memory.

import MartletCore
import MartletExpressions

/// The rows whose groups found no place, aggregated part by part when all are known (hybrid hashing, DeWitt et al. 1984).
///
/// The groups in memory are those that were seen first; these come behind them, in the order in which they were first
/// seen. A group's rows stay in their order, so aggregates are what they are in memory.
final class SpilledGroups {
    private let context: ExecutionContext
    private let aggregation: Aggregation
    private let inputCount: Int
    private let rowTypes: [DataType]
    private let parts: SpilledParts
    private var result: RestoredOrder?

    /// - Parameter inputTypes: Of the columns that the aggregates read.
    init(_ context: ExecutionContext, _ aggregation: Aggregation, inputTypes: [DataType]) throws(Diagnostic) {
        self.context = context
        self.aggregation = aggregation
        inputCount = inputTypes.count
        rowTypes = inputTypes + aggregation.keys.map(\.type) + [.integer]
        parts = try SpilledParts(context, types: rowTypes, level: 0)
    }

    /// Keeps some rows of a batch; the first of its rows has the ordinal `start` among all.
    func add(_ batch: Batch, keys: [Column], rows: [Int], from start: Int64) throws(Diagnostic) {
        if rows.isEmpty { return }
        let all = Batch(columns: batch.columns + keys, count: batch.count).gather(rows)
        try parts.add(all.adding(rows.map { start + Int64($0) }), keys: Array(all.columns[inputCount...]))
    }

    /// Some of the groups that come next; nil after the last. No row may be added any more.
    func next() throws(Diagnostic) -> Batch? {
        if result == nil {
            let restored = RestoredOrder(context, types: aggregation.resultTypes)
            try aggregate(parts, into: restored)
            result = restored
        }
        return try result?.next()
    }

    private func aggregate(_ parts: SpilledParts, into result: RestoredOrder) throws(Diagnostic) {
        for run in try parts.finish() {
            let state = AggregationState(aggregation, context.evaluation)
            var firstOrdinals: [Int64] = []
            var rest: SpilledParts?
            while let rows = try run.next() {
                try context.cancellation.check()
                let input = Batch(columns: Array(rows.columns[..<inputCount]), count: rows.count)
                let keys = Array(rows.columns[inputCount..<rowTypes.count - 1])
                if let rest {
                    let others = rows.gather(try state.addKnown(input, keys: keys))
                    try rest.add(others, keys: Array(others.columns[inputCount..<rowTypes.count - 1]))
                    continue
                }
                let groups = try state.add(input, keys: keys)
                for (group, ordinal) in zip(groups, rows.ordinals) where Int(group) == firstOrdinals.count {
                    firstOrdinals.append(ordinal)
                }
                if state.isTooLarge, parts.level < SpilledParts.lastLevel {
                    rest = try SpilledParts(context, types: rowTypes, level: parts.level + 1)
                }
            }
            if let batch = try state.finish() { try result.add(batch, ordinals: firstOrdinals) }
            if let rest { try aggregate(rest, into: result) }
        }
    }
}
