// Times of the hot kernels over a million rows; run in release with MARTLET_SPEED=1.

import Foundation
import MartletCore
import MartletExpressions
import Testing

@Suite(.serialized, .enabled(if: ProcessInfo.processInfo.environment["MARTLET_SPEED"] != nil))
struct SpeedTests {
    static let rowCount = 1_000_000

    static let batches: [Batch] = {
        var random = SeededRandom(seed: 7)
        var batches: [Batch] = []
        var row = 0
        while row < rowCount {
            let count = min(Limits.rowsPerBatch, rowCount - row)
            let keys = (0..<count).map { _ in Int64(random.next() % 1_000) }
            let reals = (0..<count).map { _ in Double(random.next() >> 11) * 0x1p-53 }
            var texts = ByteColumn(reserving: count, bytes: count * 26)
            for index in 0..<count { texts.append("row \(row + index) of the table") }
            batches.append(
                Batch(
                    columns: [
                        Column(type: .integer, storage: .integers(keys)), Column(type: .real, storage: .reals(reals)),
                        Column(type: .text, storage: .bytes(texts)),
                    ], count: count))
            row += count
        }
        return batches
    }()

    private func measure(_ label: String, _ body: () throws -> Value) rethrows {
        _ = SpeedTests.batches.count
        var best = Duration.seconds(1_000)
        var result = Value.null
        for _ in 0..<5 {
            let clock = ContinuousClock()
            best = min(best, try clock.measure { result = try body() })
        }
        print("speed \(label): \(best) \(result)")
    }

    private func aggregate(_ name: String, _ arguments: BoundExpression..., star: Bool = false) throws
        -> CompiledAggregate
    {
        try CompiledAggregate(AggregateRegistry.standard.call(name, arguments, hasStar: star, at: .none))
    }

    @Test func filteredAggregate() throws {
        let condition = try ExpressionCompiler.compile(call("<", column(1, .real), real(0.5)))
        let calls = [try aggregate("count", star: true), try aggregate("sum", column(1, .real))]
        let context = EvaluationContext()
        try measure("count, sum where v < 0.5") {
            let states = calls.map { $0.makeState(context) }
            for batch in SpeedTests.batches {
                let part = batch.gather(try condition.select(batch, context))
                for (call, state) in zip(calls, states) {
                    try call.update(state, part, groups: nil, groupCount: 1, context)
                }
            }
            return try states[1].finish(groupCount: 1)[0]
        }
        let needed = SpeedTests.batches.map { Batch(columns: [$0.columns[1]], count: $0.count) }
        let narrow = try ExpressionCompiler.compile(call("<", column(0, .real), real(0.5)))
        let narrowCalls = [try aggregate("count", star: true), try aggregate("sum", column(0, .real))]
        try measure("count, sum where v < 0.5, only the column needed") {
            let states = narrowCalls.map { $0.makeState(context) }
            for batch in needed {
                let part = batch.gather(try narrow.select(batch, context))
                for (call, state) in zip(narrowCalls, states) {
                    try call.update(state, part, groups: nil, groupCount: 1, context)
                }
            }
            return try states[1].finish(groupCount: 1)[0]
        }
    }

    @Test func grouped() throws {
        let calls = [try aggregate("count", star: true), try aggregate("avg", column(1, .real))]
        let context = EvaluationContext()
        try measure("count, avg group by k") {
            let table = GroupTable(keyTypes: [.integer])
            let states = calls.map { $0.makeState(context) }
            for batch in SpeedTests.batches {
                let groups = try table.assign([batch.columns[0]], count: batch.count)
                for (call, state) in zip(calls, states) {
                    try call.update(state, batch, groups: groups, groupCount: table.groupCount, context)
                }
            }
            return .integer(Int64(try states[1].finish(groupCount: table.groupCount).count))
        }
        try measure("group by text, 1M groups") {
            let table = GroupTable(keyTypes: [.text])
            for batch in SpeedTests.batches { _ = try table.assign([batch.columns[2]], count: batch.count) }
            return .integer(Int64(table.groupCount))
        }
    }

    @Test func like() throws {
        let condition = try ExpressionCompiler.compile(call("LIKE", column(2, .text), text("%99 of%")))
        let context = EvaluationContext()
        try measure("LIKE '%99 of%'") {
            var hits = 0
            for batch in SpeedTests.batches { hits += try condition.select(batch, context).count }
            return .integer(Int64(hits))
        }
        let regex = try ExpressionCompiler.compile(call("REGEXP", column(2, .text), text("99 of")))
        try measure("REGEXP '99 of'") {
            var hits = 0
            for batch in SpeedTests.batches { hits += try regex.select(batch, context).count }
            return .integer(Int64(hits))
        }
    }

    @Test func arithmeticAndSort() throws {
        let context = EvaluationContext()
        let sum = try ExpressionCompiler.compile(
            call("+", call("*", column(0, .integer), integer(3)), integer(1)))
        try measure("k * 3 + 1") {
            var last = Value.null
            for batch in SpeedTests.batches { last = try sum.evaluate(batch, context)[0] }
            return last
        }
        measure("ORDER BY v") {
            let all = Batch.concatenated(SpeedTests.batches.map { Batch(columns: [$0.columns[1]], count: $0.count) })
            return .integer(Int64(RowOrdering.sorted(all.columns, count: all.count, by: [SortKey(column: 0)])[0]))
        }
        measure("ORDER BY v LIMIT 10") {
            var top = TopRows(limit: 10, by: [SortKey(column: 1)])
            for batch in SpeedTests.batches { top.add(batch) }
            return top.finish()?.columns[1][0] ?? .null
        }
    }
}
