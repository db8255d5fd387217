// Subqueries: once when uncorrelated, once a row otherwise, with the outer row in place.

import MartletCore
import MartletExpressions
import Testing

private final class Reference: SubqueryReference {
    let id: Int
    let readsFartherRows = false
    let summary = "SELECT …"

    init(_ id: Int) { self.id = id }
}

/// Gives the outer row's first value plus one, or 7 without an outer row.
private final class Evaluator: SubqueryEvaluator {
    var calls = 0

    func scalar(_ subquery: any SubqueryReference, _ context: EvaluationContext) throws(Diagnostic) -> Value {
        calls += 1
        if case .integer(let number)? = context.outerRows.last?.first { return .integer(number + 1) }
        return context.outerRows.last?.isEmpty == false ? .null : .integer(7)
    }

    func exists(_ subquery: any SubqueryReference, _ context: EvaluationContext) throws(Diagnostic) -> Bool {
        calls += 1
        return try scalar(subquery, context) == .integer(7)
    }

    func rows(_ subquery: any SubqueryReference, _ context: EvaluationContext) throws(Diagnostic) -> [[Value]] {
        calls += 1
        return [[.integer(7), .text("x")], [.integer(6), .null]]
    }

    func values(_ subquery: any SubqueryReference, _ context: EvaluationContext) throws(Diagnostic) -> [Value] {
        calls += 1
        return [.integer(7), .null]
    }
}

struct SubqueryTests {
    private let rows = Batch(rows: [[.integer(6)], [.integer(7)], [.null]], types: [.integer])

    private func run(_ subquery: BoundSubquery, _ type: DataType) throws -> (values: [Value], calls: Int) {
        let evaluator = Evaluator()
        let context = EvaluationContext(subqueryEvaluator: evaluator)
        let compiled = try ExpressionCompiler.compile(.subquery(subquery, type, .none))
        var values: [Value] = []
        for _ in 0..<2 {
            let column = try compiled.evaluate(rows, context)
            values = (0..<3).map { column[$0] }
        }
        #expect(context.outerRows.isEmpty)
        return (values, evaluator.calls)
    }

    @Test func scalar() throws {
        let once = try run(BoundSubquery(kind: .scalar, reference: Reference(1)), .integer)
        #expect(once.values == [.integer(7), .integer(7), .integer(7)] && once.calls == 1)
        let each = try run(
            BoundSubquery(kind: .scalar, reference: Reference(1), arguments: [column(0, .integer)]), .integer)
        // Once for each outer value, in both batches.
        #expect(each.values == [.integer(7), .integer(8), .null] && each.calls == 3)
    }

    @Test func existence() throws {
        let each = try run(
            BoundSubquery(kind: .exists(negated: true), reference: Reference(1), arguments: [column(0, .integer)]),
            .boolean)
        #expect(each.values == [.boolean(false), .boolean(true), .boolean(true)])
    }

    @Test func membership() throws {
        let once = try run(
            BoundSubquery(kind: .contains(column(0, .integer), negated: false), reference: Reference(1)), .boolean)
        #expect(once.values == [.null, .boolean(true), .null] && once.calls == 1)
    }

    @Test func withoutAnEvaluatorItIsAnError() throws {
        let compiled = try ExpressionCompiler.compile(
            .subquery(BoundSubquery(kind: .scalar, reference: Reference(1)), .integer, .none))
        #expect(code { _ = try compiled.evaluate(rows, EvaluationContext()) } == .misplaced)
    }
}
