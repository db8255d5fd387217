// Three-valued logic, laziness, CASE, COALESCE, IN.

import MartletCore
import MartletExpressions
import Testing

struct LogicTests {
    private let truths: [Value] = [.boolean(true), .boolean(false), .null]

    @Test func truthTables() throws {
        for a in truths {
            for b in truths {
                let rows = Batch(rows: [[a, b]], types: [.boolean, .boolean])
                let x = column(0, .boolean)
                let y = column(1, .boolean)
                let and = try ExpressionCompiler.compile(.and([x, y], .none))
                let or = try ExpressionCompiler.compile(.or([x, y], .none))
                let not = try ExpressionCompiler.compile(.not(x, .none))
                let context = EvaluationContext()
                let andResult = try and.evaluate(rows, context)[0]
                let orResult = try or.evaluate(rows, context)[0]
                let expectedAnd: Value =
                    a == .boolean(false) || b == .boolean(false)
                    ? .boolean(false) : a.isNull || b.isNull ? .null : .boolean(true)
                let expectedOr: Value =
                    a == .boolean(true) || b == .boolean(true)
                    ? .boolean(true) : a.isNull || b.isNull ? .null : .boolean(false)
                #expect(andResult == expectedAnd, "\(a) AND \(b)")
                #expect(orResult == expectedOr, "\(a) OR \(b)")
                #expect(try and.select(rows, context).count == (expectedAnd == .boolean(true) ? 1 : 0))
                #expect(try or.select(rows, context).count == (expectedOr == .boolean(true) ? 1 : 0))
                #expect(
                    try not.evaluate(rows, context)[0]
                        == (a.isNull ? .null : a == .boolean(true) ? .boolean(false) : .boolean(true)))
            }
        }
    }

    private let zeros = Batch(
        rows: [[.integer(10), .integer(0)], [.integer(10), .integer(2)], [.integer(1), .null]],
        types: [.integer, .integer])

    @Test func theRightSideIsEvaluatedOnlyWhereNeeded() throws {
        let a = column(0, .integer)
        let b = column(1, .integer)
        let guarded = BoundExpression.and(
            [try call("<>", b, integer(0)), try call(">", call("/", a, b), integer(1))], .none)
        let compiled = try ExpressionCompiler.compile(guarded)
        let context = EvaluationContext()
        #expect(try compiled.select(zeros, context) == [1])
        let values = try compiled.evaluate(zeros, context)
        #expect((0..<3).map { values[$0] } == [.boolean(false), .boolean(true), .null])
        let either = BoundExpression.or(
            [try call("=", b, integer(0)), try call(">", call("/", a, b), integer(1))], .none)
        #expect(try ExpressionCompiler.compile(either).select(zeros, context) == [0, 1])
        // The other way round it must fail, at the division.
        let unguarded = BoundExpression.and(
            [try call(">", call("/", a, b), integer(1)), try call("<>", b, integer(0))], .none)
        #expect(code { _ = try ExpressionCompiler.compile(unguarded).select(zeros, context) } == .divisionByZero)
    }

    @Test func conditionalIsLazy() throws {
        let a = column(0, .integer)
        let b = column(1, .integer)
        let expression = BoundExpression.conditional(
            [.init(condition: try call("=", b, integer(0)), result: integer(-1))],
            otherwise: try call("/", a, b), .integer, .none)
        let values = try ExpressionCompiler.compile(expression).evaluate(zeros, EvaluationContext())
        #expect((0..<3).map { values[$0] } == [.integer(-1), .integer(5), .null])
        let coalesced = try call("coalesce", b, call("/", a, integer(0)))
        #expect(
            code { _ = try ExpressionCompiler.compile(coalesced).evaluate(zeros, EvaluationContext()) }
                == .divisionByZero)
        let firstTwo = zeros.gather([0, 1])
        let fine = try ExpressionCompiler.compile(coalesced).evaluate(firstTwo, EvaluationContext())
        #expect(fine[0] == .integer(0) && fine[1] == .integer(2))
    }

    @Test func textBranchesArePutTogether() throws {
        let rows = Batch(rows: [[.integer(1)], [.integer(2)], [.null], [.integer(3)]], types: [.integer])
        let a = column(0, .integer)
        let expression = BoundExpression.conditional(
            [
                .init(condition: try call("=", a, integer(1)), result: text("one")),
                .init(condition: try call("=", a, integer(2)), result: try call("||", text("t"), a)),
            ], otherwise: nil, .text, .none)
        let values = try ExpressionCompiler.compile(expression).evaluate(rows, EvaluationContext())
        #expect((0..<4).map { values[$0] } == [.text("one"), .text("t2"), .null, .null])
    }

    @Test func membership() throws {
        let rows = Batch(rows: [[.integer(1)], [.integer(5)], [.null]], types: [.integer])
        func check(_ items: [BoundExpression], _ expected: [Value], negated: Bool = false) throws {
            let expression = BoundExpression.inList(column(0, .integer), items, negated: negated, .none)
            let values = try ExpressionCompiler.compile(expression).evaluate(rows, EvaluationContext())
            #expect((0..<3).map { values[$0] } == expected)
        }
        try check([integer(1), integer(2)], [.boolean(true), .boolean(false), .null])
        try check([integer(1), integer(2)], [.boolean(false), .boolean(true), .null], negated: true)
        try check([integer(1), constant(.null)], [.boolean(true), .null, .null])
        try check([real(1), real(5.5)], [.boolean(true), .boolean(false), .null])
        try check([], [.boolean(false), .boolean(false), .boolean(false)])
        try check([column(0, .integer), integer(7)], [.boolean(true), .boolean(true), .null])
        try check((0..<100).map { integer($0 * 5) }, [.boolean(false), .boolean(true), .null])
    }

    /// `=` and IN compare bytes: a letter with an accent differs from the letter followed by the accent.
    @Test func textsAreComparedByBytes() throws {
        let composed = text("\u{E9}")
        let decomposed = text("e\u{301}")
        #expect(try value(call("=", composed, decomposed)) == .boolean(false))
        #expect(try value(.inList(composed, [decomposed], negated: false, .none)) == .boolean(false))
    }

    @Test func isNull() throws {
        let rows = Batch(rows: [[.integer(1)], [.null]], types: [.integer])
        let values = try ExpressionCompiler.compile(.isNull(column(0, .integer), negated: false, .none))
            .evaluate(rows, EvaluationContext())
        #expect(values[0] == .boolean(false) && values[1] == .boolean(true))
    }
}
