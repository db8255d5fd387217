// Arithmetic and comparison operators: results, NULLs, errors and their places.

import MartletCore
import MartletExpressions
import Testing

struct ArithmeticFunctionsTests {
    @Test func integerOperators() throws {
        #expect(try apply("+", .integer(2), .integer(3)) == .integer(5))
        #expect(try apply("-", .integer(2), .integer(3)) == .integer(-1))
        #expect(try apply("*", .integer(-2), .integer(3)) == .integer(-6))
        #expect(try apply("/", .integer(-7), .integer(2)) == .integer(-3))
        #expect(try apply("%", .integer(-7), .integer(2)) == .integer(-1))
        #expect(try apply("%", .integer(.min), .integer(-1)) == .integer(0))
        #expect(try apply("-", .integer(5)) == .integer(-5))
        #expect(try apply("+", .integer(2), .null) == .null)
        #expect(try apply("+", .integer(2), .real(0.5)) == .real(2.5))
    }

    @Test func overflowIsAnErrorWithThePlace() throws {
        #expect(code { _ = try apply("+", .integer(.max), .integer(1)) } == .integerOverflow)
        #expect(code { _ = try apply("-", .integer(.min)) } == .integerOverflow)
        #expect(code { _ = try apply("*", .integer(.max), .integer(2)) } == .integerOverflow)
        #expect(code { _ = try apply("/", .integer(.min), .integer(-1)) } == .integerOverflow)
        #expect(code { _ = try apply("*", .real(1e300), .real(1e300)) } == .outOfRange)
        do {
            _ = try value(call("+", integer(.max), integer(1)))
            Issue.record("no error")
        } catch {
            #expect(error.range == SourceRange(0, 9))
        }
    }

    @Test func divisionByZero() throws {
        #expect(code { _ = try apply("/", .integer(1), .integer(0)) } == .divisionByZero)
        #expect(code { _ = try apply("%", .integer(1), .integer(0)) } == .divisionByZero)
        #expect(code { _ = try apply("/", .real(1), .real(0)) } == .divisionByZero)
        #expect(try apply("/", .null, .integer(0)) == .null)
    }

    /// A NULL's placeholder must not raise an error.
    @Test func placeholdersUnderNullsAreNotErrors() throws {
        let a = Column(type: .integer, storage: .integers([.max, 4]), nulls: [true, false])
        let b = Column(type: .integer, storage: .integers([0, 2]), nulls: [true, false])
        let batch = Batch(columns: [a, b], count: 2)
        for name in ["+", "*", "/", "%"] {
            let compiled = try ExpressionCompiler.compile(call(name, column(0, .integer), column(1, .integer)))
            let result = try compiled.evaluate(batch, EvaluationContext())
            #expect(result[0] == .null)
            #expect(result[1] != .null)
        }
    }

    @Test func mixedNumbersCompareExactly() throws {
        #expect(try apply("=", .integer(1 << 53 + 1), .real(0x1p53)) == .boolean(false))
        #expect(try apply(">", .integer((1 << 53) + 1), .real(0x1p53)) == .boolean(true))
        #expect(try apply("<", .integer(.max), .real(0x1p63)) == .boolean(true))
        #expect(try apply("=", .integer(1), .real(1)) == .boolean(true))
        #expect(try apply("<", .real(-0.5), .integer(0)) == .boolean(true))
        #expect(try apply(">=", .real(0.5), .integer(0)) == .boolean(true))
    }

    @Test func textComparesByBytes() throws {
        #expect(try apply("<", .text("B"), .text("a")) == .boolean(true))
        #expect(try apply("<", .text("a"), .text("ab")) == .boolean(true))
        #expect(try apply("=", .text("a"), .text("a")) == .boolean(true))
        #expect(try apply("IS", .null, .null) == .boolean(true))
        #expect(try apply("IS NOT", .text("a"), .null) == .boolean(true))
    }

    @Test func typesAreStrict() throws {
        #expect(code { _ = try call("+", text("1"), integer(1)) } == .typeMismatch)
        #expect(code { _ = try call("=", column(0, .text), integer(1)) } == .typeMismatch)
        #expect(code { _ = try call("lowr", text("x")) } == .unknownFunction)
        #expect(code { _ = try call("nullif", text("x")) } == .wrongArgumentCount)
    }
}
