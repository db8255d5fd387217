// Aggregates: values, NULLs, DISTINCT, FILTER, merging, limits.

import MartletCore
import MartletExpressions
import Testing

struct AggregateTests {
    /// Runs an aggregate over rows in batches of three, in one state and in merged states; both must agree.
    private func run(
        _ name: String, _ types: [DataType], _ rows: [[Value]], isDistinct: Bool = false,
        filter: BoundExpression? = nil, star: Bool = false
    ) throws -> Value {
        let arguments = star ? [] : types.enumerated().map { column($0.offset, $0.element) }
        let call = try AggregateRegistry.standard.call(
            name, arguments, hasStar: star, isDistinct: isDistinct, filter: filter, at: SourceRange(0, 5))
        let compiled = try CompiledAggregate(call)
        let context = EvaluationContext()
        let single = compiled.makeState(context)
        let merged = compiled.makeState(context)
        for start in stride(from: 0, to: rows.count, by: 3) {
            let batch = Batch(rows: Array(rows[start..<min(start + 3, rows.count)]), types: types)
            try compiled.update(single, batch, groups: nil, groupCount: 1, context)
            let part = compiled.makeState(context)
            // Group 1 of the part is group 0 of the whole.
            try compiled.update(
                part, batch, groups: [Int32](repeating: 1, count: batch.count), groupCount: 2, context)
            try merged.merge(part, groupMap: [1, 0], groupCount: 2)
        }
        let result = try single.finish(groupCount: 1)
        #expect(result.type == call.type)
        #expect(same(try merged.finish(groupCount: 2)[0], result[0]), "\(name) merged")
        return result[0]
    }

    private let integers: [[Value]] = [[.integer(3)], [.null], [.integer(1)], [.integer(3)], [.integer(5)]]
    private let reals: [[Value]] = [[.real(3)], [.null], [.real(1)], [.real(3)], [.real(5)]]

    @Test func counts() throws {
        #expect(try run("count", [.integer], integers, star: true) == .integer(5))
        #expect(try run("count", [.integer], integers) == .integer(4))
        #expect(try run("count", [.integer], integers, isDistinct: true) == .integer(3))
        #expect(try run("count", [.integer], []) == .integer(0))
        #expect(
            try run("count", [.integer], integers, filter: call(">", column(0, .integer), integer(2)), star: true)
                == .integer(3))
    }

    @Test func sums() throws {
        #expect(try run("sum", [.integer], integers) == .integer(12))
        #expect(try run("sum", [.integer], integers, isDistinct: true) == .integer(9))
        #expect(try run("sum", [.real], reals) == .real(12))
        #expect(try run("avg", [.integer], integers) == .real(3))
        #expect(try run("avg", [.real], reals) == .real(3))
        #expect(try run("total", [.integer], [[.null]]) == .real(0))
        #expect(try run("sum", [.integer], [[.null]]) == .null)
        #expect(try run("avg", [.real], []) == .null)
        #expect(try run("sum", [.integer], [[.integer(.max)], [.integer(1)], [.integer(-1)]]) == .integer(.max))
        #expect(try run("sum", [.integer], [[.integer(.min)], [.integer(-5)], [.integer(5)]]) == .integer(.min))
        #expect(code { _ = try run("sum", [.integer], [[.integer(.max)], [.integer(1)]]) } == .integerOverflow)
        #expect(code { _ = try run("sum", [.real], [[.real(1e308)], [.real(1e308)]]) } == .outOfRange)
        // Compensation keeps what plain addition would lose.
        #expect(try run("sum", [.real], [[.real(1e16)], [.real(1)], [.real(-1e16)]]) == .real(1))
        #expect(code { _ = try run("sum", [.text], []) } == .typeMismatch)
        #expect(code { _ = try AggregateRegistry.standard.call("sum", [], at: .none) } == .wrongArgumentCount)
    }

    @Test func extremes() throws {
        #expect(try run("min", [.integer], integers) == .integer(1))
        #expect(try run("max", [.real], reals) == .real(5))
        #expect(try run("min", [.text], [[.text("b")], [.text("a")], [.null]]) == .text("a"))
        #expect(try run("max", [.boolean], [[.boolean(false)], [.boolean(true)]]) == .boolean(true))
        #expect(try run("max", [.timestamp], [[.timestamp(5)], [.timestamp(7)]]) == .timestamp(7))
        #expect(try run("min", [.integer], []) == .null)
        #expect(try run("bool_and", [.boolean], [[.boolean(true)], [.boolean(false)]]) == .boolean(false))
        #expect(try run("bool_or", [.boolean], [[.boolean(true)], [.null]]) == .boolean(true))
        #expect(try run("bool_and", [.boolean], [[.null]]) == .null)
    }

    @Test func others() throws {
        #expect(try run("group_concat", [.integer], integers) == .text("3,1,3,5"))
        #expect(try run("group_concat", [.integer], integers, isDistinct: true) == .text("3,1,5"))
        #expect(
            try run("string_agg", [.text, .text], [[.text("a"), .text("-")], [.text("b"), .text("-")]]) == .text("a-b"))
        #expect(try run("group_concat", [.text], [[.null]]) == .null)
        #expect(same(try run("variance", [.integer], integers), .real(8.0 / 3)))
        #expect(same(try run("var_pop", [.real], reals), .real(2)))
        #expect(same(try run("stddev_pop", [.real], reals), .real(2.0.squareRoot())))
        #expect(try run("stddev", [.real], [[.real(1)]]) == .null)
        #expect(try run("median", [.integer], integers) == .real(3))
        #expect(try run("median", [.integer], [[.integer(1)], [.integer(2)]]) == .real(1.5))
        let quarter = reals.map { $0 + [.real(0.25)] }
        #expect(same(try run("quantile", [.real, .real], quarter), .real(2.5)))
        #expect(code { _ = try run("quantile", [.real, .real], [[.real(1), .real(2)]]) } == .outOfRange)
    }

    @Test func groupsWithoutRowsGiveTheEmptyValue() throws {
        let compiled = try CompiledAggregate(AggregateRegistry.standard.call("sum", [column(0, .integer)], at: .none))
        let context = EvaluationContext()
        let state = compiled.makeState(context)
        let batch = Batch(rows: [[.integer(4)], [.integer(6)]], types: [.integer])
        try compiled.update(state, batch, groups: [2, 2], groupCount: 4, context)
        let result = try state.finish(groupCount: 4)
        #expect((0..<4).map { result[$0] } == [.null, .null, .integer(10), .null])
    }
}
