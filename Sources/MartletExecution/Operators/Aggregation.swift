// What GROUP BY computes, and how far it has come over some of the rows.

import MartletCore
import MartletExpressions

/// The keys and aggregates of a GROUP BY, compiled. Shared by threads.
final class Aggregation: Sendable {
    let keys: [CompiledExpression]
    let aggregates: [CompiledAggregate]

    init(keys: [BoundExpression], _ aggregates: [AggregateCall]) throws(Diagnostic) {
        self.keys = try ExpressionCompiler.compile(keys)
        var compiled: [CompiledAggregate] = []
        for aggregate in aggregates { compiled.append(try CompiledAggregate(aggregate)) }
        self.aggregates = compiled
    }

    /// Of the rows that come out: the keys, then the aggregates.
    var resultTypes: [DataType] { keys.map(\.type) + aggregates.map(\.call.type) }

    func keyColumns(_ batch: Batch, _ evaluation: EvaluationContext) throws(Diagnostic) -> [Column] {
        var columns: [Column] = []
        for key in keys { columns.append(try key.evaluate(batch, evaluation)) }
        return columns
    }
}

/// The groups of some rows, and their aggregates. Groups are in the order in which they were first seen.
///
/// `@unchecked Sendable`: a state is filled by one thread, and then handed over through the lock of an `OrderedMerge`.
final class AggregationState: @unchecked Sendable {
    private let aggregation: Aggregation
    private let evaluation: EvaluationContext
    /// nil without keys: all rows are one group, even if there are none.
    private let table: GroupTable?
    private let states: [any AggregateState]

    init(_ aggregation: Aggregation, _ evaluation: EvaluationContext) {
        self.aggregation = aggregation
        self.evaluation = evaluation
        states = aggregation.aggregates.map { $0.makeState(evaluation) }
        table =
            aggregation.keys.isEmpty
            ? nil
            : GroupTable(keyTypes: aggregation.keys.map(\.type), memoryLimitBytes: evaluation.memoryLimitBytes)
    }

    var groupCount: Int { table?.groupCount ?? 1 }

    /// - Parameter ordered: aggregates that only keep the rows for now; nil entries are computed at once.
    func add(_ batch: Batch, ordered: [OrderedAggregate?] = []) throws(Diagnostic) {
        var groups: [Int32]?
        if let table {
            groups = try table.assign(try aggregation.keyColumns(batch, evaluation), count: batch.count)
        }
        for (index, aggregate) in aggregation.aggregates.enumerated() {
            if index < ordered.count, let rows = ordered[index] {
                try rows.add(batch, groups: groups)
            } else {
                try aggregate.update(states[index], batch, groups: groups, groupCount: groupCount, evaluation)
            }
        }
    }

    /// Adds rows whose keys are computed already.
    ///
    /// - Returns: the group of each row.
    func add(_ batch: Batch, keys: [Column]) throws(Diagnostic) -> [Int32] {
        guard let table else { return [] }
        let groups = try table.assign(keys, count: batch.count)
        for (index, aggregate) in aggregation.aggregates.enumerated() {
            try aggregate.update(states[index], batch, groups: groups, groupCount: groupCount, evaluation)
        }
        return groups
    }

    /// Adds the rows whose groups are there already.
    ///
    /// - Returns: the other rows.
    func addKnown(_ batch: Batch, keys: [Column]) throws(Diagnostic) -> [Int] {
        guard let table else { return [] }
        let groups = try table.find(keys, count: batch.count)
        let known = groups.indices.filter { groups[$0] >= 0 }
        if !known.isEmpty {
            let part = batch.gather(known)
            for (index, aggregate) in aggregation.aggregates.enumerated() {
                try aggregate.update(
                    states[index], part, groups: known.map { groups[$0] }, groupCount: groupCount, evaluation)
            }
        }
        return groups.indices.filter { groups[$0] < 0 }
    }

    /// Whether the groups take so much memory that others must be kept elsewhere.
    var isTooLarge: Bool {
        guard let table else { return false }
        return table.byteCount + table.groupCount * states.count * 24 > evaluation.memoryLimitBytes / 4
    }

    /// Adds the groups of rows that come after those of this state.
    func merge(_ later: AggregationState) throws(Diagnostic) {
        var groupMap: [Int32] = [0]
        if let table, let other = later.table {
            if other.groupCount == 0 { return }
            groupMap = try table.assign(other.keyColumns(), count: other.groupCount)
        }
        for (index, state) in states.enumerated() {
            do throws(Diagnostic) {
                try state.merge(later.states[index], groupMap: groupMap, groupCount: groupCount)
            } catch {
                throw error.located(at: aggregation.aggregates[index].call.range)
            }
        }
    }

    /// A row for each group; nil if there is none.
    func finish(ordered: [OrderedAggregate?] = []) throws(Diagnostic) -> Batch? {
        let groupCount = groupCount
        if groupCount == 0 { return nil }
        for (index, rows) in ordered.enumerated() {
            try rows?.finish(
                aggregation.aggregates[index], states[index], isGrouped: table != nil, groupCount: groupCount)
        }
        var columns = table?.keyColumns() ?? []
        for (index, state) in states.enumerated() {
            do throws(Diagnostic) {
                columns.append(try state.finish(groupCount: groupCount))
            } catch {
                throw error.located(at: aggregation.aggregates[index].call.range)
            }
        }
        return Batch(columns: columns, count: groupCount)
    }
}
