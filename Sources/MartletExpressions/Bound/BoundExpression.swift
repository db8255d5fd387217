// Expressions after binding: columns are positions, parameters and functions have types.

package import MartletCore

/// An expression whose names and types are resolved; every node knows its type and its place in the statement.
///
/// Equality and hashing ignore the places, so that `GROUP BY a + 1` finds `a + 1` in the select list.
package indirect enum BoundExpression: Sendable {
    /// A value; the type matters for NULL, which may have been coerced to any type.
    case constant(Value, DataType, SourceRange)
    /// A column of the input batch, by position.
    case column(Int, DataType, SourceRange)
    /// A value of a row around the subquery in which this expression stands: level 0 is the row supplied by the
    /// innermost subquery node (its `arguments`), level 1 that of the subquery around it, and so on.
    case outer(level: Int, index: Int, DataType, SourceRange)
    /// A bound value of the statement, by position from 0.
    case parameter(Int, DataType, SourceRange)
    /// A function or operator; the arguments already have the types that the function takes.
    case call(ScalarFunction, [BoundExpression], DataType, SourceRange)
    /// Three-valued AND, evaluated from left to right and only for rows that are not FALSE already.
    case and([BoundExpression], SourceRange)
    /// Three-valued OR, evaluated from left to right and only for rows that are not TRUE already.
    case or([BoundExpression], SourceRange)
    case not(BoundExpression, SourceRange)
    case isNull(BoundExpression, negated: Bool, SourceRange)
    /// `CASE WHEN … THEN … ELSE … END`; a branch is evaluated only for rows that take it.
    case conditional([Branch], otherwise: BoundExpression?, DataType, SourceRange)
    /// `x IN (a, b, …)`; all items have the type of `x`, or both sides are numbers.
    case inList(BoundExpression, [BoundExpression], negated: Bool, SourceRange)
    /// `CAST(x AS type)`, also for the implicit conversions.
    case cast(BoundExpression, DataType, SourceRange)
    case subquery(BoundSubquery, DataType, SourceRange)

    package struct Branch: Hashable, Sendable {
        package var condition: BoundExpression
        package var result: BoundExpression

        package init(condition: BoundExpression, result: BoundExpression) {
            self.condition = condition
            self.result = result
        }
    }
}

extension BoundExpression {
    package var type: DataType {
        switch self {
        case .constant(_, let type, _), .column(_, let type, _), .outer(_, _, let type, _),
            .parameter(_, let type, _), .call(_, _, let type, _), .conditional(_, _, let type, _),
            .cast(_, let type, _), .subquery(_, let type, _):
            type
        case .and, .or, .not, .isNull, .inList: .boolean
        }
    }

    package var range: SourceRange {
        switch self {
        case .constant(_, _, let range), .column(_, _, let range), .outer(_, _, _, let range),
            .parameter(_, _, let range), .call(_, _, _, let range), .and(_, let range), .or(_, let range),
            .not(_, let range), .isNull(_, _, let range), .conditional(_, _, _, let range),
            .inList(_, _, _, let range), .cast(_, _, let range), .subquery(_, _, let range):
            range
        }
    }

    /// A constant of the value's own type.
    package static func constant(_ value: Value, _ range: SourceRange = .none) -> BoundExpression {
        .constant(value, value.type, range)
    }

    /// The conjunction of `terms`, flat; TRUE when there are none.
    package static func conjunction(_ terms: [BoundExpression], _ range: SourceRange = .none) -> BoundExpression {
        let flat = terms.flatMap(\.conjuncts)
        if flat.isEmpty { return .constant(.boolean(true), .boolean, range) }
        return flat.count == 1 ? flat[0] : .and(flat, range)
    }

    /// The disjunction of `terms`, flat; FALSE when there are none.
    package static func disjunction(_ terms: [BoundExpression], _ range: SourceRange = .none) -> BoundExpression {
        var flat: [BoundExpression] = []
        for term in terms {
            if case .or(let inner, _) = term { flat += inner } else { flat.append(term) }
        }
        if flat.isEmpty { return .constant(.boolean(false), .boolean, range) }
        return flat.count == 1 ? flat[0] : .or(flat, range)
    }

    var isNullConstant: Bool {
        if case .constant(.null, _, _) = self { true } else { false }
    }

    /// The terms of a conjunction; the expression itself if it is none.
    package var conjuncts: [BoundExpression] {
        if case .and(let terms, _) = self { terms } else { [self] }
    }
}

extension BoundExpression: Hashable {
    package static func == (left: BoundExpression, right: BoundExpression) -> Bool {
        switch (left, right) {
        case (.constant(let a, let at, _), .constant(let b, let bt, _)): a == b && at == bt
        case (.column(let a, let at, _), .column(let b, let bt, _)): a == b && at == bt
        case (.outer(let al, let a, let at, _), .outer(let bl, let b, let bt, _)): al == bl && a == b && at == bt
        case (.parameter(let a, let at, _), .parameter(let b, let bt, _)): a == b && at == bt
        case (.call(let f, let a, let at, _), .call(let g, let b, let bt, _)): f === g && at == bt && a == b
        case (.and(let a, _), .and(let b, _)), (.or(let a, _), .or(let b, _)): a == b
        case (.not(let a, _), .not(let b, _)): a == b
        case (.isNull(let a, let an, _), .isNull(let b, let bn, _)): an == bn && a == b
        case (.conditional(let a, let ao, let at, _), .conditional(let b, let bo, let bt, _)):
            at == bt && a == b && ao == bo
        case (.inList(let a, let ai, let an, _), .inList(let b, let bi, let bn, _)): an == bn && a == b && ai == bi
        case (.cast(let a, let at, _), .cast(let b, let bt, _)): at == bt && a == b
        case (.subquery(let a, let at, _), .subquery(let b, let bt, _)): at == bt && a == b
        default: false
        }
    }

    package func hash(into hasher: inout Hasher) {
        switch self {
        case .constant(let value, _, _): hasher.combine(value)
        case .column(let index, _, _): hasher.combine(index)
        case .outer(let level, let index, _, _):
            hasher.combine(level)
            hasher.combine(index)
        case .parameter(let index, _, _): hasher.combine(index)
        case .call(let function, _, _, _): hasher.combine(ObjectIdentifier(function))
        default: hasher.combine(type)
        }
        for child in children { child.hash(into: &hasher) }
    }
}
