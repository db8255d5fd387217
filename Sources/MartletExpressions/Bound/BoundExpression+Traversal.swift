// Walking and rewriting bound expressions.

package import MartletCore

extension BoundExpression {
    /// The direct parts, in the order of evaluation.
    package var children: [BoundExpression] {
        switch self {
        case .constant, .column, .outer, .parameter: []
        case .call(_, let arguments, _, _): arguments
        case .and(let terms, _), .or(let terms, _): terms
        case .not(let operand, _), .isNull(let operand, _, _), .cast(let operand, _, _): [operand]
        case .conditional(let branches, let otherwise, _, _):
            branches.flatMap { [$0.condition, $0.result] } + (otherwise.map { [$0] } ?? [])
        case .inList(let operand, let items, _, _): [operand] + items
        case .subquery(let subquery, _, _): subquery.operands + subquery.arguments
        }
    }

    /// Whether `predicate` holds for one of the direct parts, which are asked in their order until one is found. Makes
    /// no list of them.
    func containsChild<E: Error>(
        where predicate: (BoundExpression) throws(E) -> Bool
    ) throws(E) -> Bool {
        switch self {
        case .constant, .column, .outer, .parameter: return false
        case .call(_, let parts, _, _), .and(let parts, _), .or(let parts, _):
            for part in parts where try predicate(part) { return true }
            return false
        case .not(let operand, _), .isNull(let operand, _, _), .cast(let operand, _, _): return try predicate(operand)
        case .conditional, .inList, .subquery:
            for child in children where try predicate(child) { return true }
            return false
        }
    }

    /// The same node with each direct part replaced by `transform` of it.
    package func mapChildren<E: Error>(
        _ transform: (BoundExpression) throws(E) -> BoundExpression
    ) throws(E) -> BoundExpression {
        switch self {
        case .constant, .column, .outer, .parameter: return self
        case .call(let function, let arguments, let type, let range):
            return .call(function, try Self.map(arguments, transform), type, range)
        case .and(let terms, let range): return .and(try Self.map(terms, transform), range)
        case .or(let terms, let range): return .or(try Self.map(terms, transform), range)
        case .not(let operand, let range): return .not(try transform(operand), range)
        case .isNull(let operand, let negated, let range):
            return .isNull(try transform(operand), negated: negated, range)
        case .cast(let operand, let type, let range): return .cast(try transform(operand), type, range)
        case .conditional(let branches, let otherwise, let type, let range):
            var mapped: [Branch] = []
            for branch in branches {
                mapped.append(
                    Branch(condition: try transform(branch.condition), result: try transform(branch.result)))
            }
            var mappedOtherwise: BoundExpression?
            if let otherwise { mappedOtherwise = try transform(otherwise) }
            return .conditional(mapped, otherwise: mappedOtherwise, type, range)
        case .inList(let operand, let items, let negated, let range):
            return .inList(try transform(operand), try Self.map(items, transform), negated: negated, range)
        case .subquery(var subquery, let type, let range):
            switch subquery.kind {
            case .scalar, .exists: break
            case .contains(let operand, let negated):
                subquery.kind = .contains(try transform(operand), negated: negated)
            case .containsRow(let operands, let negated):
                subquery.kind = .containsRow(try Self.map(operands, transform), negated: negated)
            }
            subquery.arguments = try Self.map(subquery.arguments, transform)
            return .subquery(subquery, type, range)
        }
    }

    private static func map<E: Error>(
        _ expressions: [BoundExpression], _ transform: (BoundExpression) throws(E) -> BoundExpression
    ) throws(E) -> [BoundExpression] {
        var result: [BoundExpression] = []
        result.reserveCapacity(expressions.count)
        for expression in expressions { result.append(try transform(expression)) }
        return result
    }

    /// Calls `body` for this expression and everything in it, parents first.
    package func visit<E: Error>(_ body: (BoundExpression) throws(E) -> Void) throws(E) {
        try body(self)
        _ = try containsChild { (child: BoundExpression) throws(E) in
            try child.visit(body)
            return false
        }
    }

    /// Replaces from the leaves up: `transform` sees a node whose parts are replaced already.
    package func rewrite<E: Error>(
        _ transform: (BoundExpression) throws(E) -> BoundExpression
    ) throws(E) -> BoundExpression {
        let mapped = try mapChildren { (child: BoundExpression) throws(E) in try child.rewrite(transform) }
        return try transform(mapped)
    }

    /// Whether `predicate` holds for this expression or anything in it.
    package func contains(where predicate: (BoundExpression) -> Bool) -> Bool {
        predicate(self) || containsChild { $0.contains(where: predicate) }
    }

    /// The input columns that are read.
    package var columnsUsed: Set<Int> {
        var columns: Set<Int> = []
        visit { if case .column(let index, _, _) = $0 { columns.insert(index) } }
        return columns
    }

    /// The same expression over an input whose column `i` is at `position(i)`.
    package func remapColumns(_ position: (Int) -> Int) -> BoundExpression {
        let moves = contains { if case .column(let index, _, _) = $0 { position(index) != index } else { false } }
        if !moves { return self }
        return rewrite {
            if case .column(let index, let type, let range) = $0 { .column(position(index), type, range) } else { $0 }
        }
    }

    /// The same expression with input columns replaced by other expressions (for merging projections).
    package func substituteColumns(_ replacement: (Int) -> BoundExpression?) -> BoundExpression {
        rewrite {
            if case .column(let index, _, _) = $0 { replacement(index) ?? $0 } else { $0 }
        }
    }

    /// Whether the value is the same for every row and execution, so that it can be computed before running.
    package var isConstant: Bool {
        switch self {
        case .constant: true
        case .column, .outer, .parameter, .subquery: false
        case .call(let function, let arguments, _, _):
            function.volatility == .immutable && arguments.allSatisfy(\.isConstant)
        default: !containsChild { !$0.isConstant }
        }
    }

    /// Whether the value is the same for every row of one execution: constants, parameters, `now()`, outer values.
    package var isRowIndependent: Bool {
        switch self {
        case .column: false
        case .call(let function, let arguments, _, _):
            function.volatility != .volatile && arguments.allSatisfy(\.isRowIndependent)
        case .subquery(let subquery, _, _): !subquery.isCorrelated && children.allSatisfy(\.isRowIndependent)
        default: !containsChild { !$0.isRowIndependent }
        }
    }

    /// Whether the same input can give another value, as with `random()`.
    package var isVolatile: Bool {
        contains { if case .call(let function, _, _, _) = $0 { function.volatility == .volatile } else { false } }
    }

    package var containsSubquery: Bool {
        contains { if case .subquery = $0 { true } else { false } }
    }

    /// Whether evaluating it can throw; such an expression must not be evaluated for rows that do not need it.
    package var canFail: Bool {
        switch self {
        case .constant, .column, .outer, .parameter: false
        case .subquery: true
        case .call(let function, let arguments, _, _): function.canFail || arguments.contains(where: \.canFail)
        case .cast(let operand, let type, _):
            !Coercion.castCannotFail(from: operand.type, to: type) || operand.canFail
        default: containsChild(where: \.canFail)
        }
    }

    /// The value of a constant node.
    package var constantValue: Value? {
        if case .constant(let value, _, _) = self { value } else { nil }
    }
}
