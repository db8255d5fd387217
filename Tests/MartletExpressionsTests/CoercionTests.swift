// Types: what converts silently, what is an error, and where the error points.

import MartletCore
import MartletExpressions
import Testing

struct CoercionTests {
    private func assign(_ expression: BoundExpression, _ type: DataType) throws(Diagnostic) -> BoundExpression {
        try Coercion.coerce(expression, to: type, purpose: .assignment(column: "c"))
    }

    @Test func assignment() throws {
        #expect(try assign(integer(1), .real).constantValue == .real(1))
        #expect(try assign(constant(.null), .json).type == .json)
        #expect(try assign(text("2024-01-01"), .timestamp).constantValue == .timestamp(1_704_067_200_000_000))
        #expect(try assign(text("[1]"), .json).constantValue == .json("[1]"))
        #expect(
            try assign(text("[1, 2]"), .vector(dimension: 2, element: .i8)).type == .vector(dimension: 2, element: .i8))
        #expect(
            try assign(column(0, .vector(dimension: 2, element: .f32)), .vector(dimension: 2, element: .i8)).type
                == .vector(dimension: 2, element: .i8))
        let parameter = BoundExpression.parameter(0, .text, .none)
        let time = try ExpressionCompiler.compile(assign(parameter, .timestamp))
        #expect(try time.value(EvaluationContext(parameters: [.text("1970-01-02")])) == .timestamp(86_400_000_000))
        #expect(code { _ = try time.value(EvaluationContext(parameters: [.text("x")])) } == .invalidTimestamp)
        for (expression, type) in [
            (real(1), DataType.integer), (text("1"), .integer), (integer(1), .text), (integer(1), .boolean),
            (column(0, .text), .timestamp),
            (column(0, .vector(dimension: 2, element: .f32)), .vector(dimension: 3, element: .f32)),
        ] {
            do throws(Diagnostic) {
                _ = try assign(expression, type)
                Issue.record("\(expression.type) became \(type)")
            } catch {
                #expect(error.code == .typeMismatch)
                #expect(error.range == expression.range)
            }
        }
        do throws(Diagnostic) {
            _ = try assign(text("1"), .integer)
        } catch {
            #expect(error.hint == "use CAST(… AS INTEGER)")
        }
    }

    @Test func comparisonsParseTextConstants() throws {
        let comparison = try call("<", column(0, .timestamp), text("2024-01-01"))
        let rows = Batch(rows: [[.timestamp(0)], [.timestamp(.max)]], types: [.timestamp])
        #expect(try ExpressionCompiler.compile(comparison).select(rows, EvaluationContext()) == [0])
        do throws(Diagnostic) {
            _ = try call("<", column(0, .timestamp), text("yesterday"))
        } catch {
            #expect(error.code == .invalidTimestamp)
            #expect(error.range == SourceRange(1, 2))
        }
    }

    @Test func commonTypes() throws {
        #expect(Coercion.commonType(.integer, .real) == .real)
        #expect(Coercion.commonType(.null, .text) == .text)
        #expect(Coercion.commonType(.text, .integer) == nil)
        let (unified, type) = try Coercion.unify([integer(1), constant(.null), real(2)])
        #expect(type == .real && unified.allSatisfy { $0.type == .real })
        #expect(try Coercion.unify([text("2024-01-01"), column(0, .timestamp)]).type == .timestamp)
        do throws(Diagnostic) {
            _ = try Coercion.unify([integer(1), column(4, .text)])
        } catch {
            #expect(error.range == SourceRange(3, 4))
        }
    }

    @Test func argumentErrorsPointAtTheArgument() throws {
        do throws(Diagnostic) {
            _ = try call("lower", column(0, .integer))
            Issue.record("no error")
        } catch {
            #expect(error.code == .typeMismatch)
            #expect(error.range == SourceRange(3, 4))
            #expect(error.message == "argument 1 of lower() must be TEXT, not INTEGER")
        }
        do throws(Diagnostic) {
            _ = try call("lenght", text("x"))
        } catch {
            #expect(error.hint == "did you mean 'length'?")
        }
    }

    @Test func descriptions() throws {
        let a = column(0, .integer)
        let sum = try call("*", call("+", a, integer(1)), integer(2))
        #expect(sum.description(columnNames: ["a"]) == "(a + 1) * 2")
        let both = BoundExpression.and(
            [
                .or([try call("<", a, integer(1)), .isNull(a, negated: true, .none)], .none),
                try call("LIKE", text("it's"), text("%")),
            ], .none)
        #expect(both.description(columnNames: []) == "(#0 < 1 OR #0 IS NOT NULL) AND 'it''s' LIKE '%'")
        #expect(try call("-", call("-", a)).description(columnNames: ["a"]) == "-(-a)")
        #expect(try sum == call("*", call("+", .column(0, .integer, .none), integer(1)), integer(2)))
        #expect(sum.remapColumns { $0 + 3 }.columnsUsed == [3])
        #expect(!sum.isConstant && sum.canFail)
    }

    @Test func folding() throws {
        let folded = ConstantFolding.fold(try call("+", integer(1), call("*", integer(2), integer(3))))
        #expect(folded.constantValue == .integer(7))
        // A failing part stays, and fails only when a row reaches it.
        let guarded = BoundExpression.and(
            [constant(.boolean(false)), try call("=", call("/", integer(1), integer(0)), integer(1))], .none)
        #expect(ConstantFolding.fold(guarded).constantValue == .boolean(false))
        #expect(ConstantFolding.fold(try call("random")).constantValue == nil)
        var deep = integer(1)
        for _ in 0..<2_000 { deep = try call("-", deep) }
        #expect(code { _ = try ExpressionCompiler.compile(deep) } == .nestingTooDeep)
    }
}
