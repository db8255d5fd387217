// WITH RECURSIVE: a start, and a step that is run on its own last rows until it gives none.

import MartletCore
import MartletExpressions
import MartletPlanning

/// Gives each round's rows before the next round runs, so that a LIMIT above ends the recursion. One round is in memory;
/// with UNION every row that was given is, to know it again.
final class RecursionOperator: Operator {
    private let context: ExecutionContext
    private let start: any Operator
    private let step: PhysicalPlan
    private let id: Int
    private let types: [DataType]
    private let seen: GroupTable?
    private var last: [Batch] = []
    private var position = 0
    private var roundCount = 0

    init(
        _ context: ExecutionContext, start: any Operator, step: PhysicalPlan, id: Int, isDistinct: Bool,
        types: [DataType]
    ) {
        self.context = context
        self.start = start
        self.step = step
        self.id = id
        self.types = types
        seen =
            isDistinct ? GroupTable(keyTypes: types, memoryLimitBytes: context.evaluation.memoryLimitBytes) : nil
    }

    func next() throws(Diagnostic) -> Batch? {
        if position == last.count {
            last = try round()
            position = 0
        }
        if position == last.count { return nil }
        defer { position += 1 }
        return last[position]
    }

    private func round() throws(Diagnostic) -> [Batch] {
        defer { roundCount += 1 }
        if roundCount == 0 { return try rows(of: start) }
        if last.isEmpty { return [] }
        if roundCount > Limits.recursionRounds {
            throw Diagnostic(
                .limitExceeded, "WITH RECURSIVE did not end after \(Limits.recursionRounds) rounds",
                hint: "end it with a condition in the step's WHERE, or a LIMIT")
        }
        try context.cancellation.check()
        let outer = context.workingTables.updateValue(last, forKey: id)
        defer { context.workingTables[id] = outer }
        return try rows(of: OperatorBuilder(context).build(step))
    }

    private func rows(of source: any Operator) throws(Diagnostic) -> [Batch] {
        var batches: [Batch] = []
        var byteCount = 0
        while var batch = try source.next() {
            try context.cancellation.check()
            if let seen {
                var known = seen.groupCount
                var fresh: [Int] = []
                for (row, group) in try seen.assign(batch.columns, count: batch.count).enumerated()
                where Int(group) >= known {
                    fresh.append(row)
                    known = Int(group) + 1
                }
                if fresh.count < batch.count { batch = batch.gather(fresh) }
            }
            if batch.count == 0 { continue }
            byteCount += batch.byteCount
            if byteCount > context.evaluation.memoryLimitBytes {
                throw Diagnostic(
                    .limitExceeded,
                    "a round of WITH RECURSIVE exceeds the statement's memory limit of "
                        + "\(context.evaluation.memoryLimitBytes) bytes")
            }
            batches.append(batch)
        }
        return batches
    }
}

/// The rows of the round before, where the step reads its own table.
final class WorkingTableOperator: Operator {
    private let context: ExecutionContext
    private let id: Int
    private var position = 0

    init(_ context: ExecutionContext, _ id: Int) {
        self.context = context
        self.id = id
    }

    func next() throws(Diagnostic) -> Batch? {
        guard let batches = context.workingTables[id], position < batches.count else { return nil }
        defer { position += 1 }
        return batches[position]
    }
}
