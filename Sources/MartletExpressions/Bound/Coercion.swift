// The rules of types: what converts to what without being asked, and what only by CAST.

package import MartletCore

/// Implicit conversions. Types are strict:
/// - NULL converts to every type;
/// - INTEGER widens to REAL, never the other way;
/// - a TEXT *constant or parameter* (not a TEXT column) becomes TIMESTAMP, JSON, VECTOR or BLOB where that is demanded:
///   a constant when the statement is bound, a parameter when it runs;
/// - a VECTOR changes its element type on assignment, never its dimension; a BLOB is a VECTOR's stored bytes there;
/// - everything else needs CAST.
package enum Coercion {
    package enum Purpose: Sendable {
        /// INSERT, UPDATE or a default: the column's name.
        case assignment(column: String)
        /// A function or operator: its name.
        case argument(String)
        case comparison
        /// CASE, COALESCE, IN, UNION.
        case common
        /// WHERE, ON, HAVING, WHEN.
        case condition
    }

    /// `expression` as type `target`.
    ///
    /// - Throws: `typeMismatch` at the expression; for a TEXT constant that does not parse, the parser's error.
    package static func coerce(
        _ expression: BoundExpression, to target: DataType, purpose: Purpose
    ) throws(Diagnostic) -> BoundExpression {
        let source = expression.type
        if source == target { return expression }
        if case .constant(let value, _, let range) = expression {
            if value.isNull { return .constant(.null, target, range) }
            if implicitCost(of: expression, to: target) != nil || isVectorAssignment(source, target, purpose) {
                do {
                    return .constant(try ValueConversion.convert(value, to: target), target, range)
                } catch {
                    var error = error.located(at: range)
                    if error.code == .invalidJSON, !isAssignment(purpose) { error.hint = partAsText }
                    throw error
                }
            }
        }
        if source == .null || implicitCost(of: expression, to: target) != nil
            || isVectorAssignment(source, target, purpose)
        {
            return .cast(expression, target, expression.range)
        }
        throw mismatch(expression, target, purpose)
    }

    /// How far `expression` is from `target`: 0 for the same type; nil where there is no implicit conversion.
    package static func implicitCost(of expression: BoundExpression, to target: DataType) -> Int? {
        let source = expression.type
        if source == target { return 0 }
        switch (source, target) {
        case (.null, _): return 1
        case (.integer, .real): return 2
        case (.text, .timestamp), (.text, .json), (.text, .vector), (.text, .blob):
            switch expression {
            case .constant, .parameter: return 3
            default: return nil
            }
        default: return nil
        }
    }

    /// What to write where a part of a JSON value meets a text.
    private static let partAsText = "for a part of a JSON value as TEXT, write value ->> 'path'"

    private static func isAssignment(_ purpose: Purpose) -> Bool {
        if case .assignment = purpose { true } else { false }
    }

    private static func isVectorAssignment(_ source: DataType, _ target: DataType, _ purpose: Purpose) -> Bool {
        guard case .assignment = purpose, case .vector(let to, _) = target else { return false }
        if case .vector(let from, _) = source { return from == to }
        return source == .blob
    }

    /// The type that both convert to; nil if there is none.
    package static func commonType(_ a: DataType, _ b: DataType) -> DataType? {
        if a == b || b == .null { return a }
        if a == .null { return b }
        if a.isNumeric, b.isNumeric { return .real }
        return nil
    }

    /// The common type of expressions, with TEXT constants giving way to TIMESTAMP, JSON, VECTOR and BLOB. A constant
    /// NULL, also one with a type, fits every type that another expression has.
    package static func commonType(ofAll expressions: [BoundExpression]) -> DataType? {
        if !expressions.contains(where: \.isNullConstant) { return commonType(ofEach: expressions) }
        let present = expressions.filter { !$0.isNullConstant }
        return present.isEmpty ? commonType(ofEach: expressions) : commonType(ofEach: present)
    }

    private static func commonType(ofEach expressions: [BoundExpression]) -> DataType? {
        var result = DataType.null
        var flexible: [BoundExpression] = []
        for expression in expressions {
            if expression.type == .text, implicitCost(of: expression, to: .json) != nil {
                flexible.append(expression)
                continue
            }
            guard let common = commonType(result, expression.type) else { return nil }
            result = common
        }
        if flexible.isEmpty { return result }
        if result == .null || result == .text { return .text }
        for expression in flexible where implicitCost(of: expression, to: result) == nil { return nil }
        return result
    }

    /// Converts all to their common type.
    ///
    /// - Throws: `typeMismatch` at the first expression that does not fit the ones before it.
    package static func unify(
        _ expressions: [BoundExpression], purpose: Purpose = .common
    ) throws(Diagnostic) -> (expressions: [BoundExpression], type: DataType) {
        guard let type = commonType(ofAll: expressions) else {
            for count in 1...max(1, expressions.count) where count <= expressions.count {
                let prefix = Array(expressions[..<count])
                if commonType(ofAll: prefix) == nil {
                    let before = commonType(ofAll: Array(prefix.dropLast())) ?? .null
                    throw mismatch(expressions[count - 1], before, purpose)
                }
            }
            throw Diagnostic(.typeMismatch, "the types do not fit together", at: expressions.first?.range)
        }
        var unified: [BoundExpression] = []
        for expression in expressions { unified.append(try coerce(expression, to: type, purpose: purpose)) }
        return (unified, type)
    }

    /// A result that CASE may choose, as the common type of all.
    package static func choice(
        _ expression: BoundExpression, as target: DataType
    ) throws(Diagnostic) -> BoundExpression {
        if target == .real, expression.type == .integer, !expression.isNullConstant {
            return MixedNumbers.widened(expression)
        }
        return try coerce(expression, to: target, purpose: .comparison)
    }

    /// A condition: BOOLEAN, or NULL.
    package static func condition(_ expression: BoundExpression) throws(Diagnostic) -> BoundExpression {
        try coerce(expression, to: .boolean, purpose: .condition)
    }

    /// Whether CAST knows the pair of types at all.
    package static func canCast(from source: DataType, to target: DataType) -> Bool {
        if source == target || source == .null { return true }
        switch (source, target) {
        case (_, .null): return false
        case (_, .text), (.text, _): return true
        case (.integer, .real), (.real, .integer), (.boolean, .integer), (.integer, .boolean), (.boolean, .real):
            return true
        case (.integer, .timestamp), (.timestamp, .integer), (.real, .timestamp), (.timestamp, .real): return true
        case (.json, _): return target != .blob && target != .timestamp
        case (.boolean, .json), (.integer, .json), (.real, .json), (.vector, .json): return true
        case (.vector, .vector), (.vector, .blob), (.blob, .vector): return true
        default: return false
        }
    }

    package static func castCannotFail(from source: DataType, to target: DataType) -> Bool {
        switch (source, target) {
        case (.null, _), (.integer, .real), (.boolean, .integer), (.boolean, .real), (.integer, .boolean): true
        case (.json, .text), (.integer, .text), (.real, .text), (.boolean, .text): true
        default: source == target
        }
    }

    /// `CAST(expression AS target)`.
    ///
    /// - Throws: `typeMismatch` for a pair of types without a conversion.
    package static func cast(
        _ expression: BoundExpression, to target: DataType, at range: SourceRange
    ) throws(Diagnostic) -> BoundExpression {
        guard canCast(from: expression.type, to: target) else {
            throw Diagnostic(.typeMismatch, "a value of type \(expression.type) cannot be cast to \(target)", at: range)
        }
        if expression.isNullConstant { return .constant(.null, target, range) }
        return .cast(expression, target, range)
    }

    static func mismatch(_ expression: BoundExpression, _ target: DataType, _ purpose: Purpose) -> Diagnostic {
        let message =
            switch purpose {
            case .assignment(let column): "column '\(column)' is \(target), but the value is \(expression.type)"
            case .argument(let name): "\(name) needs \(target), not \(expression.type)"
            case .comparison: "\(target) and \(expression.type) cannot be compared"
            case .common: "the types \(target) and \(expression.type) do not fit together"
            case .condition: "a condition must be BOOLEAN, not \(expression.type)"
            }
        return Diagnostic(
            .typeMismatch, message, at: expression.range, hint: hint(from: expression, wanted: [target.description]))
    }

    /// `use CAST(x AS INTEGER)`, where that is a possible cast; of JSON, whose cast to TEXT keeps its quotes, `->>`.
    static func hint(from expression: BoundExpression, wanted: [String]) -> String? {
        let types: [DataType] = [.integer, .real, .text, .boolean, .timestamp, .json, .blob]
        for type in types {
            guard wanted.contains(type.description) || (wanted.contains("NUMBER") && type.isNumeric) else { continue }
            if expression.type == .integer, type == .boolean { return "compare it: x <> 0" }
            if expression.type == .json, type == .text { return partAsText }
            if canCast(from: expression.type, to: type) { return "use CAST(… AS \(type))" }
        }
        return nil
    }
}
