// GROUP BY and aggregates over a large table, by several threads.

import MartletCore
import MartletExpressions
import MartletKernels
import MartletPlanning
import MartletStorage
import Synchronization

/// Aggregates each part of a table by itself, and merges the parts in the order of the rows.
///
/// The parts are those of `RowIDRange.partitions` whatever the number of threads, so the result is the same bytes on any
/// number of them, and groups come out in the order in which they were first seen.
///
/// Threads share the statement's read transaction, each with cursors of its own: LMDB changes nothing in a read
/// transaction that a cursor reads from, and the map stays in place as long as a transaction is active. A write
/// transaction keeps a list of its cursors and of changed pages, so there one thread does all parts.
final class PartitionedAggregateOperator: Operator {
    private let context: ExecutionContext
    private let chain: ScanChain
    private let aggregation: Aggregation
    private let inputTypes: [DataType]
    /// For EXPLAIN ANALYZE: of the chain's operators.
    private let meters: [OperatorMeter]
    /// Where the groups do not fit into memory: one thread for all rows.
    private var sequential: AggregateOperator?
    private var isDone = false

    init(
        _ context: ExecutionContext, _ chain: ScanChain, _ aggregation: Aggregation, inputTypes: [DataType],
        meters: [OperatorMeter]
    ) {
        self.context = context
        self.chain = chain
        self.aggregation = aggregation
        self.inputTypes = inputTypes
        self.meters = meters
    }

    func next() throws(Diagnostic) -> Batch? {
        if isDone { return try sequential?.next() }
        isDone = true
        let parts = try chain.range(context).partitions(of: chain.scan.table, context.view)
        let total = AggregationState(aggregation, context.evaluation)
        let merge = OrderedMerge(total)
        let workers = WorkerContexts(context)
        let isOverflowing = Atomic(false)
        let measurements = Mutex(meters.map { _ in OperatorMeasurement() })
        _ = try Parallel.map(count: parts.count, threads: context.view.isWritable ? 1 : context.threads) {
            [chain, aggregation, isMeasuring = !meters.isEmpty] (number) throws(Diagnostic) in
            let worker = workers.context(number)
            var meters: [OperatorMeter]? = isMeasuring ? [] : nil
            let source = chain.build(worker, parts[number], &meters)
            let state = AggregationState(aggregation, worker.evaluation)
            while !isOverflowing.load(ordering: .relaxed), let batch = try source.next() {
                try state.add(batch)
                if state.isTooLarge { isOverflowing.store(true, ordering: .relaxed) }
            }
            if isOverflowing.load(ordering: .relaxed) { return }
            if try !merge.add(state, number) { isOverflowing.store(true, ordering: .relaxed) }
            if let measured = meters?.map(\.measurement) {
                measurements.withLock { total in
                    for index in total.indices { total[index] = total[index] + measured[index] }
                }
            }
        }
        if isOverflowing.load(ordering: .relaxed) {
            // Read once more, as the rows that were read are in part aggregated.
            var own: [OperatorMeter]? = meters.isEmpty ? nil : []
            let source = chain.build(context, try chain.range(context), &own)
            let all = try AggregateOperator(context, source, aggregation, inputTypes: inputTypes)
            sequential = all
            let first = try all.next()
            for (meter, inner) in zip(meters, own ?? []) { meter.add(inner.measurement) }
            return first
        }
        for (meter, measurement) in zip(meters, measurements.withLock { $0 }) { meter.add(measurement) }
        return try total.finish()
    }
}

/// Makes the contexts of a statement's parts.
///
/// `@unchecked Sendable`: threads only read what does not change while the parts run.
private final class WorkerContexts: @unchecked Sendable {
    private let context: ExecutionContext

    init(_ context: ExecutionContext) { self.context = context }

    /// For one other thread.
    func context(_ number: Int) -> ExecutionContext { context.forWorker(number) }
}
