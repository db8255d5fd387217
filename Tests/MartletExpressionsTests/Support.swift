// Short ways to bind and run expressions in tests.

import MartletCore
import MartletExpressions
import Testing

func constant(_ value: Value) -> BoundExpression { .constant(value, SourceRange(1, 2)) }
func integer(_ value: Int64) -> BoundExpression { constant(.integer(value)) }
func real(_ value: Double) -> BoundExpression { constant(.real(value)) }
func text(_ value: String) -> BoundExpression { constant(.text(value)) }
func column(_ index: Int, _ type: DataType) -> BoundExpression { .column(index, type, SourceRange(3, 4)) }

func call(_ name: String, _ arguments: BoundExpression...) throws(Diagnostic) -> BoundExpression {
    try FunctionRegistry.standard.call(name, arguments, at: SourceRange(0, 9))
}

/// Evaluates over one row without folding the constants beforehand, then with folding; both must agree.
func value(
    _ expression: BoundExpression, _ context: EvaluationContext = EvaluationContext()
) throws(Diagnostic) -> Value {
    try ExpressionCompiler.compile(expression).value(context)
}

/// `name(arguments)` for constant arguments, computed once as constants and once through columns.
func apply(_ name: String, _ arguments: Value...) throws(Diagnostic) -> Value {
    let folded = try value(FunctionRegistry.standard.call(name, arguments.map { constant($0) }, at: SourceRange(0, 9)))
    let bound = try? FunctionRegistry.standard.call(
        name, arguments.enumerated().map { column($0.offset, $0.element.type) }, at: SourceRange(0, 9))
    if let bound, !bound.isVolatile {
        let batch = Batch(columns: arguments.map { Column.constant($0, count: 3) }, count: 3)
        let result = try ExpressionCompiler.compile(bound).evaluate(batch, EvaluationContext())
        for row in 0..<3 { #expect(same(result[row], folded), "\(name) over a column") }
    }
    return folded
}

func same(_ a: Value, _ b: Value) -> Bool {
    if case .real(let x) = a, case .real(let y) = b { return x == y || abs(x - y) <= 1e-12 * max(abs(x), abs(y)) }
    return a == b
}

func code(_ body: () throws -> Void) -> ErrorCode? {
    do {
        try body()
        return nil
    } catch {
        return (error as? Diagnostic)?.code
    }
}
