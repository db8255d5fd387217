// Bound expressions to nodes: the choice of kernels, made once.

package import MartletCore

package enum ExpressionCompiler {
    /// Deeper expressions would exhaust a thread's stack.
    static let depthLimit = 1_000

    /// Compiles `expression` after folding its constant parts.
    ///
    /// - Throws: `nestingTooDeep`, and errors of constant patterns (`invalidPattern`).
    package static func compile(_ expression: BoundExpression) throws(Diagnostic) -> CompiledExpression {
        try checkDepth(expression)
        let folded = ConstantFolding.fold(expression)
        return CompiledExpression(root: try node(folded), type: expression.type, range: expression.range)
    }

    package static func compile(_ expressions: [BoundExpression]) throws(Diagnostic) -> [CompiledExpression] {
        var compiled: [CompiledExpression] = []
        for expression in expressions { compiled.append(try compile(expression)) }
        return compiled
    }

    private static func checkDepth(_ expression: BoundExpression) throws(Diagnostic) {
        var pending = [(expression, 1)]
        while let (next, depth) = pending.popLast() {
            if depth > depthLimit {
                throw Diagnostic(
                    .nestingTooDeep, "the expression is nested more than \(depthLimit) deep", at: expression.range)
            }
            for child in next.children { pending.append((child, depth + 1)) }
        }
    }

    static func nodes(_ expressions: [BoundExpression]) throws(Diagnostic) -> [Node] {
        var nodes: [Node] = []
        for expression in expressions { nodes.append(try node(expression)) }
        return nodes
    }

    static func node(_ expression: BoundExpression) throws(Diagnostic) -> Node {
        switch expression {
        case .constant(let value, let type, _): return ConstantNode(value, type)
        case .column(let index, let type, let range): return ColumnNode(index, type, range)
        case .outer(let level, let index, let type, _): return OuterNode(level: level, index: index, type)
        case .parameter(let index, let type, let range): return ParameterNode(index, type, range)
        case .and(let terms, _): return LogicNode(try nodes(terms), isAnd: true)
        case .or(let terms, _): return LogicNode(try nodes(terms), isAnd: false)
        case .not(let operand, _): return NotNode(try node(operand))
        case .isNull(let operand, let negated, _): return IsNullNode(try node(operand), negated: negated)
        case .conditional(let branches, let otherwise, let type, _):
            var compiled: [(condition: Node, result: Node)] = []
            for branch in branches { compiled.append((try node(branch.condition), try node(branch.result))) }
            var compiledOtherwise: Node?
            if let otherwise { compiledOtherwise = try node(otherwise) }
            return ConditionalNode(compiled, otherwise: compiledOtherwise, type)
        case .inList(let operand, let items, let negated, let range):
            if items.allSatisfy({ $0.constantValue != nil }) {
                let set = ValueSet(items.compactMap(\.constantValue))
                return InSetNode(try node(operand), set, negated: negated)
            }
            return InListNode(try node(operand), try nodes(items), negated: negated, range)
        case .cast(let operand, let type, let range):
            return CastNode(
                try node(operand), type, canFail: !Coercion.castCannotFail(from: operand.type, to: type), range)
        case .subquery(let subquery, let type, let range): return try SubqueryNode.make(subquery, type, range)
        case .call(let function, let arguments, let type, let range):
            switch function.implementation {
            case .comparison(let comparison) where arguments.count == 2:
                return ComparisonNode(comparison, try node(arguments[0]), try node(arguments[1]))
            case .comparison, .conditional:
                throw Diagnostic(.wrongArgumentCount, "\(function.name) takes other arguments", at: range)
            case .coalesce: return CoalesceNode(try nodes(arguments), type)
            case .batch(let body): return CallNode(function, try nodes(arguments), type, range, body)
            case .prepared(let prepare):
                do {
                    let body = try prepare(arguments.map(\.constantValue))
                    return CallNode(function, try nodes(arguments), type, range, body)
                } catch {
                    throw error.located(at: range)
                }
            case .row(let nullIfAnyNull, let body):
                let batchBody = RowAdapter.batchBody(type, nullIfAnyNull: nullIfAnyNull, body)
                return CallNode(function, try nodes(arguments), type, range, batchBody)
            }
        }
    }
}
