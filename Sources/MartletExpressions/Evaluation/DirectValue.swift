// Constants and parameters: what is known without evaluating anything.

package import MartletCore

/// A constant or a parameter of a statement.
package enum DirectValue: Sendable {
    case constant(Value)
    /// The parameter's position from 0, and the type that it was planned for.
    case parameter(Int, DataType, SourceRange)

    /// nil if the expression is anything else.
    package init?(_ expression: BoundExpression) {
        switch expression {
        case .constant(let value, _, _): self = .constant(value)
        case .parameter(let index, let type, let range): self = .parameter(index, type, range)
        default: return nil
        }
    }

    /// - Throws: `unknownParameter` without a value, `typeMismatch` for a value of another type than was planned.
    package func value(_ parameters: [Value]) throws(Diagnostic) -> Value {
        switch self {
        case .constant(let value): return value
        case .parameter(let index, let type, let range):
            guard parameters.indices.contains(index) else {
                throw Diagnostic(.unknownParameter, "parameter ?\(index + 1) has no value", at: range)
            }
            let value = parameters[index]
            switch (value, type) {
            case (.null, _), (.integer, .integer), (.text, .text), (.real, .real): return value
            case (.integer(let number), .real): return .real(Double(number))
            default:
                if value.type == type { return value }
                throw Diagnostic(
                    .typeMismatch, "parameter ?\(index + 1) was planned as \(type), but is \(value.type)", at: range)
            }
        }
    }
}
