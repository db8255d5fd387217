// Subqueries inside expressions: opaque here, planned and run by the layers above.

package import MartletCore

/// A planned subquery. Expressions only carry it to the `SubqueryEvaluator` of the execution's context.
package protocol SubqueryReference: AnyObject, Sendable {
    /// Unique within the statement; the key under which the result of an uncorrelated subquery is kept.
    var id: Int { get }
    /// Whether it reads rows farther out than the `arguments` of its node (`outer` of level 1 and more).
    var readsFartherRows: Bool { get }
    /// Whether the same outer row can give another result, as with `random()`.
    var isVolatile: Bool { get }
    /// What EXPLAIN shows between the parentheses.
    var summary: String { get }
}

extension SubqueryReference {
    package var isVolatile: Bool { false }
}

/// Runs subqueries for expressions. The rows around the subquery are on `context.outerRows` while it runs.
package protocol SubqueryEvaluator: AnyObject {
    /// The single value of the single row; NULL without a row; `tooManyRows` with more than one.
    func scalar(_ subquery: any SubqueryReference, _ context: EvaluationContext) throws(Diagnostic) -> Value
    func exists(_ subquery: any SubqueryReference, _ context: EvaluationContext) throws(Diagnostic) -> Bool
    /// The values of the only column.
    func values(_ subquery: any SubqueryReference, _ context: EvaluationContext) throws(Diagnostic) -> [Value]
    func rows(_ subquery: any SubqueryReference, _ context: EvaluationContext) throws(Diagnostic) -> [[Value]]
}

/// A subquery at its place in an expression.
package struct BoundSubquery: Sendable {
    package enum Kind: Hashable, Sendable {
        case scalar
        case exists(negated: Bool)
        /// `operand IN (SELECT …)`; the column's type equals the operand's, or both are numbers.
        case contains(BoundExpression, negated: Bool)
        /// `(a, b) IN (SELECT x, y …)`; each column's type equals its operand's, or both are numbers.
        case containsRow([BoundExpression], negated: Bool)
    }

    package var kind: Kind
    package var reference: any SubqueryReference
    /// Expressions over the input row whose values the subquery reads as `outer(level: 0, index: i)`; empty for an
    /// uncorrelated subquery, which is then run once per statement.
    package var arguments: [BoundExpression]

    package init(kind: Kind, reference: any SubqueryReference, arguments: [BoundExpression] = []) {
        self.kind = kind
        self.reference = reference
        self.arguments = arguments
    }

    /// What is looked for among the subquery's rows.
    package var operands: [BoundExpression] {
        switch kind {
        case .scalar, .exists: []
        case .contains(let operand, _): [operand]
        case .containsRow(let operands, _): operands
        }
    }

    package var isCorrelated: Bool { !arguments.isEmpty || reference.readsFartherRows }
}

extension BoundSubquery: Hashable {
    package static func == (left: BoundSubquery, right: BoundSubquery) -> Bool {
        left.reference === right.reference && left.kind == right.kind && left.arguments == right.arguments
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(ObjectIdentifier(reference))
        hasher.combine(kind)
    }
}
