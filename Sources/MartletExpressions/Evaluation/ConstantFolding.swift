// Computing the constant parts of an expression before it runs.

import MartletCore

package enum ConstantFolding {
    /// Replaces parts that depend on nothing by their values. A part that fails is left as it is, so that the error
    /// arises only for rows that reach it.
    package static func fold(_ expression: BoundExpression) -> BoundExpression {
        guard mayFold(expression) else { return expression }
        return expression.rewrite { (node: BoundExpression) -> BoundExpression in simplify(node) }
    }

    /// False for an expression without any such part, as most are: nothing is made anew for it.
    package static func mayFold(_ expression: BoundExpression) -> Bool {
        switch expression {
        case .constant, .column, .outer, .parameter: return false
        case .conditional: return true
        case .and(let terms, _), .or(let terms, _):
            return terms.count < 2 || terms.contains { $0.constantValue != nil || mayFold($0) }
        case .call(let function, let arguments, _, _):
            if case .coalesce = function.implementation { return true }
            if function.volatility == .immutable, arguments.allSatisfy({ $0.constantValue != nil }) { return true }
            return arguments.contains(where: mayFold)
        case .not(let operand, _), .isNull(let operand, _, _), .cast(let operand, _, _):
            return operand.constantValue != nil || mayFold(operand)
        case .inList(let operand, let items, _, _):
            return operand.constantValue != nil || mayFold(operand) || items.contains(where: mayFold)
        case .subquery: return expression.containsChild(where: mayFold)
        }
    }

    private static func simplify(_ node: BoundExpression) -> BoundExpression {
        switch node {
        case .constant, .column, .outer, .parameter, .subquery: return node
        case .and(let terms, let range): return simplifyLogic(terms, neutral: true, range)
        case .or(let terms, let range): return simplifyLogic(terms, neutral: false, range)
        case .conditional(let branches, let otherwise, let type, let range):
            return simplifyConditional(branches, otherwise, type, range)
        case .call(let function, _, _, _) where function.volatility != .immutable: return node
        case .call(let function, let arguments, let type, let range):
            if case .coalesce = function.implementation {
                return simplifyCoalesce(function, arguments, type, range)
            }
        default: break
        }
        guard node.children.allSatisfy({ $0.constantValue != nil }) else { return node }
        // Results that are much larger than the expression (repeat) are not worth keeping in a plan.
        guard let compiled = try? ExpressionCompiler.node(node),
            let value = try? compiled.evaluate(Batch(columns: [], count: 1), EvaluationContext()).value(at: 0),
            !isLarge(value)
        else { return node }
        return .constant(value, node.type, node.range)
    }

    private static func isLarge(_ value: Value) -> Bool {
        switch value {
        case .text(let text), .json(let text): text.utf8.count > 1 << 16
        case .blob(let bytes): bytes.count > 1 << 16
        default: false
        }
    }

    private static func simplifyLogic(
        _ terms: [BoundExpression], neutral: Bool, _ range: SourceRange
    ) -> BoundExpression {
        var kept: [BoundExpression] = []
        for term in terms {
            if case .constant(.boolean(let flag), _, _) = term {
                if flag == neutral { continue }
                // FALSE ends an AND: the terms after it are never evaluated, those before it may still fail.
                kept.append(term)
                break
            }
            kept.append(term)
        }
        if kept.isEmpty { return .constant(.boolean(neutral), .boolean, range) }
        if case .constant(.boolean(let flag), _, _) = kept[kept.count - 1], flag != neutral,
            !kept.contains(where: \.canFail)
        {
            return .constant(.boolean(!neutral), .boolean, range)
        }
        if kept.count == 1 { return kept[0].type == .boolean ? kept[0] : .constant(.null, .boolean, range) }
        return neutral ? .and(kept, range) : .or(kept, range)
    }

    /// NULLs count for nothing, and nothing behind the first value that is there is evaluated.
    private static func simplifyCoalesce(
        _ function: ScalarFunction, _ arguments: [BoundExpression], _ type: DataType, _ range: SourceRange
    ) -> BoundExpression {
        var kept = arguments.filter { !$0.isNullConstant }
        if let first = kept.firstIndex(where: { $0.constantValue != nil }) { kept = Array(kept[...first]) }
        guard let first = kept.first else { return .constant(.null, type, range) }
        if kept.count == 1, first.type == type { return first }
        return .call(function, kept, type, range)
    }

    private static func simplifyConditional(
        _ branches: [BoundExpression.Branch], _ otherwise: BoundExpression?, _ type: DataType, _ range: SourceRange
    ) -> BoundExpression {
        var kept: [BoundExpression.Branch] = []
        var last = otherwise
        for branch in branches {
            if case .constant(let value, _, _) = branch.condition {
                if value != .boolean(true) { continue }
                last = branch.result
                break
            }
            kept.append(branch)
        }
        if !kept.isEmpty { return .conditional(kept, otherwise: last, type, range) }
        guard let last else { return .constant(.null, type, range) }
        if case .constant(.null, _, let nullRange) = last { return .constant(.null, type, nullRange) }
        return last.type == type ? last : .conditional([], otherwise: last, type, range)
    }
}
