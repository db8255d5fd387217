// Bound expressions as text for EXPLAIN.

package import MartletCore

extension BoundExpression {
    /// SQL-like text; input columns are named by `columnNames`, and `#i` where there is no name.
    package func description(columnNames: [String]) -> String {
        text(columnNames, precedence: 0)
    }

    private func text(_ names: [String], precedence: Int) -> String {
        func wrapped(_ own: Int, _ text: String) -> String { own < precedence ? "(\(text))" : text }
        func list(_ items: [BoundExpression]) -> String {
            items.map { $0.text(names, precedence: 0) }.joined(separator: ", ")
        }
        switch self {
        case .constant(let value, _, _): return Self.literal(value)
        case .column(let index, _, _): return index < names.count && index >= 0 ? names[index] : "#\(index)"
        case .outer(let level, let index, _, _): return level == 0 ? "outer.#\(index)" : "outer\(level).#\(index)"
        case .parameter(let index, _, _): return "?\(index + 1)"
        case .and(let terms, _):
            return wrapped(2, terms.map { $0.text(names, precedence: 3) }.joined(separator: " AND "))
        case .or(let terms, _):
            return wrapped(1, terms.map { $0.text(names, precedence: 2) }.joined(separator: " OR "))
        case .not(let operand, _): return wrapped(3, "NOT " + operand.text(names, precedence: 4))
        case .isNull(let operand, let negated, _):
            return wrapped(4, operand.text(names, precedence: 5) + (negated ? " IS NOT NULL" : " IS NULL"))
        case .conditional(let branches, let otherwise, _, _):
            var text = "CASE"
            for branch in branches {
                text += " WHEN \(branch.condition.text(names, precedence: 0))"
                text += " THEN \(branch.result.text(names, precedence: 0))"
            }
            if let otherwise { text += " ELSE \(otherwise.text(names, precedence: 0))" }
            return text + " END"
        case .inList(let operand, let items, let negated, _):
            return wrapped(4, "\(operand.text(names, precedence: 5)) \(negated ? "NOT IN" : "IN") (\(list(items)))")
        case .cast(let operand, let type, _): return "CAST(\(operand.text(names, precedence: 0)) AS \(type))"
        case .subquery(let subquery, _, _):
            let inner = "(\(subquery.reference.summary))"
            switch subquery.kind {
            case .scalar: return inner
            case .exists(let negated): return (negated ? "NOT EXISTS " : "EXISTS ") + inner
            case .contains(let operand, let negated):
                return wrapped(4, "\(operand.text(names, precedence: 5)) \(negated ? "NOT IN" : "IN") \(inner)")
            case .containsRow(let operands, let negated):
                return wrapped(4, "(\(list(operands))) \(negated ? "NOT IN" : "IN") \(inner)")
            }
        case .call(let function, let arguments, _, _):
            guard let own = function.operatorPrecedence else { return "\(function.name)(\(list(arguments)))" }
            if arguments.count == 1 {
                let operand = arguments[0].text(names, precedence: own)
                // `--` would begin a comment.
                return wrapped(own, function.name + (operand.hasPrefix("-") ? "(\(operand))" : operand))
            }
            let left = arguments[0].text(names, precedence: own)
            var text = "\(left) \(function.name) \(arguments[1].text(names, precedence: own + 1))"
            if arguments.count > 2 { text += " ESCAPE \(arguments[2].text(names, precedence: own + 1))" }
            return wrapped(own, text)
        }
    }

    /// A value as the language writes it; long ones are shortened.
    package static func literal(_ value: Value) -> String {
        switch value {
        case .null: return "NULL"
        case .boolean(let value): return value ? "TRUE" : "FALSE"
        case .integer(let value): return "\(value)"
        case .real(let value): return "\(value)"
        case .text(let text): return quoted(text)
        case .json(let text): return "JSON " + quoted(text)
        case .timestamp: return "TIMESTAMP " + quoted((try? ValueConversion.text(of: value)) ?? "?")
        case .blob(let bytes):
            let shown = bytes.prefix(32).map { ValueConversion.hexDigits(of: $0) }.joined()
            return "x'\(shown)\(bytes.count > 32 ? "…" : "")'"
        case .vector(let vector): return "VECTOR(\(vector.dimension))"
        }
    }

    private static func quoted(_ text: String) -> String {
        let shown =
            text.unicodeScalars.count > 80
            ? String(String.UnicodeScalarView(text.unicodeScalars.prefix(80))) + "…" : text
        return "'" + shown.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
    }
}
